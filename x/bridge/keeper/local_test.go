package keeper_test

import (
	"fmt"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// postWhenHeld makes the owner order the post of each hold on the hub.
func postWhenHeld(r bridge.Result) *order.Instruction {
	if r.Outcome != order.Held || r.Instruction.Ledger != bridge.HubLedger {
		return nil
	}
	next := r.Instruction
	next.Kind = order.Post
	return &next
}

func TestTheHubsOwnInstructionsRunToTheEndInOneCall(t *testing.T) {
	w := newWorld(t)
	w.journal.follow = postWhenHeld
	w.append("hub", 2)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	require.Equal(t, []string{
		"hub 1 HOLD HELD hub-entry", "hub 2 HOLD HELD hub-entry", "hub 3 POST POSTED hub-entry", "hub 4 POST POSTED hub-entry",
	}, w.lines())
	require.Equal(t, bridge.PROGRESS_APPLIED, w.tracking("hub", 4).Progress)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	require.Len(t, w.lines(), 4)
}

func TestARefusalOfTheLocalLedgerIsAnOutcome(t *testing.T) {
	w := newWorld(t)
	i := instruction(order.Hold, "hub", "ref")
	i.Payer = "poor"
	_, err := w.k.Append(w.ctx, owner, i)
	require.NoError(t, err)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	require.Equal(t, []string{"hub 1 HOLD REFUSED "}, w.lines())
	require.Equal(t, "no money", w.tracking("hub", 1).Reason)
}

func TestAnOutcomeOfAnotherLedgerDispatchesWhatItsOwnerOrderedOnTheHub(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.journal.follow = func(r bridge.Result) *order.Instruction {
		if r.Instruction.Ledger != "cny" {
			return nil
		}
		i := instruction(order.Hold, "hub", "ref")
		return &i
	}
	w.attest("n1", order.Held, 1)
	w.attest("n2", order.Held, 1)
	require.Equal(t, []string{"cny 1 HOLD HELD cb-1", "hub 1 HOLD HELD hub-entry"}, w.lines())
}

func TestExecutionAndOutcomeAreOneStep(t *testing.T) {
	for name, c := range map[string]struct{ breakIt, healIt func(*world) }{
		"the ledger fails": {func(w *world) { w.local.fail = errBroken }, func(w *world) { w.local.fail = nil }},
		"the ledger answers what a hold cannot become": {
			func(w *world) { w.local.answer = order.Posted }, func(w *world) { w.local.answer = 0 },
		},
		"the owner fails":  {func(w *world) { fails(w.journal) }, func(w *world) { heals(w.journal) }},
		"the owner panics": {func(w *world) { panics(w.journal) }, func(w *world) { heals(w.journal) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.append("hub", 1)
			c.breakIt(w)
			require.NoError(t, w.k.DispatchLocal(w.ctx))
			executed, err := w.local.entries.Has(w.ctx, instruction(order.Hold, "hub", "ref-hub-0").Entry.String())
			require.NoError(t, err)
			require.False(t, executed, "the execution is taken back with the outcome")
			require.Contains(t, w.events(), "EventApplyFailed")
			require.Equal(t, bridge.PROGRESS_OPEN, w.tracking("hub", 1).Progress)
			require.EqualValues(t, 1, w.tracking("hub", 1).Attempts)
			require.NoError(t, w.k.DispatchLocal(w.ctx))
			require.EqualValues(t, 1, w.tracking("hub", 1).Attempts, "it waits for its turn")

			err = w.unchanged(func(ctx sdk.Context) error {
				_, err := w.msg.RetryOutcome(ctx, &bridge.MsgRetryOutcome{Ledger: "hub", Number: 1})
				return err
			})
			require.ErrorIs(t, err, bridge.ErrApplyFailed)

			c.healIt(w)
			w.endBlock(0)
			require.Empty(t, w.lines())
			w.endBlock(0)
			require.Equal(t, []string{"hub 1 HOLD HELD hub-entry"}, w.lines())
		})
	}
}

func TestAHubInstructionMayBeRetriedByMessage(t *testing.T) {
	w := newWorld(t)
	w.append("hub", 1)
	w.local.fail = errBroken
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	w.local.fail = nil
	w.journal.follow = postWhenHeld
	_, err := w.msg.RetryOutcome(w.ctx, &bridge.MsgRetryOutcome{Ledger: "hub", Number: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"hub 1 HOLD HELD hub-entry", "hub 2 POST POSTED hub-entry"}, w.lines())
}

func TestOneDispatchIsBoundedAndTheEndOfBlockGoesOn(t *testing.T) {
	w := newWorld(t)
	w.append("hub", bridge.MaxLocalDispatches+10)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	require.Len(t, w.lines(), bridge.MaxLocalDispatches)
	w.endBlock(0)
	require.Len(t, w.lines(), bridge.MaxLocalDispatches+10)
}

func TestAnOwnerThatOrdersForeverDoesNotLoopForever(t *testing.T) {
	w := newWorld(t)
	n := 0
	w.journal.follow = func(bridge.Result) *order.Instruction {
		n++
		i := instruction(order.Hold, "hub", fmt.Sprintf("again-%d", n))
		return &i
	}
	w.append("hub", 1)
	require.NoError(t, w.k.DispatchLocal(w.ctx))
	require.Len(t, w.lines(), bridge.MaxLocalDispatches)
}
