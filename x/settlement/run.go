package settlement

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	errorsmod "cosmossdk.io/errors"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/adapters/order"
)

// Run is one settlement while one step works on it: a message, an outcome or a timer. It decides and writes down
// what has to happen; nothing outside of it has changed until its caller carries the Effects out and stores the
// Settlement, all or nothing.
type Run struct {
	Settlement Settlement
	Body       order.Body
	Effects    Effects
	now        time.Time
	height     int64
}

// Effects is what a step wants done beside storing the settlement, in the order of doing it.
type Effects struct {
	// TakeSize and ReturnSize are indexes of legs whose amount is taken of, or given back to, their quote.
	TakeSize, ReturnSize []int
	// Orders are instructions for the ledgers.
	Orders []order.Instruction
	// Events are typed events, to be emitted after everything is written.
	Events []proto.Message
}

// Note is what a ledger said beside an outcome: its own reference, and a reason for people.
type Note struct {
	LedgerReference string
	Reason          string
}

// Step names that are not the name of a state or of a leg's trigger.
const (
	StepProposed  = "proposed"
	StepConsented = "consented"
	StepWithdrawn = "withdrawal agreed"
	StepDefaulted = "defaulted"
)

// New makes the Run of a settlement that is being proposed. raw must decode to body; quoted legs are consented to
// by their quotes.
func New(raw []byte, body order.Body, number uint64, at Moment) *Run {
	id, hash := body.ID(), order.HashBody(raw)
	r := &Run{Body: body, now: at.Time, height: at.Height, Settlement: Settlement{
		Id: id[:], Hash: hash[:], Body: raw, State: Table.Start(), Number: number,
	}}
	for i, leg := range body.Legs {
		r.Settlement.Legs = append(r.Settlement.Legs, LegProgress{
			State: LegTable.Start(), EntryId: body.EntryID(i).String(), Consented: len(leg.QuoteID) > 0,
		})
	}
	r.step(StepProposed, 0, Note{})
	r.Effects.Events = append(r.Effects.Events, r.stateEvent("", ""))
	return r
}

// Moment is the block that a step runs in.
type Moment struct {
	Time   time.Time
	Height int64
}

// Resume makes the Run of a stored settlement.
func Resume(s Settlement, at Moment) (*Run, error) {
	body, err := order.DecodeBody(s.Body)
	if err != nil {
		return nil, ErrInvalid.Wrapf("stored body of settlement %x: %v", s.Id, err)
	}
	return &Run{Settlement: s, Body: body, now: at.Time, height: at.Height}, nil
}

// move is the only function that changes a settlement's state.
func (r *Run) move(on Trigger, reason string) error {
	from := r.Settlement.State
	to, err := Table.Next(from, on)
	if err != nil {
		return errorsmod.Wrapf(err, "settlement %x", r.Settlement.Id)
	}
	r.Settlement.State = to
	r.step(strings.ToLower(to.Word()), 0, Note{Reason: reason})
	r.Effects.Events = append(r.Effects.Events, r.stateEvent(from.Word(), reason))
	return nil
}

// moveLeg is the only function that changes a leg's state.
func (r *Run) moveLeg(i int, on LegTrigger, note Note) error {
	leg := &r.Settlement.Legs[i]
	from := leg.State
	to, err := LegTable.Next(from, on)
	if err != nil {
		return errorsmod.Wrapf(err, "settlement %x leg %d", r.Settlement.Id, i)
	}
	leg.State = to
	leg.Defaulted = false
	if note.LedgerReference != "" {
		leg.LedgerReference = note.LedgerReference
	}
	if note.Reason != "" {
		leg.Reason = note.Reason
	}
	r.step(string(on), i+1, note)
	r.Effects.Events = append(r.Effects.Events, &EventLeg{
		SettlementId: r.id(), Leg: uint32(i), Ledger: r.Body.Legs[i].Ledger, EntryId: leg.EntryId,
		From: from.Word(), To: to.Word(), LedgerReference: note.LedgerReference, Reason: note.Reason,
	})
	return nil
}

// step adds to the timeline. leg is the index plus one, or 0.
func (r *Run) step(name string, leg int, note Note) {
	if len(r.Settlement.Timeline) >= MaxSteps {
		return
	}
	r.Settlement.Timeline = append(r.Settlement.Timeline, Step{
		Name: name, Leg: uint32(leg), Height: r.height, Time: r.now, LedgerReference: note.LedgerReference, Reason: note.Reason,
	})
}

// recorded tells whether the timeline has that step of that leg.
func (r *Run) recorded(name string, leg int) bool {
	for _, s := range r.Settlement.Timeline {
		if s.Name == name && s.Leg == uint32(leg+1) {
			return true
		}
	}
	return false
}

func (r *Run) stateEvent(from, reason string) *EventState {
	return &EventState{
		SettlementId: r.id(), Proposer: r.Body.Proposer, Reference: r.Body.Reference,
		From: from, To: r.Settlement.State.Word(), Reason: reason,
	}
}

func (r *Run) id() string { return IDText(r.Settlement.Id) }

// IDText is a settlement id as people read it: 64 hex digits.
func IDText(id []byte) string { return hex.EncodeToString(id) }

// every tells whether the test is true of every leg.
func (r *Run) every(test func(LegProgress) bool) bool {
	for _, leg := range r.Settlement.Legs {
		if !test(leg) {
			return false
		}
	}
	return true
}

// Clip shortens a text to a number of bytes without cutting a character in two.
func Clip(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}
