package bridge

import errorsmod "cosmossdk.io/errors"

// The registry of errors. A number is never used for another meaning.
var (
	ErrUnauthorized       = errorsmod.Register(ModuleName, 2, "only governance may do this")
	ErrUnknownLedger      = errorsmod.Register(ModuleName, 3, "no such ledger")
	ErrLedgerExists       = errorsmod.Register(ModuleName, 4, "ledger is already registered")
	ErrInvalidLedger      = errorsmod.Register(ModuleName, 5, "invalid ledger")
	ErrInvalidNotaries    = errorsmod.Register(ModuleName, 6, "invalid notaries")
	ErrLinkNotSupported   = errorsmod.Register(ModuleName, 7, "link is not supported")
	ErrTooManyLedgers     = errorsmod.Register(ModuleName, 8, "too many ledgers")
	ErrNotAttested        = errorsmod.Register(ModuleName, 9, "ledger has no notaries by its link")
	ErrUnknownNotary      = errorsmod.Register(ModuleName, 10, "no such notary on this ledger")
	ErrNotarySuspended    = errorsmod.Register(ModuleName, 11, "notary is suspended")
	ErrNotarySpent        = errorsmod.Register(ModuleName, 12, "notary id is spent")
	ErrWordCount          = errorsmod.Register(ModuleName, 13, "wrong number of words")
	ErrWordForm           = errorsmod.Register(ModuleName, 14, "malformed word")
	ErrSignature          = errorsmod.Register(ModuleName, 15, "signature is not the notary's over these words")
	ErrUnknownInstruction = errorsmod.Register(ModuleName, 16, "no such instruction")
	ErrInstructionHash    = errorsmod.Register(ModuleName, 17, "word is about another instruction")
	ErrOutcomeNotAllowed  = errorsmod.Register(ModuleName, 18, "instruction cannot have this outcome")
	ErrNothingToRetry     = errorsmod.Register(ModuleName, 19, "nothing failed here")
	ErrApplyFailed        = errorsmod.Register(ModuleName, 20, "outcome could not be applied")
	ErrInvalidReason      = errorsmod.Register(ModuleName, 21, "invalid reason")
	ErrLedgerSuspended    = errorsmod.Register(ModuleName, 22, "ledger is suspended")
	ErrLedgerNotSuspended = errorsmod.Register(ModuleName, 23, "ledger is not suspended")
	ErrUnknownOwner       = errorsmod.Register(ModuleName, 24, "no module handles outcomes under this name")
	ErrInvalidInstruction = errorsmod.Register(ModuleName, 25, "invalid instruction")
	ErrNoLocalLedger      = errorsmod.Register(ModuleName, 26, "no module executes the hub's own instructions")
	ErrInvalidGenesis     = errorsmod.Register(ModuleName, 27, "invalid genesis")
)
