package order

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf8"
)

const domainBody = "corridor/body/1"

// Limits of what can be encoded. MaxAmountMinor is the largest amount of eighteen digits, ISO 20022's
// limit for an amount (ActiveCurrencyAndAmount, totalDigits 18).
const (
	MaxLegs         = 16
	MaxAmountMinor  = 999_999_999_999_999_999
	MaxTextBytes    = 128
	MaxReferenceLen = 35 // ISO 20022 Max35Text
	MaxPivotLedgers = 8
	NoLeg           = -1 // "no such leg" in Body.Pivot and Leg.PaidBy
)

// ErrInvalid is wrapped by every error about a value that decodes but breaks a rule.
var ErrInvalid = errors.New("invalid")

// Body is a settlement as its parties agree to it. Its encoding is what the hub stores, what a
// payer consents to, and what a hold order carries to a notary.
type Body struct {
	ChainID               string
	Proposer              string // the proposer's hub address
	Reference             string // chosen by the proposer, unique per proposer, at most 35 characters
	Legs                  []Leg
	PrepareDeadlineUnixNs uint64 // hub time; all legs must be held by then
	Pivot                 int    // index of the pivot leg, or NoLeg
	PivotDeadlineUnixNs   uint64 // hub time after which the pivot's void is ordered; 0 without a pivot
	PayloadHash           []byte // sha256 of a payload sealed to the parties; empty if there is none
}

// Leg is one movement of money on one ledger.
type Leg struct {
	Ledger      string
	Payer       string // the paying account, in the ledger's own notation
	Payee       string // the receiving account, in the ledger's own notation
	Currency    string // ISO 4217 alphabetic code
	AmountMinor uint64 // minor units at the currency's ISO 4217 exponent
	QuoteID     []byte // the quote under which the payer pays, which is then its consent; empty if the payer consents itself
	PaidBy      int    // with a quote: the index of the leg that pays for this one; else NoLeg
}

// Encode gives the canonical bytes. It does not validate.
func (b Body) Encode() []byte {
	e := newEncoder(domainBody).text(b.ChainID).text(b.Proposer).text(b.Reference)
	e.number(uint64(len(b.Legs)))
	for _, l := range b.Legs {
		e.text(l.Ledger).text(l.Payer).text(l.Payee).text(l.Currency).number(l.AmountMinor)
		e.bytes(l.QuoteID).number(uint64(l.PaidBy + 1))
	}
	e.number(b.PrepareDeadlineUnixNs).number(uint64(b.Pivot + 1)).number(b.PivotDeadlineUnixNs).bytes(b.PayloadHash)
	return e.buf
}

// DecodeBody reads a canonical body and validates it.
func DecodeBody(raw []byte) (Body, error) {
	d := newDecoder(domainBody, raw)
	b := Body{ChainID: d.text(), Proposer: d.text(), Reference: d.text()}
	for range d.count(MaxLegs) {
		l := Leg{Ledger: d.text(), Payer: d.text(), Payee: d.text(), Currency: d.text(), AmountMinor: d.number()}
		l.QuoteID = d.optional()
		l.PaidBy = d.count(MaxLegs) - 1
		b.Legs = append(b.Legs, l)
	}
	b.PrepareDeadlineUnixNs = d.number()
	b.Pivot = d.count(MaxLegs) - 1
	b.PivotDeadlineUnixNs = d.number()
	b.PayloadHash = d.optional()
	if err := d.end(); err != nil {
		return Body{}, err
	}
	if err := b.Validate(); err != nil {
		return Body{}, err
	}
	return b, nil
}

// optional reads a part, with nil for an empty one.
func (d *decoder) optional() []byte {
	if p := d.bytes(); len(p) > 0 {
		return append([]byte(nil), p...)
	}
	return nil
}

// HashBody is the settlement hash of a body's canonical bytes.
func HashBody(raw []byte) Hash { return sha256.Sum256(raw) }

// Hash is the settlement hash: it fixes id, legs, quotes, deadlines, pivot and payload.
func (b Body) Hash() Hash { return HashBody(b.Encode()) }

// ID is the settlement id.
func (b Body) ID() Hash { return SettlementID(b.ChainID, b.Proposer, b.Reference) }

// EntryID is the id of the leg's entry on its ledger.
func (b Body) EntryID(leg int) EntryID { return NewEntryID(b.ChainID, b.ID(), leg, b.Legs[leg].Ledger) }

