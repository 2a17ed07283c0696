package settlement_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/settlement"
)

// play drives one settlement without a store and checks the invariants after every step.
type play struct {
	t    require.TestingT
	run  *settlement.Run
	kept settlement.Effects
	now  time.Duration
}

func newPlay(t require.TestingT, body order.Body) *play {
	p := &play{t: t, run: settlement.New(body.Encode(), body, 1, moment(0))}
	p.end(settlement.Facts{})
	return p
}

// do is one step: resume, work, advance, keep the effects.
func (p *play) do(work func(*settlement.Run) error, facts settlement.Facts) {
	run, err := settlement.Resume(p.run.Settlement, moment(p.now))
	require.NoError(p.t, err)
	require.NoError(p.t, work(run))
	p.run = run
	p.end(facts)
}

func (p *play) end(facts settlement.Facts) {
	require.NoError(p.t, p.run.Advance(facts))
	require.Empty(p.t, settlement.Problems(p.run.Settlement))
	p.kept.Orders = append(p.kept.Orders, p.run.Effects.Orders...)
	p.kept.TakeSize = append(p.kept.TakeSize, p.run.Effects.TakeSize...)
	p.kept.ReturnSize = append(p.kept.ReturnSize, p.run.Effects.ReturnSize...)
	p.kept.Events = append(p.kept.Events, p.run.Effects.Events...)
}

func (p *play) consent(leg int) {
	p.do(func(r *settlement.Run) error { r.Consent(leg, make([]byte, 64)); return nil }, settlement.Facts{})
}

func (p *play) word(kind order.Kind, leg int, outcome order.Outcome, reason string) {
	p.do(func(r *settlement.Run) error {
		return r.Word(order.NewInstruction(kind, r.Body, leg), outcome, settlement.Note{Reason: reason, LedgerReference: "ref"})
	}, settlement.Facts{})
}

func (p *play) advance(facts settlement.Facts) {
	p.do(func(*settlement.Run) error { return nil }, facts)
}

// ordered lists what was ordered, as "HOLD 0".
func (p *play) ordered() (all []string) {
	for _, o := range p.kept.Orders {
		all = append(all, fmt.Sprintf("%s %d", o.Kind, o.Leg))
	}
	return all
}

func (p *play) is(state settlement.State, legs ...settlement.LegState) {
	require.Equal(p.t, state.Word(), p.run.Settlement.State.Word())
	for i, leg := range legs {
		require.Equal(p.t, leg.Word(), p.run.Settlement.Legs[i].State.Word(), "leg %d", i)
	}
}

