package token

import (
	"unicode/utf8"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/fsm"
)

// MaxReasonBytes bounds why an entry was refused or went to suspense; a reason is a note of the outcome.
const MaxReasonBytes = order.MaxNoteBytes

// Trigger is what happens to an entry.
type Trigger string

// What can happen to an entry.
const (
	Reserved    Trigger = "reserved"  // HOLD took the payer's money
	Refused     Trigger = "refused"   // HOLD was definitely refused
	Paid        Trigger = "paid"      // POST paid the payee
	Unpayable   Trigger = "unpayable" // POST could not pay the payee
	VoidOrdered Trigger = "void"      // VOID
)

// HoldTable says which state of an entry follows which. HOLD_STATE_UNSPECIFIED is an id that was never heard of.
//
// INVARIANT: no way leads from POSTED or SUSPENSE to VOIDED or back.
var HoldTable = fsm.MustNew("hold", HOLD_STATE_UNSPECIFIED,
	[]HoldState{HOLD_STATE_POSTED, HOLD_STATE_SUSPENSE, HOLD_STATE_VOIDED, HOLD_STATE_TOMBSTONED},
	[]fsm.Row[HoldState, Trigger]{
		{From: HOLD_STATE_UNSPECIFIED, On: Reserved, To: HOLD_STATE_HELD},
		{From: HOLD_STATE_UNSPECIFIED, On: Refused, To: HOLD_STATE_TOMBSTONED},
		{From: HOLD_STATE_UNSPECIFIED, On: VoidOrdered, To: HOLD_STATE_TOMBSTONED},
		{From: HOLD_STATE_HELD, On: Paid, To: HOLD_STATE_POSTED},
		{From: HOLD_STATE_HELD, On: Unpayable, To: HOLD_STATE_SUSPENSE},
		{From: HOLD_STATE_HELD, On: VoidOrdered, To: HOLD_STATE_VOIDED},
	})

// NewHold is the entry that an instruction is about, before anything happened to it.
func NewHold(i order.Instruction) Hold {
	return Hold{
		EntryId: i.Entry.String(), Payer: i.Payer, Payee: i.Payee, Currency: i.Currency, AmountMinor: i.AmountMinor,
	}
}

// EntryState is the state in the words that all ledgers share; the numbers are the same.
func (s HoldState) EntryState() order.EntryState { return order.EntryState(s) }

// SameBody tells whether the entry is the one that the instruction is about. One with another body under its id counts as
// tombstoned, since anyone could have taken the id.
func (h Hold) SameBody(i order.Instruction) bool {
	return h.Payer == i.Payer && h.Payee == i.Payee && h.Currency == i.Currency && h.AmountMinor == i.AmountMinor
}

// Answer is what the entry, as it stands, already says to an instruction; ok is false where the instruction has something
// to do, or can never be done. The function is the one by which notaries answer for any ledger.
func (h Hold) Answer(i order.Instruction) (outcome order.Outcome, reason string, ok bool) {
	state := h.State.EntryState()
	if state != order.EntryUnknown && !h.SameBody(i) {
		outcome, ok = order.Attestable(i.Kind, order.EntryTombstoned)
		return outcome, "the entry id is taken by another body", ok
	}
	outcome, ok = order.Attestable(i.Kind, state)
	return outcome, h.Reason, ok
}

// Validate checks a stored entry.
func (h Hold) Validate() error {
	if _, err := order.ParseEntryID(h.EntryId); err != nil {
		return ErrInvalidGenesis.Wrapf("entry %q: want a lower-case UUIDv4", h.EntryId)
	}
	if _, known := HoldState_name[int32(h.State)]; !known || h.State == HOLD_STATE_UNSPECIFIED {
		return ErrInvalidGenesis.Wrapf("entry %s: %d is no state", h.EntryId, h.State)
	}
	if err := ValidateAmount(h.AmountMinor); err != nil {
		return ErrInvalidGenesis.Wrapf("entry %s: amount %d", h.EntryId, h.AmountMinor)
	}
	if h.Payer == "" || h.Payee == "" || h.Currency == "" || len(h.Reason) > MaxReasonBytes {
		return ErrInvalidGenesis.Wrapf("entry %s: want payer, payee, currency and at most %d bytes of reason", h.EntryId, MaxReasonBytes)
	}
	return nil
}

// Short cuts a reason to what fits in a note.
func Short(reason string) string {
	if len(reason) <= MaxReasonBytes {
		return reason
	}
	end := MaxReasonBytes
	for !utf8.RuneStart(reason[end]) { // no character is cut in two
		end--
	}
	return reason[:end]
}
