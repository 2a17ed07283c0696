package currency

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Every error of the module. Numbers are never reused.
var (
	ErrUnauthorized    = errorsmod.Register(ModuleName, 2, "sender may not do this")
	ErrInvalidCurrency = errorsmod.Register(ModuleName, 3, "invalid currency")
	ErrUnknownCurrency = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.NotFound, "currency is not registered")
	ErrLedger          = errorsmod.Register(ModuleName, 5, "currency does not settle on this ledger")
	ErrInvalidQuote    = errorsmod.Register(ModuleName, 6, "invalid quote")
	ErrUnknownQuote    = errorsmod.RegisterWithGRPCCode(ModuleName, 7, codes.NotFound, "unknown quote")
	ErrWrongChain      = errorsmod.Register(ModuleName, 8, "quote is for another chain")
	ErrNotProvider     = errorsmod.Register(ModuleName, 9, "sender is not a provider")
	ErrNotHolder       = errorsmod.Register(ModuleName, 10, "account is not the provider's")
	ErrExpired         = errorsmod.Register(ModuleName, 11, "quote is expired")
	ErrSignature       = errorsmod.Register(ModuleName, 12, "signature is not that of the paying account's holder")
	ErrTooManyQuotes   = errorsmod.Register(ModuleName, 13, "too many open quotes")
	ErrWithdrawn       = errorsmod.Register(ModuleName, 14, "quote is withdrawn")
	ErrInvalidAmount   = errorsmod.Register(ModuleName, 15, "invalid amount")
	ErrSizeExceeded    = errorsmod.Register(ModuleName, 16, "more than the quote has left")
	ErrReturnedTooMuch = errorsmod.Register(ModuleName, 17, "more returned than was taken")
	ErrInvalidGenesis  = errorsmod.Register(ModuleName, 18, "invalid genesis")
	ErrInvalidPair     = errorsmod.Register(ModuleName, 19, "a pair is two currencies or none")
	ErrTooFarAhead     = errorsmod.Register(ModuleName, 20, "quote reaches too far ahead")
)