func (p *play) steps() string {
	var names []string
	for _, s := range p.run.Settlement.Timeline {
		name := s.Name
		if s.Leg > 0 {
			name = fmt.Sprintf("%s %d", s.Name, s.Leg-1)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func preparing(t require.TestingT) *play {
	body, _ := swap()
	p := newPlay(t, body)
	p.is(settlement.STATE_PROPOSED, settlement.LEG_STATE_PLANNED, settlement.LEG_STATE_PLANNED)
	p.consent(0)
	p.is(settlement.STATE_PREPARING, settlement.LEG_STATE_HOLDING, settlement.LEG_STATE_HOLDING)
	return p
}

func TestAQuotedLegIsConsentedToByItsQuoteAndTheLastConsentOrdersEveryHold(t *testing.T) {
	p := preparing(t)
	require.Equal(t, []string{"HOLD 0", "HOLD 1"}, p.ordered())
	require.Equal(t, []int{1}, p.kept.TakeSize)
	require.Empty(t, p.kept.ReturnSize)
}

func TestAllHeldCommitsAndOrdersEveryPostInTheSameStep(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	p.is(settlement.STATE_PREPARING)
	p.word(order.Hold, 1, order.Held, "")
	p.is(settlement.STATE_COMMITTED, settlement.LEG_STATE_POSTING, settlement.LEG_STATE_POSTING)
	require.Equal(t, []string{"HOLD 0", "HOLD 1", "POST 0", "POST 1"}, p.ordered())
	p.word(order.Post, 1, order.Suspense, "payee closed")
	p.is(settlement.STATE_COMMITTED)
	p.word(order.Post, 0, order.Posted, "")
	p.is(settlement.STATE_SETTLED, settlement.LEG_STATE_POSTED, settlement.LEG_STATE_SUSPENSE)
	require.Empty(t, p.kept.ReturnSize)
	require.Equal(t, "proposed, consented 0, preparing, hold ordered 0, hold ordered 1, held 0, held 1, committed, "+
		"post ordered 0, post ordered 1, suspense 1, posted 0, settled", p.steps())
}

func TestARefusalAbortsAndVoidsTheOthersAndReturnsTheSizeOnce(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 1, order.Refused, "not enough money")
	p.is(settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING, settlement.LEG_STATE_REFUSED)
	require.Equal(t, "leg 1 on rtgs was refused: not enough money", p.run.Settlement.AbortReason)
	require.Equal(t, []string{"HOLD 0", "HOLD 1", "VOID 0"}, p.ordered())
	require.Equal(t, []int{1}, p.kept.ReturnSize)

	p.word(order.Hold, 0, order.Held, "") // the hold comes late
	p.is(settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING)
	p.word(order.Void, 0, order.Voided, "")
	p.is(settlement.STATE_UNWOUND, settlement.LEG_STATE_VOIDED, settlement.LEG_STATE_REFUSED)
	require.Equal(t, []int{1}, p.kept.ReturnSize, "once")
	require.Contains(t, p.steps(), "void ordered 0, held 0, voided 0, unwound")
}

func TestAVoidThatOvertakesItsHoldIsAnsweredInAnyOrder(t *testing.T) {
	for name, words := range map[string][]func(*play){
		"the void's answer first": {
			func(p *play) { p.word(order.Void, 1, order.Voided, "") }, func(p *play) { p.word(order.Hold, 1, order.Refused, "") },
		},
		"the hold's answer first": {
			func(p *play) { p.word(order.Hold, 1, order.Refused, "") }, func(p *play) { p.word(order.Void, 1, order.Voided, "") },
		},
		"held and voided, counted the wrong way round": {
			func(p *play) { p.word(order.Void, 1, order.Voided, "") }, func(p *play) { p.word(order.Hold, 1, order.Held, "") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := preparing(t)
			p.word(order.Hold, 0, order.Refused, "closed")
			p.is(settlement.STATE_ABORTED, settlement.LEG_STATE_REFUSED, settlement.LEG_STATE_VOIDING)
			words[0](p)
			require.Equal(t, settlement.STATE_UNWOUND, p.run.Settlement.State)
			words[1](p)
			words[1](p)
			require.Equal(t, settlement.STATE_UNWOUND, p.run.Settlement.State)
			require.Equal(t, []int{1}, p.kept.ReturnSize)
		})
	}
}

func TestTheSecondDeliveryOfAWordChangesNothing(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	before := p.run.Settlement
	p.word(order.Hold, 0, order.Held, "")
	require.Equal(t, before, p.run.Settlement)
	p.word(order.Hold, 1, order.Held, "")
	p.word(order.Post, 0, order.Posted, "")
	before = p.run.Settlement
	p.word(order.Hold, 0, order.Held, "")
	p.word(order.Post, 0, order.Posted, "")
	require.Equal(t, before, p.run.Settlement)
}

func TestAWordThatContradictsTheLegIsRefused(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	for _, test := range []struct {
		kind    order.Kind
		leg     int
		outcome order.Outcome
		change  func(*order.Instruction)
		want    error
	}{
		{order.Hold, 0, order.Refused, nil, settlement.ErrContradiction},
		{order.Post, 0, order.Posted, nil, settlement.ErrContradiction},
		{order.Void, 0, order.Voided, nil, settlement.ErrContradiction},
		{order.Post, 1, order.Suspense, nil, settlement.ErrContradiction},
		{order.Pay, 1, order.Posted, nil, settlement.ErrContradiction},
		{order.Hold, 0, order.Posted, nil, settlement.ErrForeign},
		{order.VerifyAccount, 0, order.Refused, nil, settlement.ErrForeign},
		{order.Hold, 1, order.Held, func(i *order.Instruction) { i.AmountMinor++ }, settlement.ErrForeign},
		{order.Hold, 1, order.Held, func(i *order.Instruction) { i.Leg = 5 }, settlement.ErrForeign},
		{order.Hold, 1, order.Held, func(i *order.Instruction) { i.SettlementHash = order.Hash{} }, settlement.ErrForeign},
	} {
		run, err := settlement.Resume(p.run.Settlement, moment(0))
		require.NoError(t, err)
		instruction := order.NewInstruction(test.kind, run.Body, test.leg)
		if test.change != nil {
			test.change(&instruction)
		}
		require.ErrorIs(t, run.Word(instruction, test.outcome, settlement.Note{}), test.want, "%s %d %s", test.kind, test.leg, test.outcome)
	}
}

func TestADeadlineAbortsWhatIsUndecidedAndNothingElse(t *testing.T) {
	body, _ := swap()
	p := newPlay(t, body)
	p.now = 10 * time.Minute
	p.advance(settlement.Facts{})
	p.is(settlement.STATE_PROPOSED)
	p.now++
	p.advance(settlement.Facts{})
	p.is(settlement.STATE_UNWOUND, settlement.LEG_STATE_PLANNED, settlement.LEG_STATE_PLANNED)
	require.Contains(t, p.run.Settlement.AbortReason, "no consent for leg 0 on cbdc")
	require.Empty(t, p.kept.Orders)

	p = preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	p.now = 10*time.Minute + 1
	p.advance(settlement.Facts{})
	p.is(settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING, settlement.LEG_STATE_VOIDING)
	require.Contains(t, p.run.Settlement.AbortReason, "not held: leg 1 on rtgs")
	require.Empty(t, p.kept.ReturnSize, "only when the ledger has answered")

	p = preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	p.word(order.Hold, 1, order.Held, "")
	p.now = 100 * time.Hour
	p.advance(settlement.Facts{})
	p.is(settlement.STATE_COMMITTED)
}

func TestAHeldSettlementWaitsForItsGuardAndSaysWhy(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	suspended := settlement.Facts{Suspended: []string{"ledger rtgs is suspended: audit"}}
	p.do(func(r *settlement.Run) error {
		return r.Word(order.NewInstruction(order.Hold, r.Body, 1), order.Held, settlement.Note{})
	}, suspended)
	p.is(settlement.STATE_PREPARING, settlement.LEG_STATE_HELD, settlement.LEG_STATE_HELD)
	require.Equal(t, "everything is held, but ledger rtgs is suspended: audit", p.run.Settlement.Waiting)
	due, ok := p.run.NextDue()
	require.True(t, ok)
	require.Equal(t, start.Add(settlement.GuardRecheck), due)

	p.now = 10*time.Minute - time.Second
	p.advance(suspended)
	due, _ = p.run.NextDue()
	require.Equal(t, start.Add(10*time.Minute+1), due, "never later than the deadline")

	p.advance(settlement.Facts{})
	p.is(settlement.STATE_COMMITTED)
	require.Empty(t, p.run.Settlement.Waiting)
}

func TestTheDeadlineReasonNamesWhatASettlementWaitedFor(t *testing.T) {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	frozen := settlement.Facts{Screening: []string{"leg 0: participant bank-a is frozen: court"}}
	p.do(func(r *settlement.Run) error {
		return r.Word(order.NewInstruction(order.Hold, r.Body, 1), order.Held, settlement.Note{})
	}, frozen)
	p.now = 11 * time.Minute
	p.advance(frozen)
	p.is(settlement.STATE_ABORTED)
	require.Contains(t, p.run.Settlement.AbortReason, "participant bank-a is frozen: court")
}

func TestWithdrawalNeedsEveryPayerAndAnUndecidedSettlement(t *testing.T) {
	p := preparing(t)
	p.do(func(r *settlement.Run) error { return r.Withdraw([]int{0}) }, settlement.Facts{})
	p.do(func(r *settlement.Run) error { return r.Withdraw([]int{0}) }, settlement.Facts{})
	p.is(settlement.STATE_PREPARING)
	p.do(func(r *settlement.Run) error { return r.Withdraw([]int{1}) }, settlement.Facts{})
	p.is(settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING, settlement.LEG_STATE_VOIDING)
	require.Equal(t, settlement.ABORT_CAUSE_WITHDRAWN, p.run.Settlement.AbortCause)
	require.ErrorIs(t, p.run.Withdraw([]int{0}), settlement.ErrDecided)
	require.ErrorIs(t, p.run.Veto("corridor1s", "late"), settlement.ErrDecided)
}

func TestAVetoAbortsWhatIsUndecided(t *testing.T) {
	body, _ := swap()
	p := newPlay(t, body)
	p.do(func(r *settlement.Run) error { return r.Veto("corridor1s", "sanctions") }, settlement.Facts{})
	p.is(settlement.STATE_UNWOUND)
	require.Equal(t, "vetoed by corridor1s: sanctions", p.run.Settlement.AbortReason)
}

func TestALegThatIsNotPostedInTimeIsFlaggedOnceAndTheFlagEndsWithItsPosting(t *testing.T) {
	p := preparing(t)
	p.now = time.Minute
	p.word(order.Hold, 0, order.Held, "")
	p.word(order.Hold, 1, order.Held, "")
	p.word(order.Post, 0, order.Posted, "")
	due, ok := p.run.NextDue()
	require.True(t, ok)
	require.Equal(t, start.Add(time.Minute+settlement.DefaultGrace), due)
	p.now += settlement.DefaultGrace - 1
	p.advance(settlement.Facts{})
	require.False(t, p.run.Settlement.Legs[1].Defaulted)
	for range 2 {
		p.now++
		p.advance(settlement.Facts{})
	}
	require.False(t, p.run.Settlement.Legs[0].Defaulted)
	require.True(t, p.run.Settlement.Legs[1].Defaulted)
	require.Equal(t, 1, strings.Count(p.steps(), "defaulted 1"))
	_, ok = p.run.NextDue()
	require.False(t, ok)
	p.word(order.Post, 1, order.Posted, "")
	p.is(settlement.STATE_SETTLED)
	require.False(t, p.run.Settlement.Legs[1].Defaulted)
}

// TestAnyOrderOfTrueWordsEndsAllOrNone lets ledgers that keep their promises answer in any order, with deadlines,
// withdrawals and guards in between, and demands that everything ends, that legs agree, and that size comes back once.
func TestAnyOrderOfTrueWordsEndsAllOrNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := manyLegs(rapid.IntRange(1, order.MaxLegs).Draw(t, "legs"))
		p := newPlay(t, body)
		for i, leg := range body.Legs {
			if len(leg.QuoteID) == 0 {
				p.consent(i)
			}
		}
		ledgers := make([]order.EntryState, len(body.Legs))
		answered := map[string]bool{}
		for p.run.Settlement.State.Open() || len(answered) < len(p.kept.Orders) {
			switch rapid.IntRange(0, 40).Draw(t, "event") {
			case 0:
				p.now += 11 * time.Minute
				p.advance(settlement.Facts{})
			case 1:
				if p.run.Settlement.State.Undecided() {
					p.do(func(r *settlement.Run) error { return r.Veto("s", "r") }, settlement.Facts{})
				}
			default:
				i := p.kept.Orders[rapid.IntRange(0, len(p.kept.Orders)-1).Draw(t, "order")]
				act(t, &ledgers[i.Leg], i.Kind)
				outcome, ok := order.Attestable(i.Kind, ledgers[i.Leg])
				require.True(t, ok, "%s at %s", i.Kind, ledgers[i.Leg])
				p.do(func(r *settlement.Run) error { return r.Word(i, outcome, settlement.Note{Reason: "r"}) }, settlement.Facts{})
				answered[fmt.Sprint(i.Kind, i.Leg)] = true
			}
		}
		settled := p.run.Settlement.State == settlement.STATE_SETTLED
		for _, state := range ledgers {
			require.Equal(t, settled, state == order.EntryPosted || state == order.EntrySuspense)
		}
		if settled {
			require.Empty(t, p.kept.ReturnSize)
		} else {
			require.ElementsMatch(t, p.kept.TakeSize, p.kept.ReturnSize)
		}
		require.Less(t, len(p.run.Settlement.Timeline), settlement.MaxSteps)
	})
}

