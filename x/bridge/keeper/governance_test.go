package keeper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	storetypes "cosmossdk.io/store/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

func usd() bridge.Ledger {
	l := cny()
	l.Id, l.Notaries = "usd", set("u1", "u2", "u3")
	return l
}

// refusal is one row of a table of what governance's messages refuse.
type refusal struct {
	name string
	send func(ctx sdk.Context) error
	err  error
	says string
}

func (w *world) refuses(t *testing.T, rows []refusal) {
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			err := w.unchanged(c.send)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestRegisterLedger(t *testing.T) {
	w := newWorld(t)
	register := func(authority string, l bridge.Ledger) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := w.msg.RegisterLedger(ctx, &bridge.MsgRegisterLedger{Authority: authority, Ledger: l})
			return err
		}
	}
	malformed, ibc, noNotaries := usd(), usd(), usd()
	malformed.Cell, noNotaries.Notaries = 0, nil
	ibc.Link, ibc.Notaries, ibc.Threshold, ibc.TakeoverDelay = bridge.LINK_IBC, nil, 0, 0
	ibc.Channel = &bridge.LegChannel{ConnectionId: "connection-0", ChannelId: "channel-0", ChainId: "far-1"}
	w.refuses(t, []refusal{
		{"from anyone else", register("corridor1stranger", usd()), bridge.ErrUnauthorized, "proposal"},
		{"malformed", register(w.gov, malformed), bridge.ErrInvalidLedger, "cell"},
		{"by a link that cannot be verified", register(w.gov, ibc), bridge.ErrLinkNotSupported, "without the leg app"},
		{"with bad notaries", register(w.gov, noNotaries), bridge.ErrInvalidNotaries, "got 0"},
		{"twice", register(w.gov, cny()), bridge.ErrLedgerExists, "cny"},
		{"a second hub", register(w.gov, bridge.DefaultGenesis().Ledgers[0]), bridge.ErrLedgerExists, "hub"},
	})
	require.NoError(t, register(w.gov, usd())(w.ctx))
	require.Equal(t, []string{"EventLedgerRegistered"}, w.events())
	got, err := w.k.Ledger(w.ctx, "usd")
	require.NoError(t, err)
	require.Equal(t, usd(), got)

	for i := 3; i < bridge.MaxLedgers; i++ {
		l := usd()
		l.Id = fmt.Sprintf("ledger-%d", i)
		require.NoError(t, register(w.gov, l)(w.ctx))
	}
	last := usd()
	last.Id = "one-too-many"
	w.refuses(t, []refusal{{"too many", register(w.gov, last), bridge.ErrTooManyLedgers, "256 are registered"}})
}

func (w *world) setNotaries(ctx sdk.Context, authority, ledger string, threshold uint32, ids ...string) error {
	_, err := w.msg.SetNotaries(ctx, &bridge.MsgSetNotaries{Authority: authority, Ledger: ledger, Notaries: set(ids...), Threshold: threshold})
	return err
}

func TestANewSetComesIntoForceAfterTheLongestPrepareTime(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 2)
	w.attest("n1", order.Held, 1)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n2", "n3", "n4"))
	require.Contains(t, w.events(), "EventNotariesPlanned")

	w.endBlock(time.Hour - 1)
	w.endBlock(0)
	got, err := w.query.Ledger(w.ctx, &bridge.QueryLedgerRequest{Id: "cny"})
	require.NoError(t, err)
	require.Equal(t, []string{"n1", "n2", "n3"}, got.Ledger.ActiveNotaries(), "one nanosecond too early")
	require.Equal(t, []string{"n2", "n3", "n4"}, bridge.Ledger{Notaries: got.Pending.Notaries}.ActiveNotaries())

	w.ctx = w.ctx.WithBlockTime(w.ctx.BlockTime().Add(1))
	w.endBlock(0)
	got, err = w.query.Ledger(w.ctx, &bridge.QueryLedgerRequest{Id: "cny"})
	require.NoError(t, err)
	require.Equal(t, []string{"n2", "n3", "n4"}, got.Ledger.ActiveNotaries())
	require.Nil(t, got.Pending)
	require.Zero(t, w.attest("n2", order.Held, 1), "the word of n1, who is gone, has lapsed")
	require.EqualValues(t, 1, w.attest("n4", order.Held, 1), "the new one looks up and attests")
}

