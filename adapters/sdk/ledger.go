package sdk

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
)

// Ledger is one ledger. Every call is idempotent on its EntryID, chosen by the caller: a second
// delivery returns the entry as it stands. A call that fails returns one of the errors of this
// package, and Unknown unless the ledger is certain that nothing happened.
type Ledger interface {
	// Describe says what the ledger is. It needs no connection to the ledger.
	Describe(context.Context) (Description, error)
	// ConsentKey is the key with which the account's holder consents, from the ledger's own records, never
	// from the order or the hub. NotFound: the ledger has no such account or no key for it.
	ConsentKey(context.Context, Account) (PublicKey, error)
	// Hold reserves the payer's money for the payee, or tombstones the id where the ledger definitely
	// refuses: that is no error, the entry's state says it and its Reason why.
	// Conflict: the id is taken by another body.
	Hold(context.Context, HoldOrder) (Entry, error)
	// Refuse tombstones an unknown id; a known entry is returned unchanged.
	Refuse(context.Context, HoldOrder) (Entry, error)
	// Post makes a held entry final. A held entry can always be posted: where the payee cannot be credited
	// any more, the money goes to suspense. NotFound: no such entry. Conflict: it was voided or tombstoned.
	Post(context.Context, PostOrder) (Entry, error)
	// Void gives a held entry's money back; an unknown id gets a tombstone. Conflict: it was posted.
	Void(context.Context, VoidOrder) (Entry, error)
	// Lookup is the truth after a lost reply, body included. NotFound: the ledger never heard of the id.
	Lookup(context.Context, order.EntryID) (Entry, error)
}

// BalanceReader is an optional part of a Ledger, advertised in Description.Optional as "balances".
type BalanceReader interface {
	// Balance is what the ledger says of an account now, in minor units.
	Balance(context.Context, Account) (Balance, error)
}

// Account is an account in the ledger's own notation (an IBAN, a wallet id, an address).
type Account string

// Cell is a ledger's place in the protocol.
type Cell string

// The cells of a ledger that notaries speak for.
const (
	CellHolds Cell = "holds" // holds until told, then posts or voids
	CellPivot Cell = "pivot" // pays only, or its holds can lapse by themselves
)

// OrderCheck is what the ledger itself verifies before it moves money.
type OrderCheck string

// The kinds of order check. "none" means that one notary with write access could break atomicity there.
const (
	OrderCheckNone   OrderCheck = "none"
	OrderCheckLedger OrderCheck = "ledger" // the hub's header, the ICS-23 proof and the consent
)

// Names of the optional parts of a Ledger.
const OptionalBalances = "balances"

// Description is what a ledger is.
type Description struct {
	Name            string     // the adapter's name and version, for people: "bank 0.1.0"
	Ledger          string     // the ledger id, as registered on the hub
	Currencies      []string   // ISO 4217 alphabetic codes
	Cell            Cell       // holds or pivot
	OrderCheck      OrderCheck // what the ledger checks itself
	FinalitySeconds uint32     // how long after a call its effect may still appear; 0: a lookup tells the truth at once
	SingleExecutor  bool       // true: a second operation with the same reference would be accepted, so no take-over
	MaxAmountMinor  uint64     // the largest single amount; 0: order.MaxAmountMinor
	Optional        []string   // the optional parts that are there
}

// KeyType names a signature scheme.
type KeyType string

// KeySecp256k1: ECDSA over secp256k1 and SHA-256 of the sign-bytes; the signature is r ‖ s, 64 bytes, low s; the key is the
// 33 bytes of the compressed point (SEC 1, 2.3.3).
const KeySecp256k1 KeyType = "secp256k1"

// PublicKey is a consent key.
type PublicKey struct {
	Type  KeyType
	Bytes []byte
}

// HoldOrder asks for a hold. Raw instruction and body are what was hashed and consented to.
type HoldOrder struct {
	Instruction order.Instruction
	Body        []byte  // canonical order.Body
	Consent     Consent // of the paying account's holder
}

// Consent is the paying account holder's agreement: its signature over order.ConsentSignBytes, or,
// where the leg is under a quote, the quote and the provider's signature over order.QuoteSignBytes.
type Consent struct {
	Quote     []byte // canonical order.Quote; empty without one
	Signature []byte
}

// PostOrder asks for a held entry to be made final.
type PostOrder struct{ Instruction order.Instruction }

// VoidOrder asks for a held entry to be given back, or for an unknown id to be tombstoned.
type VoidOrder struct{ Instruction order.Instruction }

// Entry is what a ledger says of one entry.
type Entry struct {
	ID              order.EntryID
	State           order.EntryState
	Payer           Account
	Payee           Account
	Currency        string
	AmountMinor     uint64 // minor units
	LedgerReference string // the ledger's own reference of the last change; a note
	Reason          string // why it was refused or went to suspense; a note that every participant reads: what to change, never a balance
}

// Matches tells whether the entry's body is the instruction's. An entry that does not match was made
// by somebody else under the same id and counts as tombstoned. A tombstone carries no body.
func (e Entry) Matches(i order.Instruction) bool {
	if e.State == order.EntryTombstoned {
		return e.ID == i.Entry
	}
	return e.ID == i.Entry && string(e.Payer) == i.Payer && string(e.Payee) == i.Payee &&
		e.Currency == i.Currency && e.AmountMinor == i.AmountMinor
}

// Balance is an account's money, in minor units.
type Balance struct {
	Account        Account
	Currency       string
	AvailableMinor uint64
	HeldMinor      uint64
}
