package cbdc

import (
	"encoding/hex"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// ledgerEntry is the ledger's word on an entry. Fields that the adapter has no use for are left out.
type ledgerEntry struct {
	EntryID     string `json:"entry_id"`
	State       string `json:"state"`
	Payer       string `json:"payer"`
	Payee       string `json:"payee"`
	Currency    string `json:"currency"`
	AmountMinor uint64 `json:"amount_minor"`
	Reference   string `json:"reference"`
	ReasonCode  string `json:"reason_code"`
	Reason      string `json:"reason"`
}

// ledgerOrder asks for a hold or a refusal; the parts are base64 in JSON.
type ledgerOrder struct {
	Instruction []byte `json:"instruction"`
	Body        []byte `json:"body"`
	Quote       []byte `json:"quote"`
	Signature   []byte `json:"signature"`
}

// ledgerInstruction asks for a post or a void.
type ledgerInstruction struct {
	Instruction []byte `json:"instruction"`
}

type ledgerKey struct {
	Account string `json:"account"`
	Type    string `json:"type"`
	Key     string `json:"key"`
}

type ledgerAccount struct {
	Account        string `json:"account"`
	Currency       string `json:"currency"`
	AvailableMinor uint64 `json:"available_minor"`
	HeldMinor      uint64 `json:"held_minor"`
}

type ledgerBook struct {
	ChainID string `json:"chain_id"`
	Height  int64  `json:"height"`
	Hash    string `json:"hash"`
	Number  uint64 `json:"number"`
}

// states is the ledger's vocabulary of states, which happens to be Corridor's.
var states = map[string]order.EntryState{
	"HELD": order.EntryHeld, "POSTED": order.EntryPosted, "SUSPENSE": order.EntrySuspense,
	"VOIDED": order.EntryVoided, "TOMBSTONED": order.EntryTombstoned,
}

func newOrder(o sdk.HoldOrder) ledgerOrder {
	return ledgerOrder{Instruction: o.Instruction.Encode(), Body: o.Body, Quote: o.Consent.Quote, Signature: o.Consent.Signature}
}

// entry is the ledger's entry in Corridor's words; an error where it makes no sense.
func (e ledgerEntry) entry() (sdk.Entry, error) {
	id, err := order.ParseEntryID(e.EntryID)
	if err != nil {
		return sdk.Entry{}, fmt.Errorf("the reply names no entry: %w", err)
	}
	state, known := states[e.State]
	if !known {
		return sdk.Entry{}, fmt.Errorf("entry %s is in a state that this adapter does not know, %q", id, e.State)
	}
	reason := e.Reason
	if e.ReasonCode != "" {
		reason = e.ReasonCode + ": " + e.Reason
	}
	return sdk.Entry{
		ID: id, State: state, Payer: sdk.Account(e.Payer), Payee: sdk.Account(e.Payee), Currency: e.Currency,
		AmountMinor: e.AmountMinor, LedgerReference: e.Reference, Reason: reason,
	}, nil
}

func (k ledgerKey) publicKey(a sdk.Account) (sdk.PublicKey, error) {
	raw, err := hex.DecodeString(k.Key)
	if err != nil || k.Account != string(a) {
		return sdk.PublicKey{}, sdk.Errorf(sdk.Unavailable, "the ledger's answer for the consent key of %s is unusable: account %q, key %q", a, k.Account, k.Key)
	}
	return sdk.PublicKey{Type: sdk.KeyType(k.Type), Bytes: raw}, nil
}

func (a ledgerAccount) balance() sdk.Balance {
	return sdk.Balance{Account: sdk.Account(a.Account), Currency: a.Currency, AvailableMinor: a.AvailableMinor, HeldMinor: a.HeldMinor}
}

// book is the ledger's book in Corridor's words; an error where it makes no sense.
func (b ledgerBook) book() (sdk.Book, error) {
	hash, err := hex.DecodeString(b.Hash)
	if err != nil {
		return sdk.Book{}, fmt.Errorf("the reply's header hash is no hex: %w", err)
	}
	book := sdk.Book{ChainID: b.ChainID, Height: b.Height, Hash: hash, Number: b.Number}
	return book, book.Validate()
}
