package keeper_test

import (
	"context"
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

// Whatever a message does, it executes what itself wrote for the hub, however much others left there before it; that is for
// the end of block.
func TestAMessageExecutesNothingThatOthersLeft(t *testing.T) {
	onTheHub := func(bridge.Result) *order.Instruction {
		i := instruction(order.Hold, "hub", "mine")
		return &i
	}
	fromElsewhere := func(r bridge.Result) *order.Instruction {
		if r.Instruction.Ledger == bridge.HubLedger {
			return nil
		}
		return onTheHub(r)
	}
	for _, c := range []struct {
		name    string
		prepare func(*world)
		message func(*world) error
		lines   []string
	}{
		{
			name: "whatever writes", message: func(w *world) error {
				return w.k.Dispatching(w.ctx, func(ctx context.Context) error {
					_, err := w.k.Append(ctx, owner, *onTheHub(bridge.Result{}))
					return err
				})
			},
			lines: []string{"hub 201 HOLD HELD hub-entry"},
		},
		{
			name:    "an attestation",
			prepare: func(w *world) { w.append("cny", 1); w.attest("n1", order.Held, 1); w.journal.follow = fromElsewhere },
			message: func(w *world) error {
				_, err := w.msg.Attest(w.ctx, w.signed("n2", w.words(order.Held, 1)))
				return err
			},
			lines: []string{"cny 1 HOLD HELD cb-1", "hub 201 HOLD HELD hub-entry"},
		},
		{
			name: "a retry",
			prepare: func(w *world) {
				w.append("cny", 1)
				fails(w.journal)
				w.attest("n1", order.Held, 1)
				w.attest("n2", order.Held, 1)
				heals(w.journal)
				w.journal.follow = fromElsewhere
			},
			message: func(w *world) error {
				_, err := w.msg.RetryOutcome(w.ctx, &bridge.MsgRetryOutcome{Ledger: "cny", Number: 1})
				return err
			},
			lines: []string{"cny 1 HOLD HELD cb-1", "hub 201 HOLD HELD hub-entry"},
		},
		{
			name: "the return of a ledger",
			prepare: func(w *world) {
				_, err := w.msg.SuspendLedger(w.ctx, &bridge.MsgSuspendLedger{Authority: w.gov, Ledger: "cny", Reason: "audit"})
				require.NoError(w.t, err)
			},
			message: func(w *world) error {
				_, err := w.msg.ResumeLedger(w.ctx, &bridge.MsgResumeLedger{Authority: w.gov, Ledger: "cny"})
				return err
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			const left = 200
			if c.prepare != nil {
				c.prepare(w)
			}
			w.append("hub", left)
			require.NoError(t, c.message(w))
			require.Equal(t, c.lines, w.lines())
			w.journal.follow = nil
			done := len(c.lines)
			w.endBlock(0)
			require.Len(t, w.lines(), done+bridge.MaxLocalDispatches)
			require.Equal(t, "hub 1 HOLD HELD hub-entry", w.lines()[done], "the oldest first")
			w.endBlock(0)
			require.Len(t, w.lines(), done+left)
		})
	}
}

func TestWhatAMessageWritesThatFailsIsNotExecuted(t *testing.T) {
	w := newWorld(t)
	err := w.unchanged(func(ctx sdk.Context) error {
		return w.k.Dispatching(ctx, func(ctx context.Context) error {
			_, err := w.k.Append(ctx, owner, instruction(order.Hold, "hub", "ref"))
			require.NoError(t, err)
			return errBroken
		})
	})
	require.ErrorIs(t, err, errBroken)
	require.Empty(t, w.lines())
}
