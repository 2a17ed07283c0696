package settlement

import (
	"google.golang.org/grpc/codes"

	errorsmod "cosmossdk.io/errors"
)

// The module's errors. A number is never reused.
var (
	ErrNotFound         = errorsmod.RegisterWithGRPCCode(ModuleName, 2, codes.NotFound, "no such settlement")
	ErrInvalid          = errorsmod.Register(ModuleName, 3, "invalid")
	ErrOtherChain       = errorsmod.Register(ModuleName, 4, "body is for another chain")
	ErrNotProposer      = errorsmod.Register(ModuleName, 5, "proposer and signer differ")
	ErrConflict         = errorsmod.Register(ModuleName, 6, "reference is used by another settlement")
	ErrPivot            = errorsmod.Register(ModuleName, 7, "pivots are not carried yet")
	ErrLink             = errorsmod.Register(ModuleName, 8, "ledger's link is not carried yet")
	ErrRole             = errorsmod.Register(ModuleName, 9, "role is missing")
	ErrFrozen           = errorsmod.Register(ModuleName, 10, "participant is frozen")
	ErrSuspended        = errorsmod.Register(ModuleName, 11, "ledger is suspended")
	ErrAccountCurrency  = errorsmod.Register(ModuleName, 12, "account holds another currency")
	ErrDeadlinePassed   = errorsmod.Register(ModuleName, 13, "prepare deadline has passed")
	ErrDeadlineTooLate  = errorsmod.Register(ModuleName, 14, "prepare deadline is too late")
	ErrQuoteTerms       = errorsmod.Register(ModuleName, 15, "leg is not what the quote gives")
	ErrNotAdmitted      = errorsmod.Register(ModuleName, 16, "sender is not admitted")
	ErrNoConsent        = errorsmod.Register(ModuleName, 17, "no consent given")
	ErrNoLeg            = errorsmod.Register(ModuleName, 18, "settlement has no such leg")
	ErrConsentUnneeded  = errorsmod.Register(ModuleName, 19, "leg is consented to by its quote")
	ErrConsentSignature = errorsmod.Register(ModuleName, 20, "consent signature does not verify")
	ErrNotProposed      = errorsmod.Register(ModuleName, 21, "settlement takes no consents any more")
	ErrDecided          = errorsmod.Register(ModuleName, 22, "settlement is decided")
	ErrNotPayer         = errorsmod.Register(ModuleName, 23, "sender pays no leg")
	ErrNotSupervisor    = errorsmod.Register(ModuleName, 24, "sender is not a supervisor")
	ErrReason           = errorsmod.Register(ModuleName, 25, "reason is missing or too long")
	ErrContradiction    = errorsmod.Register(ModuleName, 26, "outcome contradicts the leg's state")
	ErrForeign          = errorsmod.Register(ModuleName, 27, "instruction is not about this settlement")
	ErrGenesis          = errorsmod.Register(ModuleName, 28, "genesis")
)