// act is a ledger that takes in an instruction, in whatever order they come.
func act(t *rapid.T, state *order.EntryState, kind order.Kind) {
	switch {
	case kind == order.Hold && *state == order.EntryUnknown:
		*state = order.EntryHeld
		if rapid.IntRange(0, 20).Draw(t, "refuse") == 0 {
			*state = order.EntryTombstoned
		}
	case kind == order.Post && *state == order.EntryHeld:
		*state = rapid.SampledFrom([]order.EntryState{order.EntryPosted, order.EntrySuspense}).Draw(t, "post")
	case kind == order.Void && *state == order.EntryUnknown:
		*state = order.EntryTombstoned
	case kind == order.Void && *state == order.EntryHeld:
		*state = order.EntryVoided
	}
}

// manyLegs is a body of n legs, of which every second one is under a quote.
func manyLegs(n int) order.Body {
	body, quote := swap()
	id := quote.ID()
	body.Legs = nil
	for i := range n {
		leg := order.Leg{Ledger: fmt.Sprintf("ledger-%d", i), Payer: "a", Payee: "b", Currency: "USD", AmountMinor: 1, PaidBy: order.NoLeg}
		if i%2 == 1 {
			leg.QuoteID, leg.PaidBy = id[:], i-1
		}
		body.Legs = append(body.Legs, leg)
	}
	return body
}
