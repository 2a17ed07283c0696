package ledgerlink

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	cosmos "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/settlement"
)

func TestThreeLinksSettleWithOneCallEach(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	s.runAll()
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
	require.Equal(t, []int64{1, 1}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()}, "only the leading notary acts")
}

func TestTheNextNotaryTakesOverByHubTime(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	leader := order.Leader(b.EntryID(0), s.all)
	second, _ := s.run(leader[1], s.hub(leader[1]))
	s.run(leader[2], s.hub(leader[2]))
	s.blocksLater(5, second)
	require.Zero(t, s.ledger.holds.Load(), "its turn has not come")

	s.node.NextBlock(takeover)
	s.awaitState(b, settlement.STATE_COMMITTED)
	s.blocksLater(5, second)
	require.Zero(t, s.ledger.posts.Load(), "it waits for each instruction anew")
	s.node.NextBlock(takeover)
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
	require.Equal(t, []int64{1, 1}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()})
}

func TestALostReplyIsLookedUpAndNotRepeated(t *testing.T) {
	s := newStage(t, payerKey())
	for _, op := range []memory.Op{memory.OpHold, memory.OpPost} {
		s.books.Inject(memory.Fault{Op: op, Kind: memory.Withhold})
	}
	b := s.propose("r-1")
	s.runAll()
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
	require.Equal(t, []int64{1, 1}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()})
}

func TestACallThatWasTurnedAwayIsMadeAgain(t *testing.T) {
	s := newStage(t, payerKey())
	for _, op := range []memory.Op{memory.OpLookup, memory.OpHold, memory.OpPost, memory.OpPost} {
		s.books.Inject(memory.Fault{Op: op, Kind: memory.TurnedAway})
	}
	b := s.propose("r-1")
	s.runAll()
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
}

func TestALedgerThatIsAwayIsAskedUntilItIsBack(t *testing.T) {
	s := newStage(t, payerKey())
	s.ledger.down.Store(true)
	b := s.propose("r-1")
	s.runAll()
	s.await("some look-ups", func() bool { return s.ledger.lookups.Load() >= 9 })
	require.Zero(t, s.ledger.holds.Load(), "nothing is done before the ledger was asked")
	require.Empty(t, s.words(1))
	s.ledger.down.Store(false)
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
}

func TestAHoldWithoutAValidConsentIsRefusedAndTheReasonAttested(t *testing.T) {
	for name, key := range map[string][]byte{
		"another key on file": apptest.ConsentKey(usd, "another").PubKey().Bytes(),
		"no key on file":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, key)
			b := s.propose("r-1")
			s.runAll()
			s.awaitState(b, settlement.STATE_UNWOUND)
			s.paid(0)
			require.Zero(t, s.ledger.holds.Load())
			require.Equal(t, int64(1), s.ledger.refusals.Load())
			leader := order.Leader(b.EntryID(0), s.all)[0]
			s.await("the leader's word", func() bool { _, said := s.words(1)[leader]; return said || len(s.words(1)) >= 2 })
			for notary, w := range s.words(1) {
				require.Equal(t, uint32(order.Refused), w.Outcome)
				if notary == leader {
					require.Contains(t, w.Reason, "no valid consent")
				} else {
					require.NotEmpty(t, w.Reason)
				}
			}
		})
	}
}

func TestAConsentKeyThatCantBeHadNowIsNoRefusal(t *testing.T) {
	s := newStage(t, payerKey())
	s.ledger.keyless.Store(true)
	b := s.propose("r-1")
	s.runAll()
	s.await("some questions for the key", func() bool { return s.ledger.keys.Load() >= 3 })
	require.Empty(t, s.words(1))
	_, err := s.books.Lookup(t.Context(), b.EntryID(0))
	require.Equal(t, sdk.NotFound, sdk.CodeOf(err))
	s.ledger.keyless.Store(false)
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
	require.Zero(t, s.ledger.refusals.Load())
}

// The hub gives up before any notary ran: HOLD and VOID are both open, and the hold is never made.
func TestAVoidOvertakesItsHold(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	s.node.NextBlock(prepare + 1)
	s.await("the abort", func() bool { return s.state(b) == settlement.STATE_ABORTED })
	s.runAll()
	s.awaitState(b, settlement.STATE_UNWOUND)
	s.paid(0)
	require.Equal(t, []int64{0, 1}, []int64{s.ledger.holds.Load(), s.ledger.voids.Load()})
	e, err := s.books.Lookup(t.Context(), b.EntryID(0))
	require.NoError(t, err)
	require.Equal(t, order.EntryTombstoned, e.State)
}