func TestALowerThresholdCountsWhatIsThereAlready(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 3, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	w.endBlock(0)
	w.append("cny", 2)
	w.attest("n1", order.Held, 1, 2)
	w.attest("n2", order.Held, 1)
	require.Empty(t, w.lines())
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	require.Empty(t, w.lines())
	w.endBlock(0)
	require.Equal(t, []string{"cny 1 HOLD HELD cb-1"}, w.lines(), "by the recount, without another word")
}

func TestVotesBelongToANotaryIDSoRotatingItsKeyLosesNone(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	rotated := set("n1", "n2", "n3")
	rotated[0].PublicKey = keyOf("n1-new").PubKey().Bytes()
	_, err := w.msg.SetNotaries(w.ctx, &bridge.MsgSetNotaries{Authority: w.gov, Ledger: "cny", Notaries: rotated, Threshold: 2})
	require.NoError(t, err)
	w.endBlock(time.Hour)
	w.endBlock(0)
	_, err = w.msg.Attest(w.ctx, w.signed("n1", w.words(order.Held, 1)))
	require.ErrorIs(t, err, bridge.ErrSignature, "the old key speaks no more")
	require.EqualValues(t, 1, w.attest("n2", order.Held, 1), "the word given with it stands")
}

func TestALaterPlanReplacesTheOneThatWaits(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "a1", "a2"))
	w.endBlock(time.Minute)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "b1", "b2"))
	w.endBlock(time.Hour - time.Minute)
	w.endBlock(time.Minute)
	l, err := w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.Equal(t, []string{"n1", "n2", "n3"}, l.ActiveNotaries(), "its time has begun anew")
	w.endBlock(0)
	l, err = w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.Equal(t, []string{"b1", "b2"}, l.ActiveNotaries())
}

func TestASuspendedIDNeverComesBack(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n4"))
	w.suspendNotary("n1")
	w.endBlock(time.Hour)
	w.endBlock(0)
	l, err := w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.Equal(t, []string{"n2", "n4"}, l.ActiveNotaries(), "the set that was planned before comes into force with the suspension")
	w.refuses(t, []refusal{{
		"in a new set", func(ctx sdk.Context) error { return w.setNotaries(ctx, w.gov, "cny", 2, "n1", "n2") },
		bridge.ErrNotarySpent, "n1 on cny",
	}})
}

func TestAnIDThatLeftTheSetNeverComesBackWithItsOldWords(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n2", "n3", "n4"))
	w.endBlock(time.Hour)
	w.endBlock(0)

	again := emptyWorld(t)
	require.NoError(t, again.k.InitGenesis(again.ctx, w.export()))
	for _, chain := range []*world{w, again} {
		kept, err := chain.query.Suspensions(chain.ctx, &bridge.QuerySuspensionsRequest{Ledger: "cny"})
		require.NoError(t, err)
		require.Len(t, kept.Suspensions, 1)
		require.Equal(t, "n1", kept.Suspensions[0].Notary)
		chain.refuses(t, []refusal{{
			"in a new set", func(ctx sdk.Context) error { return chain.setNotaries(ctx, chain.gov, "cny", 2, "n1", "n2", "n3") },
			bridge.ErrNotarySpent, "n1 on cny, because: left the set",
		}})
		require.NoError(t, chain.setNotaries(chain.ctx, chain.gov, "cny", 2, "n2", "n3", "n5"), "an id that nobody had")
		chain.endBlock(time.Hour)
		chain.endBlock(0)
		require.Zero(t, chain.attest("n2", order.Held, 1))
		require.EqualValues(t, 1, chain.attest("n5", order.Held, 1), "only words of those in the set count")
	}
}

func TestAPlannedIDThatNeverCameIntoForceIsNotSpent(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n4"))
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	w.endBlock(0)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n3", "n4"))
}

func (w *world) suspendNotary(id string) {
	w.t.Helper()
	_, err := w.msg.SuspendNotary(w.ctx, &bridge.MsgSuspendNotary{Authority: w.gov, Ledger: "cny", Notary: id, Reason: "audit"})
	require.NoError(w.t, err)
}

