package keeper_test

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

func TestTwoOfThreeEqualWordsCountAndTheOwnerHearsOnce(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 2)
	require.Equal(t, []uint64{1, 2}, w.work("n1"))

	require.Zero(t, w.attest("n1", order.Held, 1, 2))
	require.Empty(t, w.lines())
	require.Empty(t, w.work("n1"), "n1 has said what it knows")
	require.Equal(t, []uint64{1, 2}, w.work("n2"))

	require.EqualValues(t, 1, w.attest("n2", order.Held, 2))
	require.Equal(t, []string{"cny 2 HOLD HELD cb-1"}, w.lines())
	require.Equal(t, bridge.PROGRESS_APPLIED, w.tracking("cny", 2).Progress)
	require.Equal(t, []uint64{1}, w.work(""), "what is applied is no work")

	require.Zero(t, w.attest("n3", order.Held, 2), "the third word is evidence and changes nothing")
	require.Len(t, w.votes(2), 3)
	require.Len(t, w.lines(), 1)
}

func TestARepeatedWordIsANoOp(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	before := w.export()
	again := w.words(order.Held, 1)
	again[0].Reason = "other notes don't matter"
	_, err := w.msg.Attest(w.ctx, w.signed("n1", again))
	require.NoError(t, err)
	require.Equal(t, before, w.export())

	w.attest("n2", order.Held, 1)
	before = w.export()
	w.attest("n1", order.Held, 1)
	w.attest("n2", order.Held, 1)
	require.Equal(t, before, w.export())
}

func TestNotariesThatDisagreeRaiseAnAlarmAndTheMajorityCounts(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	require.NotContains(t, w.events(), "EventDisagreed")
	w.attest("n2", order.Refused, 1)
	require.Contains(t, w.events(), "EventDisagreed")
	require.Equal(t, bridge.PROGRESS_OPEN, w.tracking("cny", 1).Progress)
	w.attest("n3", order.Refused, 1)
	require.Equal(t, []string{"cny 1 HOLD REFUSED cb-1"}, w.lines())
}

func TestANotaryThatSaysTwoThingsIsSuspendedOnTheSpotWithTheEvidence(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 3)
	w.attest("n1", order.Held, 1, 2)

	batch := append(w.words(order.Refused, 1), w.words(order.Held, 3)...)
	answer, err := w.msg.Attest(w.ctx, w.signed("n1", batch))
	require.NoError(t, err, "the message succeeds, else the evidence would be lost")
	require.Zero(t, answer.Counted)
	require.Contains(t, w.events(), "EventNotarySuspended")
	require.Empty(t, w.votes(3), "the rest of its batch is worth nothing")

	l, err := w.k.Ledger(w.ctx, "cny")
	require.NoError(t, err)
	require.Equal(t, []string{"n2", "n3"}, l.ActiveNotaries())
	kept, err := w.query.Suspensions(w.ctx, &bridge.QuerySuspensionsRequest{Ledger: "cny"})
	require.NoError(t, err)
	require.Len(t, kept.Suspensions, 1)
	require.EqualValues(t, order.Held, kept.Suspensions[0].First.Outcome)
	require.EqualValues(t, order.Refused, kept.Suspensions[0].Second.Outcome)

	require.Zero(t, w.attest("n2", order.Held, 1, 2), "its words are not counted any more")
	require.EqualValues(t, 2, w.attest("n3", order.Held, 1, 2))
	err = w.unchanged(func(ctx sdk.Context) error {
		_, err := w.msg.Attest(ctx, w.signed("n1", w.words(order.Held, 3)))
		return err
	})
	require.ErrorIs(t, err, bridge.ErrNotarySuspended)
}

func TestTwoWordsInOneBatchAreTwoWords(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	_, err := w.msg.Attest(w.ctx, w.signed("n1", append(w.words(order.Held, 1), w.words(order.Refused, 1)...)))
	require.NoError(t, err)
	require.Contains(t, w.events(), "EventNotarySuspended")
}

func TestContradictingItselfAfterTheOutcomeWasAppliedSuspendsAndUndoesNothing(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	w.attest("n2", order.Held, 1)
	w.attest("n1", order.Refused, 1)
	require.Contains(t, w.events(), "EventNotarySuspended")
	w.endBlock(0)
	require.Equal(t, bridge.PROGRESS_APPLIED, w.tracking("cny", 1).Progress)
	require.Len(t, w.lines(), 1)
	require.EqualValues(t, order.Held, w.votes(1)[0].Outcome, "a vote is never overwritten")
}

func TestAFirstWordThatDiffersFromTheAppliedOutcomeIsKeptAndAlarms(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	w.attest("n2", order.Held, 1)
	w.attest("n3", order.Refused, 1)
	require.Contains(t, w.events(), "EventDisagreed")
	require.NotContains(t, w.events(), "EventNotarySuspended")
	require.Len(t, w.votes(1), 3)
	require.Len(t, w.lines(), 1)
}

func TestWhatAnAttestationMustBe(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 2)
	w.append("hub", 1)
	_, err := w.msg.SuspendNotary(w.ctx, &bridge.MsgSuspendNotary{Authority: w.gov, Ledger: "cny", Notary: "n3", Reason: "its key leaked"})
	require.NoError(t, err)
	signed := func(o order.Outcome, change func(*bridge.Word)) *bridge.MsgAttest {
		words := w.words(o, 1, 2)
		change(&words[1])
		return w.signed("n1", words)
	}
	same := func(*bridge.Word) {}
	about := func(ledger, notary string) *bridge.MsgAttest {
		m := signed(order.Held, same)
		m.Ledger, m.Notary = ledger, notary
		return m
	}
	for _, c := range []struct {
		name string
		m    *bridge.MsgAttest
		err  error
		says string
	}{
		{"unknown ledger", about("usd", "n1"), bridge.ErrUnknownLedger, `"usd"`},
		{"the hub, which no notary speaks for", about("hub", "n1"), bridge.ErrNotAttested, "LINK_HUB"},
		{"unknown notary", about("cny", "n9"), bridge.ErrUnknownNotary, `"n9"`},
		{"suspended notary", about("cny", "n3"), bridge.ErrNotarySuspended, "its key leaked"},
		{"no words", &bridge.MsgAttest{Ledger: "cny", Notary: "n1"}, bridge.ErrWordCount, "got 0"},
		{"malformed word", &bridge.MsgAttest{Ledger: "cny", Notary: "n1", Words: []bridge.Word{{}}}, bridge.ErrWordForm, "word 0"},
		{"another notary's signature", about("cny", "n2"), bridge.ErrSignature, "notary n2"},
		{"unknown instruction", signed(order.Held, func(w *bridge.Word) { w.Number = 3 }), bridge.ErrUnknownInstruction, "word 1: instruction 3"},
		{"another instruction's hash", signed(order.Held, func(w *bridge.Word) { w.InstructionHash[0]++ }), bridge.ErrInstructionHash, "word 1: instruction 2"},
		{"outcome of another kind", signed(order.Held, func(w *bridge.Word) { w.Outcome = uint32(order.Posted) }), bridge.ErrOutcomeNotAllowed, "word 1: instruction 2 of cny is a HOLD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.unchanged(func(ctx sdk.Context) error {
				_, err := w.msg.Attest(ctx, c.m)
				require.Empty(t, ctx.EventManager().Events(), "nothing is written before all is checked")
				return err
			})
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.says)
		})
	}
}
