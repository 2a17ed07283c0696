package token

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Every error of the module. Numbers are never reused.
var (
	ErrUnauthorized      = errorsmod.Register(ModuleName, 2, "sender may not do this")
	ErrNotIssuer         = errorsmod.Register(ModuleName, 3, "not an issuer")
	ErrUnknownIssuer     = errorsmod.RegisterWithGRPCCode(ModuleName, 4, codes.NotFound, "currency has no issuer on the hub")
	ErrInvalidAmount     = errorsmod.Register(ModuleName, 5, "invalid amount")
	ErrRecipient         = errorsmod.Register(ModuleName, 6, "recipient may not receive")
	ErrAllowanceExceeded = errorsmod.Register(ModuleName, 7, "more than the issuer may have outstanding")
	ErrNotEnough         = errorsmod.Register(ModuleName, 8, "not enough money")
	ErrUnknownHold       = errorsmod.RegisterWithGRPCCode(ModuleName, 9, codes.NotFound, "unknown entry")
	ErrInstruction       = errorsmod.Register(ModuleName, 10, "instruction is not for this ledger")
	ErrConflict          = errorsmod.Register(ModuleName, 11, "entry is in another state or has another body")
	ErrUnsupported       = errorsmod.Register(ModuleName, 12, "the hub's own ledger holds, posts and voids")
	ErrBroken            = errorsmod.Register(ModuleName, 13, "holds and balances do not agree")
	ErrInvalidGenesis    = errorsmod.Register(ModuleName, 14, "invalid genesis")
)
