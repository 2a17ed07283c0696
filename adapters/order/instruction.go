package order

import "crypto/sha256"

const domainInstruction = "corridor/instruction/1"

// Kind is what the hub wants of a ledger. The zero value is not valid.
type Kind uint8

// The closed set of instructions.
const (
	Hold          Kind = 1 // reserve the payer's money for the payee
	Post          Kind = 2 // make a held entry final
	Void          Kind = 3 // give back a held entry; tombstone an unknown one
	Pay           Kind = 4 // pay at once (a pivot ledger)
	VerifyAccount Kind = 5 // say whether an account can receive
)

var kindNames = map[Kind]string{Hold: "HOLD", Post: "POST", Void: "VOID", Pay: "PAY", VerifyAccount: "VERIFY_ACCOUNT"}

// String is the vocabulary's word for the kind.
func (k Kind) String() string { return name(kindNames, k) }

// Outcome is what became of an instruction. The zero value is not valid.
type Outcome uint8

// The closed set of outcomes.
const (
	Held     Outcome = 1
	Refused  Outcome = 2
	Posted   Outcome = 3
	Suspense Outcome = 4
	Voided   Outcome = 5
	Verified Outcome = 6
)

var outcomeNames = map[Outcome]string{Held: "HELD", Refused: "REFUSED", Posted: "POSTED", Suspense: "SUSPENSE", Voided: "VOIDED", Verified: "VERIFIED"}

// String is the vocabulary's word for the outcome.
func (o Outcome) String() string { return name(outcomeNames, o) }

// Allowed tells whether an instruction of this kind can have that outcome.
func (k Kind) Allowed(o Outcome) bool {
	switch k {
	case Hold:
		return o == Held || o == Refused
	case Post:
		return o == Posted || o == Suspense
	case Void:
		return o == Voided
	case Pay:
		return o == Posted || o == Refused || o == Voided
	case VerifyAccount:
		return o == Verified || o == Refused
	}
	return false
}

// EntryState is the durable state of an entry on its ledger. The zero value means that the ledger has
// never heard of the id.
type EntryState uint8

// The closed set of entry states: HELD, and four that are final.
const (
	EntryUnknown    EntryState = 0
	EntryHeld       EntryState = 1
	EntryPosted     EntryState = 2
	EntrySuspense   EntryState = 3
	EntryVoided     EntryState = 4 // was held, is given back
	EntryTombstoned EntryState = 5 // never held, never will be
)

var entryNames = map[EntryState]string{
	EntryUnknown: "UNKNOWN", EntryHeld: "HELD", EntryPosted: "POSTED",
	EntrySuspense: "SUSPENSE", EntryVoided: "VOIDED", EntryTombstoned: "TOMBSTONED",
}

// String is the vocabulary's word for the state.
func (s EntryState) String() string { return name(entryNames, s) }

// Final tells whether an entry in this state never changes again.
func (s EntryState) Final() bool { return s >= EntryPosted && s <= EntryTombstoned }

// Attestable is the one function from what a ledger says of an entry to what a notary may attest of an
// instruction. Its answer, once given, never changes: the states it answers for are either final or,
// for HOLD, only lead to states with the same answer. ok is false where there is nothing to say yet.
func Attestable(k Kind, s EntryState) (o Outcome, ok bool) {
	switch k {
	case Hold:
		switch s {
		case EntryHeld, EntryPosted, EntrySuspense, EntryVoided:
			return Held, true
		case EntryTombstoned:
			return Refused, true
		}
	case Pay:
		switch s {
		case EntryPosted:
			return Posted, true
		case EntryTombstoned:
			return Refused, true
		}
	case Post:
		switch s {
		case EntryPosted:
			return Posted, true
		case EntrySuspense:
			return Suspense, true
		}
	case Void:
		if s == EntryVoided || s == EntryTombstoned {
			return Voided, true
		}
	}
	return 0, false
}

func name[K comparable](names map[K]string, k K) string {
	if n, ok := names[k]; ok {
		return n
	}
	return "INVALID"
}

// Instruction is what the hub wants of one ledger. Its encoding is what the outbox chains and what a
// notary's word is about. HOLD and PAY orders carry the settlement's body and consents beside it.
type Instruction struct {
	Kind           Kind
	ChainID        string
	Ledger         string
	Entry          EntryID
	Settlement     Hash // the settlement id
	SettlementHash Hash // what the parties consented to
	Leg            int
	Payer          string
	Payee          string
	Currency       string
	AmountMinor    uint64
}