func TestSuspensionLapsesWhatIsCountedAndNotApplied(t *testing.T) {
	w := counted(t, fails)
	w.suspendNotary("n1")
	heals(w.journal)
	_, err := w.msg.RetryOutcome(w.ctx, &bridge.MsgRetryOutcome{Ledger: "cny", Number: 1})
	require.NoError(t, err)
	require.Empty(t, w.lines(), "at once: no retry applies a word that has lapsed")
	require.Contains(t, w.events(), "EventLapsed")
	got := w.tracking("cny", 1)
	require.Equal(t, bridge.PROGRESS_OPEN, got.Progress)
	require.Zero(t, got.Outcome)
	require.Zero(t, got.RetryHeight)
	require.Equal(t, []uint64{1}, w.work("n3"), "it is work again")
	require.EqualValues(t, 1, w.attest("n3", order.Held, 1))
	require.Len(t, w.lines(), 1)
}

func TestTheRecountTellsOfWhatLapsed(t *testing.T) {
	w := counted(t, fails)
	w.suspendNotary("n1")
	w.endBlock(0)
	require.Equal(t, bridge.PROGRESS_OPEN, w.tracking("cny", 1).Progress)
}

func TestWhatLapsedMayBeCountedTheOtherWay(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	w.endBlock(0)
	w.append("cny", 1)
	fails(w.journal)
	w.attest("n1", order.Held, 1)
	w.attest("n2", order.Held, 1)
	w.attest("n3", order.Refused, 1)
	w.suspendNotary("n1")
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n3", "n4"))
	heals(w.journal)
	w.endBlock(time.Hour)
	w.endBlock(0)
	w.attest("n4", order.Refused, 1)
	require.Equal(t, []string{"cny 1 HOLD REFUSED cb-1"}, w.lines())
}

func TestOneBlockRecountsABoundedNumberAndTheNextGoesOn(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 3, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	w.endBlock(0)
	const all = bridge.MaxRecountsPerBlock + 40
	w.append("cny", all)
	for first := uint64(1); first <= all; first += order.MaxWords {
		var numbers []uint64
		for n := first; n < first+order.MaxWords && n <= all; n++ {
			numbers = append(numbers, n)
		}
		w.attest("n1", order.Held, numbers...)
		w.attest("n2", order.Held, numbers...)
	}
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 2, "n1", "n2", "n3"))
	w.endBlock(time.Hour)
	w.endBlock(0)
	require.Len(t, w.lines(), bridge.MaxRecountsPerBlock)
	require.NotEmpty(t, w.export().Recounts)
	w.endBlock(0)
	require.Len(t, w.lines(), all)
	require.Empty(t, w.export().Recounts)
}

func TestWhatCannotBeReadStopsNoOtherRecount(t *testing.T) {
	w := uncheckedWorld(t)
	w.append("cny", 2)
	w.attest("n1", order.Held, 1, 2)
	it := storetypes.KVStorePrefixIterator(w.ctx.KVStore(w.key), bridge.VotesPrefix.Bytes())
	first := it.Key()
	require.NoError(t, it.Close())
	w.ctx.KVStore(w.key).Set(first, []byte{0xff}) // n1's word about instruction 1
	require.NoError(t, w.setNotaries(w.ctx, w.gov, "cny", 1, "n1"))
	w.endBlock(cny().LongestPrepare)
	w.endBlock(0)
	require.Len(t, w.lines(), 1)
	require.Contains(t, w.lines()[0], "cny 2 HOLD HELD")
}

func TestOneBlockInstallsABoundedNumberOfSets(t *testing.T) {
	w := newWorld(t)
	for i := range bridge.MaxChangesPerBlock + 1 {
		l := usd()
		l.Id = fmt.Sprintf("ledger-%d", i)
		_, err := w.msg.RegisterLedger(w.ctx, &bridge.MsgRegisterLedger{Authority: w.gov, Ledger: l})
		require.NoError(t, err)
		require.NoError(t, w.setNotaries(w.ctx, w.gov, l.Id, 2, "n7", "n8"))
	}
	w.endBlock(time.Hour)
	w.endBlock(0)
	require.Len(t, w.export().PendingChanges, 1)
	w.endBlock(0)
	require.Empty(t, w.export().PendingChanges)
}

