package compliance

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// Every error of the module. Numbers are never reused.
var (
	ErrUnauthorized       = errorsmod.Register(ModuleName, 2, "sender may not do this")
	ErrInvalidParticipant = errorsmod.Register(ModuleName, 3, "invalid participant")
	ErrInvalidAccount     = errorsmod.Register(ModuleName, 4, "invalid account of a participant")
	ErrUnknownParticipant = errorsmod.RegisterWithGRPCCode(ModuleName, 5, codes.NotFound, "unknown participant")
	ErrUnknownAccount     = errorsmod.RegisterWithGRPCCode(ModuleName, 6, codes.NotFound, "no participant holds this account")
	ErrExists             = errorsmod.Register(ModuleName, 7, "participant exists already")
	ErrTaken              = errorsmod.Register(ModuleName, 8, "taken by another participant")
	ErrFixed              = errorsmod.Register(ModuleName, 9, "id and address of a participant never change")
	ErrModuleAccount      = errorsmod.Register(ModuleName, 10, "a module account cannot be a participant")
	ErrInvalidReason      = errorsmod.Register(ModuleName, 11, "invalid reason")
	ErrAlreadyFrozen      = errorsmod.Register(ModuleName, 12, "participant is frozen already")
	ErrNotFrozen          = errorsmod.Register(ModuleName, 13, "participant is not frozen")
	ErrSupervisorFrozen   = errorsmod.Register(ModuleName, 14, "a supervisor is frozen and unfrozen by governance alone")
	ErrFrozen             = errorsmod.Register(ModuleName, 15, "participant is frozen")
	ErrRecipient          = errorsmod.Register(ModuleName, 16, "recipient may not receive")
	ErrNotAdmitted        = errorsmod.Register(ModuleName, 17, "signer is not an admitted participant")
	ErrTooManyTxs         = errorsmod.Register(ModuleName, 18, "too many transactions of this sender in this block")
	ErrSeatsClosed        = errorsmod.Register(ModuleName, 19, "seats are granted and revoked by governance")
	ErrInvalidGenesis     = errorsmod.Register(ModuleName, 20, "invalid genesis")
	ErrSelfPayment        = errorsmod.Register(ModuleName, 21, "a module account pays nothing to itself")
)