// NewInstruction is the instruction for one leg of a body.
func NewInstruction(k Kind, b Body, leg int) Instruction {
	l := b.Legs[leg]
	return Instruction{
		Kind: k, ChainID: b.ChainID, Ledger: l.Ledger, Entry: b.EntryID(leg), Settlement: b.ID(), SettlementHash: b.Hash(),
		Leg: leg, Payer: l.Payer, Payee: l.Payee, Currency: l.Currency, AmountMinor: l.AmountMinor,
	}
}

// Encode gives the canonical bytes.
func (i Instruction) Encode() []byte {
	e := newEncoder(domainInstruction).number(uint64(i.Kind)).text(i.ChainID).text(i.Ledger).bytes(i.Entry[:])
	e.bytes(i.Settlement[:]).bytes(i.SettlementHash[:]).number(uint64(i.Leg))
	return e.text(i.Payer).text(i.Payee).text(i.Currency).number(i.AmountMinor).buf
}

// Hash is sha256 of the canonical bytes.
func (i Instruction) Hash() Hash { return HashInstruction(i.Encode()) }

// HashInstruction is sha256 of an instruction's canonical bytes.
func HashInstruction(raw []byte) Hash { return sha256.Sum256(raw) }

// DecodeInstruction reads a canonical instruction and validates it.
func DecodeInstruction(raw []byte) (Instruction, error) {
	d := newDecoder(domainInstruction, raw)
	i := Instruction{Kind: Kind(d.count(int(VerifyAccount))), ChainID: d.text(), Ledger: d.text()}
	d.fixed(i.Entry[:])
	d.fixed(i.Settlement[:])
	d.fixed(i.SettlementHash[:])
	i.Leg = d.count(MaxLegs - 1)
	i.Payer, i.Payee, i.Currency, i.AmountMinor = d.text(), d.text(), d.text(), d.number()
	if d.err == nil && i.Kind < Hold {
		d.fail("instruction kind %d", i.Kind)
	}
	if err := d.end(); err != nil {
		return Instruction{}, err
	}
	if err := i.Validate(); err != nil {
		return Instruction{}, err
	}
	return i, nil
}

// Matches verifies that the instruction is about that leg of this body and nothing else.
func (i Instruction) Matches(b Body) error {
	if i.Leg < 0 || i.Leg >= len(b.Legs) {
		return invalid("the settlement has no leg %d", i.Leg)
	}
	if want := NewInstruction(i.Kind, b, i.Leg); want != i || i.Kind < Hold || i.Kind > VerifyAccount {
		return invalid("the instruction is not about leg %d of the settlement it names", i.Leg)
	}
	return nil
}

// Validate checks everything about an instruction that needs no knowledge but the instruction itself,
// the entry id included, which follows from chain id, settlement, leg and ledger. The order of the
// checks is the order of precedence.
func (i Instruction) Validate() error {
	switch {
	case i.Kind < Hold || i.Kind > VerifyAccount:
		return invalid("kind: %d is not an instruction", i.Kind)
	case !plain(i.ChainID, MaxTextBytes):
		return invalid("chain id: want 1 to %d printable characters", MaxTextBytes)
	case !plain(i.Ledger, MaxTextBytes):
		return invalid("ledger: want 1 to %d printable characters", MaxTextBytes)
	case i.Leg < 0 || i.Leg >= MaxLegs:
		return invalid("leg: want 0 to %d, got %d", MaxLegs-1, i.Leg)
	case i.Entry != NewEntryID(i.ChainID, i.Settlement, i.Leg, i.Ledger):
		return invalid("entry id: %s is not that of leg %d of settlement %s on %s", i.Entry, i.Leg, i.Settlement, i.Ledger)
	case !plain(i.Payer, MaxTextBytes):
		return invalid("payer: want 1 to %d printable characters", MaxTextBytes)
	case !plain(i.Payee, MaxTextBytes):
		return invalid("payee: want 1 to %d printable characters", MaxTextBytes)
	case !currencyCode(i.Currency):
		return invalid("currency: want three capital letters, got %q", i.Currency)
	case i.AmountMinor == 0 || i.AmountMinor > MaxAmountMinor:
		return invalid("amount: want 1 to %d minor units, got %d", uint64(MaxAmountMinor), i.AmountMinor)
	}
	return nil
}
