package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// HandleOutcome takes in a counted outcome. The second delivery of one changes nothing. It writes instructions and
// leaves their dispatch to the bridge, which called it.
func (k Keeper) HandleOutcome(ctx context.Context, r bridge.Result) error {
	_, err := k.step(ctx, r.Instruction.Settlement[:], func(run *settlement.Run) error {
		return run.Word(r.Instruction, r.Outcome, settlement.Note{LedgerReference: r.LedgerReference, Reason: r.Reason})
	})
	return err
}