// Validate checks everything about a body that needs no knowledge but the body itself. The order of
// the checks is the order of precedence.
func (b Body) Validate() error {
	switch {
	case !plain(b.ChainID, MaxTextBytes):
		return invalid("chain id: want 1 to %d printable characters", MaxTextBytes)
	case !plain(b.Proposer, MaxTextBytes):
		return invalid("proposer: want 1 to %d printable characters", MaxTextBytes)
	case !plain(b.Reference, MaxReferenceLen):
		return invalid("reference: want 1 to %d printable characters", MaxReferenceLen)
	case len(b.Legs) == 0 || len(b.Legs) > MaxLegs:
		return invalid("legs: want 1 to %d, got %d", MaxLegs, len(b.Legs))
	case b.PrepareDeadlineUnixNs == 0 || b.PrepareDeadlineUnixNs > 1<<63-1:
		return invalid("prepare deadline: want a time in nanoseconds since 1970")
	case len(b.PayloadHash) != 0 && len(b.PayloadHash) != sha256.Size:
		return invalid("payload hash: want %d bytes or none, got %d", sha256.Size, len(b.PayloadHash))
	case b.Pivot < NoLeg || b.Pivot >= len(b.Legs):
		return invalid("pivot: there is no leg %d", b.Pivot)
	case b.Pivot == NoLeg && b.PivotDeadlineUnixNs != 0:
		return invalid("pivot deadline: set without a pivot leg")
	case b.Pivot != NoLeg && (b.PivotDeadlineUnixNs <= b.PrepareDeadlineUnixNs || b.PivotDeadlineUnixNs > 1<<63-1):
		return invalid("pivot deadline: must be later than the prepare deadline")
	}
	paysFor := map[int]int{}
	for i, l := range b.Legs {
		if err := l.validate(i, len(b.Legs)); err != nil {
			return err
		}
		if l.PaidBy == NoLeg {
			continue
		}
		if other, taken := paysFor[l.PaidBy]; taken {
			return invalid("leg %d: leg %d already pays for leg %d", i, l.PaidBy, other)
		}
		paysFor[l.PaidBy] = i
	}
	return nil
}

func (l Leg) validate(i, legs int) error {
	switch {
	case !plain(l.Ledger, MaxTextBytes):
		return invalid("leg %d: ledger: want 1 to %d printable characters", i, MaxTextBytes)
	case !plain(l.Payer, MaxTextBytes):
		return invalid("leg %d: payer: want 1 to %d printable characters", i, MaxTextBytes)
	case !plain(l.Payee, MaxTextBytes):
		return invalid("leg %d: payee: want 1 to %d printable characters", i, MaxTextBytes)
	case l.Payer == l.Payee:
		return invalid("leg %d: payer and payee are the same account %s", i, l.Payer)
	case !currencyCode(l.Currency):
		return invalid("leg %d: currency: want three capital letters, got %q", i, l.Currency)
	case l.AmountMinor == 0 || l.AmountMinor > MaxAmountMinor:
		return invalid("leg %d: amount: want 1 to %d minor units, got %d", i, uint64(MaxAmountMinor), l.AmountMinor)
	case len(l.QuoteID) != 0 && len(l.QuoteID) != sha256.Size:
		return invalid("leg %d: quote id: want %d bytes or none, got %d", i, sha256.Size, len(l.QuoteID))
	case (len(l.QuoteID) == 0) != (l.PaidBy == NoLeg):
		return invalid("leg %d: a quote and the leg that pays for it come together", i)
	case l.PaidBy < NoLeg || l.PaidBy >= legs || l.PaidBy == i:
		return invalid("leg %d: paid by leg %d, which is no other leg of this settlement", i, l.PaidBy)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// plain tells whether s is valid UTF-8 of 1 to max bytes without control characters, line separators or
// marks that change the direction of writing: who consents must see what is signed. The ranges are
// fixed, for Unicode tables differ between releases of Go and the hub's nodes must not.
func plain(s string, max int) bool {
	if len(s) == 0 || len(s) > max || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		switch {
		case r < 0x20, r >= 0x7f && r < 0xa0, // C0, DEL and C1
			r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, // invisible, separators, direction
			r == 0xfeff, r == utf8.RuneError:
			return false
		}
	}
	return true
}

func currencyCode(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}
