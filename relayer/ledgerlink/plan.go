package ledgerlink

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// Instruction is one record of the ledger's outbox that waits for this notary's word.
type Instruction struct {
	Number uint64
	Hash   order.Hash // sha256 of its canonical bytes, as the hub has them
	Order  order.Instruction
	Since  time.Time // hub time of the block that wrote it
}

// Hub is what the hub says.
type Hub struct {
	Height        int64     // of the newest block that was read
	Now           time.Time // hub time of that block
	Self          string    // this notary's id
	Notaries      []string  // ids of the notaries that are not suspended
	TakeoverDelay time.Duration
	Work          []Instruction // oldest first
}

// Knowledge is how much is known of an entry.
type Knowledge int

// The kinds of knowledge. The zero value is the safe one.
const (
	NotAsked Knowledge = iota // ask before doing anything
	Absent                    // the ledger never heard of it
	Present                   // Entry is what the ledger says
)

// Answer is what the ledger last said of one entry. Executing forgets it: it is asked again afterwards.
type Answer struct {
	Knowledge Knowledge
	Entry     sdk.Entry
}

// Ledger is what the ledger said, by entry.
type Ledger map[order.EntryID]Answer

// Do is what is to be done about one instruction.
type Do int

// The closed set of actions.
const (
	LookUp  Do = iota + 1 // ask the ledger
	Execute               // carry the instruction out, then ask
	Attest                // give Word
	Alarm                 // a person must look; Reason says why
)

// Action is one thing to do now.
type Action struct {
	Do          Do
	Instruction Instruction
	Word        order.Word
	Reason      string
}

// Plan says what to do now. It is pure: the same arguments give the same actions, and it changes nothing. It gives one action an
// instruction, in the order of the work; doing it twice is harmless.
func Plan(h Hub, l Ledger) []Action {
	voiding := map[order.EntryID]bool{}
	for _, i := range h.Work {
		if i.Order.Kind == order.Void {
			voiding[i.Order.Entry] = true
		}
	}
	actions := make([]Action, 0, len(h.Work))
	for _, i := range h.Work {
		actions = append(actions, plan(h, i, l[i.Order.Entry], voiding[i.Order.Entry]))
	}
	return actions
}

func plan(h Hub, i Instruction, a Answer, voiding bool) Action {
	if a.Knowledge == NotAsked {
		return Action{Do: LookUp, Instruction: i}
	}
	state, reason := stateFor(i.Order, a)
	if outcome, ok := order.Attestable(i.Order.Kind, state); ok {
		if !slices.Contains(h.Notaries, h.Self) {
			return Action{Do: Alarm, Instruction: i, Reason: "this notary is suspended, or not registered any more: the hub takes no word of it"}
		}
		return Action{Do: Attest, Instruction: i, Word: order.Word{
			Number: i.Number, InstructionHash: i.Hash, Outcome: outcome,
			LedgerReference: note(a.Entry.LedgerReference), Reason: note(reason),
		}}
	}
	if why := contradiction(i.Order.Kind, state); why != "" {
		return Action{Do: Alarm, Instruction: i, Reason: why}
	}
	if i.Order.Kind == order.Hold && voiding {
		return Action{Do: LookUp, Instruction: i} // the VOID writes the tombstone; a hold now would only be given back
	}
	if !ownTurn(h, i) {
		return Action{Do: LookUp, Instruction: i}
	}
	return Action{Do: Execute, Instruction: i}
}

// stateFor is the entry's state as it counts for this instruction: an entry that is not the instruction's was made by
// somebody else under the same id, and counts as tombstoned.
func stateFor(i order.Instruction, a Answer) (order.EntryState, string) {
	if a.Knowledge == Absent {
		return order.EntryUnknown, ""
	}
	if !a.Entry.Matches(i) {
		return order.EntryTombstoned, "the ledger has another entry under this id"
	}
	return a.Entry.State, a.Entry.Reason
}

// contradiction tells why an instruction can never be carried out on an entry in that state.
func contradiction(k order.Kind, s order.EntryState) string {
	switch {
	case k == order.Pay || k == order.VerifyAccount:
		return fmt.Sprintf("%s is not supported by this relayer: update it", k)
	case k == order.Post && (s == order.EntryVoided || s == order.EntryTombstoned),
		k == order.Void && (s == order.EntryPosted || s == order.EntrySuspense):
		return fmt.Sprintf("the hub says %s, but on the ledger the entry is %s", k, s)
	case k == order.Post && s == order.EntryUnknown:
		return "the hub says POST, but the ledger never heard of the entry"
	}
	return ""
}

// ownTurn tells whether this notary is the leading one, or those before it have had their time.
func ownTurn(h Hub, i Instruction) bool {
	rank := slices.Index(order.Leader(i.Order.Entry, h.Notaries), h.Self)
	if rank < 0 {
		return false
	}
	return h.Now.Sub(i.Since) >= time.Duration(rank)*h.TakeoverDelay
}

// note makes a text one that the hub takes in a word: valid UTF-8 of at most order.MaxNoteBytes, without control characters. One bad
// note would have the hub refuse the whole batch.
func note(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	if len(s) <= order.MaxNoteBytes {
		return s
	}
	cut := order.MaxNoteBytes
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
