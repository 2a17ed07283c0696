package ledgerlink

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

var start = time.Unix(1_700_000_000, 0)

func instruction(k order.Kind) Instruction {
	i := order.Instruction{
		Kind: k, ChainID: "c", Ledger: "l", Entry: order.NewEntryID("c", order.Hash{1}, 0, "l"),
		Payer: "alice", Payee: "bob", Currency: "USD", AmountMinor: 100,
	}
	return Instruction{Number: 7, Hash: i.Hash(), Order: i, Since: start}
}

func entry(i Instruction, s order.EntryState) Answer {
	e := sdk.Entry{ID: i.Order.Entry, State: s, LedgerReference: "REF"}
	if s != order.EntryTombstoned {
		e.Payer, e.Payee, e.Currency, e.AmountMinor = "alice", "bob", "USD", 100
	}
	return Answer{Knowledge: Present, Entry: e}
}

// hubFor is a hub whose newest block is late after the instruction, seen by the notary of that rank.
func hubFor(rank int, late time.Duration, work ...Instruction) Hub {
	ids := []string{"n1", "n2", "n3"}
	return Hub{
		Now: start.Add(late), Self: order.Leader(work[0].Order.Entry, ids)[rank], Notaries: ids,
		TakeoverDelay: 5 * time.Second, Work: work,
	}
}

// What the leading notary does, by instruction and by what the ledger says.
func TestPlanByInstructionAndEntry(t *testing.T) {
	const none = order.EntryUnknown
	for _, row := range []struct {
		kind    order.Kind
		entry   order.EntryState
		want    Do
		outcome order.Outcome
	}{
		{order.Hold, none, Execute, 0},
		{order.Hold, order.EntryHeld, Attest, order.Held},
		{order.Hold, order.EntryPosted, Attest, order.Held},
		{order.Hold, order.EntrySuspense, Attest, order.Held},
		{order.Hold, order.EntryVoided, Attest, order.Held},
		{order.Hold, order.EntryTombstoned, Attest, order.Refused},
		{order.Post, none, Alarm, 0},
		{order.Post, order.EntryHeld, Execute, 0},
		{order.Post, order.EntryPosted, Attest, order.Posted},
		{order.Post, order.EntrySuspense, Attest, order.Suspense},
		{order.Post, order.EntryVoided, Alarm, 0},
		{order.Post, order.EntryTombstoned, Alarm, 0},
		{order.Void, none, Execute, 0},
		{order.Void, order.EntryHeld, Execute, 0},
		{order.Void, order.EntryPosted, Alarm, 0},
		{order.Void, order.EntrySuspense, Alarm, 0},
		{order.Void, order.EntryVoided, Attest, order.Voided},
		{order.Void, order.EntryTombstoned, Attest, order.Voided},
		{order.Pay, none, Alarm, 0},
		{order.VerifyAccount, none, Alarm, 0},
	} {
		t.Run(row.kind.String()+" on "+row.entry.String(), func(t *testing.T) {
			i := instruction(row.kind)
			answer := entry(i, row.entry)
			if row.entry == none {
				answer = Answer{Knowledge: Absent}
			}
			got := Plan(hubFor(0, 0, i), Ledger{i.Order.Entry: answer})
			require.Len(t, got, 1)
			require.Equal(t, row.want, got[0].Do)
			require.Equal(t, row.outcome, got[0].Word.Outcome)
			if row.want == Attest {
				require.Equal(t, order.Word{Number: 7, InstructionHash: i.Hash, Outcome: row.outcome, LedgerReference: "REF"}, got[0].Word)
			}
			if row.want == Alarm {
				require.NotEmpty(t, got[0].Reason)
			}
		})
	}
}

func TestNothingIsExecutedBeforeTheLedgerWasAsked(t *testing.T) {
	for _, k := range []order.Kind{order.Hold, order.Post, order.Void} {
		i := instruction(k)
		require.Equal(t, LookUp, Plan(hubFor(0, time.Hour, i), nil)[0].Do)
	}
}

