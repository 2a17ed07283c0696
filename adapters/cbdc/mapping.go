package cbdc

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// ledgerError is every error of the ledger.
type ledgerError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

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

// states is the ledger's vocabulary of states, which happens to be Corridor's.
var states = map[string]order.EntryState{
	"HELD": order.EntryHeld, "POSTED": order.EntryPosted, "SUSPENSE": order.EntrySuspense,
	"VOIDED": order.EntryVoided, "TOMBSTONED": order.EntryTombstoned,
}

// codes is the ledger's closed set of errors in Corridor's. What is not in it is Unknown.
var codes = map[string]sdk.Code{
	"invalid": sdk.Invalid, "too-large": sdk.Invalid, "unauthenticated": sdk.Denied, "denied": sdk.Denied,
	"not-found": sdk.NotFound, "conflict": sdk.Conflict, "unavailable": sdk.Unavailable,
}

// statuses is the HTTP status that comes with each code. A reply whose status and code disagree, or that
// has no code at all, was written by something that is not the ledger.
var statuses = map[string]int{
	"invalid": 400, "unauthenticated": 401, "denied": 403, "not-found": 404, "conflict": 409, "too-large": 413, "unavailable": 503,
}

// refusedCall is the error of a call that was answered with an HTTP status other than 200.
func refusedCall(q call, status int, raw []byte) error {
	var e ledgerError
	if err := json.Unmarshal(raw, &e); err == nil && statuses[e.Code] == status && status != 0 {
		return sdk.Errorf(codes[e.Code], "%s", e.Message)
	}
	return lost(q, true, fmt.Errorf("HTTP status %d with code %q", status, e.Code))
}

func newOrder(o sdk.HoldOrder) ledgerOrder {
	return ledgerOrder{Instruction: o.Instruction.Encode(), Body: o.Body, Quote: o.Consent.Quote, Signature: o.Consent.Signature}
}

// entry is the ledger's entry in Corridor's words. An answer that makes no sense says nothing about what
// happened, so a call that has effects is Unknown then.
func (e ledgerEntry) entry(q call) (sdk.Entry, error) {
	id, err := order.ParseEntryID(e.EntryID)
	if err != nil {
		return sdk.Entry{}, lost(q, true, fmt.Errorf("the reply names no entry: %w", err))
	}
	state, known := states[e.State]
	if !known {
		return sdk.Entry{}, lost(q, true, fmt.Errorf("entry %s is in a state that this adapter does not know, %q", id, e.State))
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