// A hold that was made is given back when the hub gives up.
func TestAHeldEntryIsVoided(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	leader := order.Leader(b.EntryID(0), s.all)[0]
	s.run(leader, s.hub(leader))
	s.await("the leader's word", func() bool { return len(s.words(1)) == 1 })
	s.node.NextBlock(prepare + 1)
	s.await("the abort", func() bool { return s.state(b) == settlement.STATE_ABORTED })
	for _, n := range s.all {
		if n != leader {
			s.run(n, s.hub(n))
		}
	}
	s.awaitState(b, settlement.STATE_UNWOUND)
	s.paid(0)
}

// Links that are killed again and again, and remember nothing, finish with one effect.
func TestRestartsAtAnyPointFinish(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	for round := int64(0); s.state(b) != settlement.STATE_SETTLED; round++ {
		require.Less(t, round, int64(200), "it does not come to an end")
		stop := s.runAll()
		looked := s.ledger.lookups.Load()
		s.await("a look-up more", func() bool {
			return s.ledger.lookups.Load() >= looked+1+round%5 || s.state(b) == settlement.STATE_SETTLED
		})
		stop()
	}
	s.paid(1)
}

// losing is a hub node that takes the first submission and loses it.
type losing struct {
	HubNode
	lost *atomic.Bool
}

func (h losing) Attest(ctx context.Context, words []order.Word) error {
	if h.lost.CompareAndSwap(false, true) {
		return nil
	}
	return h.HubNode.Attest(ctx, words)
}

func TestWordsThatWereDroppedAreSubmittedAgain(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	var start int64
	s.node.Do(func(c *apptest.Chain) { start = c.Height() })
	for _, n := range s.all {
		s.run(n, losing{s.hub(n), new(atomic.Bool)})
	}
	s.awaitState(b, settlement.STATE_SETTLED)
	s.paid(1)
	require.GreaterOrEqual(t, len(s.words(1)), 2)
	for _, w := range s.words(1) {
		require.Greater(t, w.Height, start+resubmitAfter, "not before a block could have held the first")
	}
}

// spoiling is a hub that is told nonsense about one instruction.
type spoiling struct {
	HubNode
	number uint64
}

func (h spoiling) Attest(ctx context.Context, words []order.Word) error {
	words = slices.Clone(words)
	for i := range words {
		if words[i].Number == h.number {
			words[i].InstructionHash[0] ^= 1
		}
	}
	return h.HubNode.Attest(ctx, words)
}

// The hub takes a batch whole or not at all; what is wrong with one word does not hold up the others for ever.
func TestAWordThatTheHubRefusesDoesNotHoldUpOthers(t *testing.T) {
	s := newStage(t, payerKey())
	bad, good := s.propose("bad"), s.propose("good")
	for _, n := range s.all {
		s.run(n, spoiling{s.hub(n), 1})
	}
	s.awaitState(good, settlement.STATE_SETTLED)
	require.Equal(t, settlement.STATE_PREPARING, s.state(bad))
	require.Empty(t, s.words(1))
}

// hanging is a hub that does not answer while a test says so.
type hanging struct {
	HubNode
	hangs *atomic.Bool
	asked *atomic.Int64
}

func (h hanging) Read(ctx context.Context) (Hub, error) {
	if !h.hangs.Load() {
		return h.HubNode.Read(ctx)
	}
	h.asked.Add(1)
	<-ctx.Done()
	return Hub{}, ctx.Err()
}

func TestAHubThatHangsHoldsUpNothingElse(t *testing.T) {
	s := newStage(t, payerKey())
	s.ledger.keyless.Store(true)
	b := s.propose("r-1")
	leader := order.Leader(b.EntryID(0), s.all)[0]
	hub := hanging{s.hub(leader), new(atomic.Bool), new(atomic.Int64)}
	s.run(leader, hub)
	s.await("a question for the key", func() bool { return s.ledger.keys.Load() >= 1 })
	hub.hangs.Store(true)
	s.await("a hub that hangs", func() bool { return hub.asked.Load() >= 1 })
	s.ledger.keyless.Store(false)
	s.await("the hold and its word", func() bool { return s.ledger.holds.Load() == 1 && len(s.words(1)) == 1 })
	require.Equal(t, int64(1), hub.asked.Load(), "one reading at a time")
}