func TestWhatSetNotariesRefuses(t *testing.T) {
	w := newWorld(t)
	marked := set("n1", "n2")
	marked[0].Suspended = true
	w.refuses(t, []refusal{
		{"from anyone else", func(ctx sdk.Context) error { return w.setNotaries(ctx, "corridor1stranger", "cny", 1, "n1") }, bridge.ErrUnauthorized, "proposal"},
		{"unknown ledger", func(ctx sdk.Context) error { return w.setNotaries(ctx, w.gov, "usd", 1, "n1") }, bridge.ErrUnknownLedger, "usd"},
		{"the hub", func(ctx sdk.Context) error { return w.setNotaries(ctx, w.gov, "hub", 1, "n1") }, bridge.ErrNotAttested, "LINK_HUB"},
		{"half", func(ctx sdk.Context) error { return w.setNotaries(ctx, w.gov, "cny", 1, "n1", "n2") }, bridge.ErrInvalidNotaries, "more than half"},
		{"marked as suspended", func(ctx sdk.Context) error {
			_, err := w.msg.SetNotaries(ctx, &bridge.MsgSetNotaries{Authority: w.gov, Ledger: "cny", Notaries: marked, Threshold: 2})
			return err
		}, bridge.ErrInvalidNotaries, "marked"},
	})
}

func TestWhatSuspendNotaryRefuses(t *testing.T) {
	w := newWorld(t)
	w.suspendNotary("n2")
	send := func(authority, ledger, notary, reason string) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := w.msg.SuspendNotary(ctx, &bridge.MsgSuspendNotary{Authority: authority, Ledger: ledger, Notary: notary, Reason: reason})
			return err
		}
	}
	w.refuses(t, []refusal{
		{"from anyone else", send("corridor1stranger", "cny", "n1", "why"), bridge.ErrUnauthorized, "proposal"},
		{"unknown ledger", send(w.gov, "usd", "n1", "why"), bridge.ErrUnknownLedger, "usd"},
		{"unknown notary", send(w.gov, "cny", "n9", "why"), bridge.ErrUnknownNotary, "n9"},
		{"suspended already", send(w.gov, "cny", "n2", "why"), bridge.ErrNotarySuspended, "audit"},
		{"without a reason", send(w.gov, "cny", "n1", ""), bridge.ErrInvalidReason, "got 0"},
		{"with a long reason", send(w.gov, "cny", "n1", strings.Repeat("a", 257)), bridge.ErrInvalidReason, "got 257"},
	})
}

func TestSuspendingAndResumingALedger(t *testing.T) {
	w := newWorld(t)
	suspend := func(authority, ledger, reason string) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := w.msg.SuspendLedger(ctx, &bridge.MsgSuspendLedger{Authority: authority, Ledger: ledger, Reason: reason})
			return err
		}
	}
	resume := func(authority, ledger string) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := w.msg.ResumeLedger(ctx, &bridge.MsgResumeLedger{Authority: authority, Ledger: ledger})
			return err
		}
	}
	w.refuses(t, []refusal{
		{"suspended by anyone else", suspend("corridor1stranger", "cny", "why"), bridge.ErrUnauthorized, "proposal"},
		{"suspending an unknown ledger", suspend(w.gov, "usd", "why"), bridge.ErrUnknownLedger, "usd"},
		{"suspending without a reason", suspend(w.gov, "cny", ""), bridge.ErrInvalidReason, "got 0"},
		{"resumed by anyone else", resume("corridor1stranger", "cny"), bridge.ErrUnauthorized, "proposal"},
		{"resuming an unknown ledger", resume(w.gov, "usd"), bridge.ErrUnknownLedger, "usd"},
		{"resuming what is not suspended", resume(w.gov, "cny"), bridge.ErrLedgerNotSuspended, "nothing to resume"},
	})
	require.NoError(t, suspend(w.gov, "cny", "incident 7")(w.ctx))
	l, err := w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.True(t, l.Suspended)
	fails(w.journal)
	w.refuses(t, []refusal{
		{"suspended already", suspend(w.gov, "cny", "why"), bridge.ErrLedgerSuspended, "incident 7"},
		{"an owner that cannot go on", resume(w.gov, "cny"), bridge.ErrApplyFailed, "journal on the return of ledger cny"},
	})
	heals(w.journal)
	require.NoError(t, resume(w.gov, "cny")(w.ctx))
	require.Equal(t, []string{"cny"}, w.journal.resumed, "owners evaluate their guards once more")
	l, err = w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.Equal(t, cny(), l)
	require.Equal(t, []string{"EventLedgerSuspended", "EventLedgerResumed"}, w.events())
}
