package bridge

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
)

// HubLedger is the id of the hub itself as a ledger.
const HubLedger = "hub"

// Result is what became of one instruction, as counted.
type Result struct {
	Number          uint64
	Instruction     order.Instruction
	Outcome         order.Outcome
	LedgerReference string // a note
	Reason          string // a note, for people
}

// OutcomeHandler is a module that writes instructions. The bridge calls it once per counted outcome, in a
// CacheContext of its own; an error leaves the outcome counted, queued and retried.
//
// CONTRACT: it is idempotent, and an outcome that changes nothing any more is no error.
type OutcomeHandler interface {
	HandleOutcome(ctx context.Context, r Result) error
	// LedgerResumed tells that a ledger takes part again, so that guards can be evaluated once more.
	LedgerResumed(ctx context.Context, ledger string) error
}

// LocalLedger is a ledger that the hub itself executes: the tokens on it. Execute is idempotent on the
// instruction's entry id. A refusal is an outcome, not an error; an error means that nothing happened.
type LocalLedger interface {
	Execute(ctx context.Context, i order.Instruction) (Result, error)
}