func TestAContradictionIsAnAlarmAndNoWord(t *testing.T) {
	s := newStage(t, payerKey())
	b := s.propose("r-1")
	leader := order.Leader(b.EntryID(0), s.all)
	others := []func(){}
	for _, n := range leader[1:] {
		_, stop := s.run(n, s.hub(n))
		others = append(others, stop)
	}
	s.node.NextBlock(takeover)
	s.awaitState(b, settlement.STATE_COMMITTED)
	for _, stop := range others {
		stop()
	}
	_, err := s.books.Void(t.Context(), sdk.VoidOrder{Instruction: order.NewInstruction(order.Void, b, 0)}) // the ledger breaks its promise
	require.NoError(t, err)
	r, _ := s.run(leader[0], s.hub(leader[0]))
	s.await("the alarm", func() bool { return r.Status().(State).Alarms > 0 })
	s.blocksLater(3, r)
	require.Equal(t, 1, r.Status().(State).Alarms, "it is told once")
	require.Empty(t, s.words(2))
	require.Equal(t, settlement.STATE_COMMITTED, s.state(b))
}

// Far more is stuck than one page holds; what comes behind it is seen, and done.
func TestWorkBehindWhatIsStuckIsDone(t *testing.T) {
	s := newStage(t, payerKey())
	const stuck = 210
	s.node.Do(func(c *apptest.Chain) { c.MustRunTx("bank-a", s.legs(c, stuck)...) })
	read, err := s.hub("usd-1").Read(t.Context())
	require.NoError(t, err)
	require.Len(t, read.Work, stuck)
	for n, i := range read.Work {
		require.Equal(t, uint64(n+1), i.Number)
	}
}

// legs are proposals that fill the outbox.
func (s *stage) legs(c *apptest.Chain, n int) []cosmos.Msg {
	var msgs []cosmos.Msg
	for i := range n {
		b := order.Body{
			ChainID: c.ID(), Proposer: apptest.Address("bank-a").String(), Reference: fmt.Sprintf("stuck-%d", i), Pivot: order.NoLeg,
			PrepareDeadlineUnixNs: uint64(c.Now().Add(prepare).UnixNano()),
			Legs:                  []order.Leg{{Ledger: usd, Payer: "acct-a", Payee: "acct-b", Currency: "USD", AmountMinor: 100, PaidBy: order.NoLeg}},
		}
		msgs = append(msgs, proposal(b))
	}
	return msgs
}

func TestCheckSaysWhatIsNotRegistered(t *testing.T) {
	s := newStage(t, payerKey())
	require.NoError(t, s.hub("usd-2").Check(t.Context()))
	s.node.Do(func(c *apptest.Chain) {
		for _, row := range []struct{ key, ledger, notary, want string }{
			{"usd-1", "eur", "usd-1", "ledger eur on the hub"},
			{"usd-1", usd, "usd-4", "the hub knows no notary usd-4 of ledger usd"},
			{"bank-a", usd, "usd-1", `by another key than "bank-a"`},
		} {
			n, err := NewNode(s.client, c.Keyring("usd-1", "bank-a"), row.key, row.ledger, row.notary)
			require.NoError(t, err)
			require.ErrorContains(t, n.Check(t.Context()), row.want)
		}
		_, err := NewNode(s.client, c.Keyring(), "gone", usd, "usd-1")
		require.ErrorContains(t, err, `key "gone"`)
	})
}

// describing is a ledger of another kind.
type describing struct {
	sdk.Ledger
	d   sdk.Description
	err error
}

func (l describing) Describe(context.Context) (sdk.Description, error) { return l.d, l.err }

func TestALedgerThatCantBeServedIsRefusedAtTheStart(t *testing.T) {
	require.NoError(t, CheckLedger(t.Context(), describing{d: sdk.Description{Cell: sdk.CellHolds}}))
	for want, l := range map[string]describing{
		"pivot":             {d: sdk.Description{Cell: sdk.CellPivot}},
		"one executor":      {d: sdk.Description{Cell: sdk.CellHolds, SingleExecutor: true}},
		"does not describe": {err: errDown},
	} {
		err := CheckLedger(t.Context(), l)
		require.Error(t, err)
		require.True(t, strings.Contains(err.Error(), want), err)
	}
}