func TestTurnsFollowRankAndHubTime(t *testing.T) {
	i := instruction(order.Hold)
	absent := Ledger{i.Order.Entry: {Knowledge: Absent}}
	for _, row := range []struct {
		rank int
		late time.Duration
		want Do
	}{
		{0, 0, Execute},
		{1, 5*time.Second - 1, LookUp},
		{1, 5 * time.Second, Execute},
		{2, 10*time.Second - 1, LookUp},
		{2, 10 * time.Second, Execute},
	} {
		require.Equal(t, row.want, Plan(hubFor(row.rank, row.late, i), absent)[0].Do, "rank %d after %s", row.rank, row.late)
	}
	suspended := hubFor(0, time.Hour, i)
	suspended.Notaries = nil
	require.Equal(t, LookUp, Plan(suspended, absent)[0].Do, "a suspended notary executes nothing")
}

func TestAnEntryWithAnotherBodyCountsAsTombstoned(t *testing.T) {
	i := instruction(order.Hold)
	foreign := entry(i, order.EntryHeld)
	foreign.Entry.AmountMinor++
	got := Plan(hubFor(0, 0, i), Ledger{i.Order.Entry: foreign})[0]
	require.Equal(t, Attest, got.Do)
	require.Equal(t, order.Refused, got.Word.Outcome)
	require.NotEmpty(t, got.Word.Reason)
}

func TestAHoldThatIsBeingVoidedIsNotExecuted(t *testing.T) {
	hold, void := instruction(order.Hold), instruction(order.Void)
	got := Plan(hubFor(0, 0, hold, void), Ledger{hold.Order.Entry: {Knowledge: Absent}})
	require.Equal(t, []Do{LookUp, Execute}, []Do{got[0].Do, got[1].Do})
}

// A notary never says two things about one instruction, however the entry goes on.
func TestAWordNeverChanges(t *testing.T) {
	next := map[order.EntryState][]order.EntryState{
		order.EntryUnknown: {order.EntryHeld, order.EntryTombstoned},
		order.EntryHeld:    {order.EntryPosted, order.EntrySuspense, order.EntryVoided},
	}
	rapid.Check(t, func(t *rapid.T) {
		i := instruction(rapid.SampledFrom([]order.Kind{order.Hold, order.Post, order.Void}).Draw(t, "kind"))
		var said order.Outcome
		for s := order.EntryUnknown; ; {
			answer := entry(i, s)
			if s == order.EntryUnknown {
				answer = Answer{Knowledge: Absent}
			}
			if got := Plan(hubFor(0, 0, i), Ledger{i.Order.Entry: answer})[0]; got.Do == Attest {
				if said != 0 && got.Word.Outcome != said {
					t.Fatalf("said %s, then %s", said, got.Word.Outcome)
				}
				said = got.Word.Outcome
			} else if said != 0 {
				t.Fatalf("said %s, then nothing", said)
			}
			if len(next[s]) == 0 {
				return
			}
			s = rapid.SampledFrom(next[s]).Draw(t, "state")
		}
	})
}

func TestASuspendedNotaryRaisesAnAlarmInsteadOfItsWord(t *testing.T) {
	i := instruction(order.Hold)
	h := hubFor(0, 0, i)
	h.Self = "n4"
	got := Plan(h, Ledger{i.Order.Entry: entry(i, order.EntryHeld)})[0]
	require.Equal(t, Alarm, got.Do)
	require.Contains(t, got.Reason, "suspended")
}

func TestNotesAreWhatTheHubTakes(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"short", "short"},
		{strings.Repeat("x", order.MaxNoteBytes), strings.Repeat("x", order.MaxNoteBytes)},
		{strings.Repeat("x", order.MaxNoteBytes+1), strings.Repeat("x", order.MaxNoteBytes)},
		{"x" + strings.Repeat("é", order.MaxNoteBytes), "x" + strings.Repeat("é", order.MaxNoteBytes/2-1)}, // not inside a rune
		{"two\nlines\x00, \x7f and \xff", "two lines ,   and  "},
	} {
		require.Equal(t, row.want, note(row.text))
	}
	rapid.Check(t, func(t *rapid.T) {
		got := note(string(rapid.SliceOfN(rapid.Byte(), 0, 2*order.MaxNoteBytes).Draw(t, "text")))
		if len(got) > order.MaxNoteBytes || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q", got)
		}
	})
}

func TestTheOftenerAWordWasInVainTheFewerGoWithIt(t *testing.T) {
	require.Equal(t, order.MaxWords, together(0))
	require.Less(t, together(1), order.MaxWords)
	for times := 2; times < 1000; times++ {
		require.Equal(t, 1, together(times))
	}
}
