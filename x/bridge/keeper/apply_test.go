package keeper_test

import (
	"strings"
	"testing"

	storetypes "cosmossdk.io/store/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// counted is a world in which instruction 1 of cny is counted and its owner failed to take it.
func counted(t *testing.T, breakIt func(*journal)) *world {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	breakIt(w.journal)
	require.EqualValues(t, 1, w.attest("n2", order.Held, 1), "the words are kept though applying them failed")
	return w
}

func fails(j *journal)  { j.fail = errBroken }
func panics(j *journal) { j.panics = "nil map" }
func heals(j *journal)  { j.fail, j.panics = nil, nil }

func TestAnOutcomeThatCannotBeAppliedIsKeptToldAndQueued(t *testing.T) {
	for name, breakIt := range map[string]func(*journal){"error": fails, "panic": panics} {
		t.Run(name, func(t *testing.T) {
			w := counted(t, breakIt)
			require.Contains(t, w.events(), "EventCounted")
			require.Contains(t, w.events(), "EventApplyFailed")
			require.Empty(t, w.lines(), "what the owner wrote before it failed is taken back")
			got := w.tracking("cny", 1)
			require.Equal(t, bridge.PROGRESS_COUNTED, got.Progress)
			require.EqualValues(t, 1, got.Attempts)
			require.Equal(t, w.ctx.BlockHeight()+1, got.RetryHeight)
			require.Len(t, w.votes(1), 2)
			failing, err := w.query.Failing(w.ctx, &bridge.QueryFailingRequest{})
			require.NoError(t, err)
			require.Equal(t, []bridge.Tracking{got}, failing.Trackings)
			require.Empty(t, w.work("n3"), "a counted instruction is no work")
		})
	}
}

func TestWhatFailedIsTriedAgainWithBackoffUntilItSucceeds(t *testing.T) {
	w := counted(t, fails)
	var tried []int64
	attempts := w.tracking("cny", 1).Attempts
	for range 17 {
		height := w.ctx.BlockHeight()
		w.endBlock(0)
		if now := w.tracking("cny", 1).Attempts; now != attempts {
			attempts = now
			tried = append(tried, height)
		}
	}
	require.Equal(t, []int64{11, 13, 17, 25}, tried, "1, 2, 4, 8 blocks after the one before")

	heals(w.journal)
	retry := w.tracking("cny", 1).RetryHeight
	for w.ctx.BlockHeight() < retry {
		w.endBlock(0)
		require.Empty(t, w.lines())
	}
	w.k.EndBlock(w.ctx)
	require.Contains(t, w.events(), "EventRecovered")
	require.Equal(t, []string{"cny 1 HOLD HELD cb-1"}, w.lines())
	require.Zero(t, w.tracking("cny", 1).RetryHeight)
	failing, err := w.query.Failing(w.ctx, &bridge.QueryFailingRequest{})
	require.NoError(t, err)
	require.Empty(t, failing.Trackings)
}

func TestAnyoneMayRetryWithoutWaiting(t *testing.T) {
	w := counted(t, fails)
	retry := func(ctx sdk.Context, ledger string, n uint64) error {
		_, err := w.msg.RetryOutcome(ctx, &bridge.MsgRetryOutcome{Sender: w.gov, Ledger: ledger, Number: n})
		return err
	}
	for _, c := range []struct {
		name   string
		ledger string
		n      uint64
		err    error
		says   string
	}{
		{"unknown ledger", "usd", 1, bridge.ErrUnknownLedger, "usd"},
		{"unknown instruction", "cny", 2, bridge.ErrUnknownInstruction, "2 of cny"},
		{"it fails again", "cny", 1, bridge.ErrApplyFailed, "instruction 1 of cny, owner journal: the owner is broken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.unchanged(func(ctx sdk.Context) error { return retry(ctx, c.ledger, c.n) })
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.says)
		})
	}
	heals(w.journal)
	require.NoError(t, retry(w.ctx, "cny", 1))
	require.Len(t, w.lines(), 1)
	err := w.unchanged(func(ctx sdk.Context) error { return retry(ctx, "cny", 1) })
	require.ErrorIs(t, err, bridge.ErrNothingToRetry)
	require.ErrorContains(t, err, "PROGRESS_APPLIED")
}

// Whoever submits an attestation chooses the gas limit, and must not thereby choose what fails.
func TestRunningOutOfGasEndsTheTransactionAndIsNoFailedAttempt(t *testing.T) {
	for _, out := range []any{storetypes.ErrorOutOfGas{Descriptor: "test"}, storetypes.ErrorGasOverflow{Descriptor: "test"}} {
		w := newWorld(t)
		w.append("cny", 1)
		w.attest("n1", order.Held, 1)
		w.journal.panics = out
		cached, _ := w.ctx.CacheContext()
		require.PanicsWithValue(t, out, func() { _, _ = w.msg.Attest(cached, w.signed("n2", w.words(order.Held, 1))) })
		require.Zero(t, w.tracking("cny", 1).Attempts)

		w.journal.panics = nil
		w.attest("n2", order.Held, 1)
		require.Len(t, w.lines(), 1)
	}
}

func TestTheEndOfABlockSurvivesEvenAnOwnerThatRunsOutOfGas(t *testing.T) {
	w := counted(t, fails)
	w.journal.panics = storetypes.ErrorOutOfGas{Descriptor: "test"}
	w.endBlock(0)
	require.NotPanics(t, func() { w.endBlock(0) })
	require.Equal(t, bridge.PROGRESS_COUNTED, w.tracking("cny", 1).Progress)
}

func TestAFailureDoesNotStopTheRestOfTheBatch(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 3)
	w.attest("n1", order.Held, 1, 2, 3)
	w.journal.follow = func(r bridge.Result) *order.Instruction {
		w.journal.fail = nil
		if r.Number == 2 {
			w.journal.fail = errBroken
		}
		return nil
	}
	require.EqualValues(t, 3, w.attest("n2", order.Held, 1, 2, 3))
	require.Equal(t, []string{"cny 1 HOLD HELD cb-1", "cny 3 HOLD HELD cb-1"}, w.lines())
}

func TestALongErrorIsCutInTheEvent(t *testing.T) {
	w := counted(t, func(j *journal) { j.panics = strings.Repeat("ü", 1000) })
	for _, e := range w.ctx.EventManager().Events() {
		for _, a := range e.Attributes {
			require.LessOrEqual(t, len(a.Value), bridge.MaxErrorBytes+2)
		}
	}
}

func TestAtMostSoManyRetriesABlock(t *testing.T) {
	w := newWorld(t)
	w.journal.fail = errBroken
	for first := uint64(1); first <= 100; first += 50 {
		var numbers []uint64
		for n := first; n < first+50; n++ {
			numbers = append(numbers, n)
		}
		w.append("cny", 50)
		w.attest("n1", order.Held, numbers...)
		w.attest("n2", order.Held, numbers...)
	}
	heals(w.journal)
	w.endBlock(0) // the failures' own block
	require.Empty(t, w.lines())
	w.endBlock(0)
	require.Len(t, w.lines(), bridge.MaxRetriesPerBlock)
	w.endBlock(0)
	require.Len(t, w.lines(), 100)
}
