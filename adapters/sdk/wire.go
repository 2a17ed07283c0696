package sdk

import (
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
)

// The tables between the plain types and the wire. A value that is in no table is refused, never passed on.
var (
	codesToWire = map[Code]wire.ErrorCode{
		Invalid: wire.ErrorCode_ERROR_CODE_INVALID, NotFound: wire.ErrorCode_ERROR_CODE_NOT_FOUND,
		Conflict: wire.ErrorCode_ERROR_CODE_CONFLICT, Denied: wire.ErrorCode_ERROR_CODE_DENIED,
		Insufficient: wire.ErrorCode_ERROR_CODE_INSUFFICIENT, Expired: wire.ErrorCode_ERROR_CODE_EXPIRED,
		Unavailable: wire.ErrorCode_ERROR_CODE_UNAVAILABLE, Unknown: wire.ErrorCode_ERROR_CODE_UNKNOWN,
	}
	codesFromWire = reversed(codesToWire)

	statesToWire = map[order.EntryState]wire.EntryState{
		order.EntryHeld: wire.EntryState_ENTRY_STATE_HELD, order.EntryPosted: wire.EntryState_ENTRY_STATE_POSTED,
		order.EntrySuspense: wire.EntryState_ENTRY_STATE_SUSPENSE, order.EntryVoided: wire.EntryState_ENTRY_STATE_VOIDED,
		order.EntryTombstoned: wire.EntryState_ENTRY_STATE_TOMBSTONED,
	}
	statesFromWire = reversed(statesToWire)

	cellsToWire   = map[Cell]wire.Cell{CellHolds: wire.Cell_CELL_HOLDS, CellPivot: wire.Cell_CELL_PIVOT}
	cellsFromWire = reversed(cellsToWire)

	checksToWire = map[OrderCheck]wire.OrderCheck{
		OrderCheckNone: wire.OrderCheck_ORDER_CHECK_NONE, OrderCheckLedger: wire.OrderCheck_ORDER_CHECK_LEDGER,
	}
	checksFromWire = reversed(checksToWire)

	keyTypesToWire   = map[KeyType]wire.KeyType{KeySecp256k1: wire.KeyType_KEY_TYPE_SECP256K1}
	keyTypesFromWire = reversed(keyTypesToWire)
)

func reversed[A, B comparable](m map[A]B) map[B]A {
	r := make(map[B]A, len(m))
	for a, b := range m {
		r[b] = a
	}
	return r
}

func errorToWire(err error) *wire.Error {
	e := classify(err)
	return &wire.Error{Code: codesToWire[e.Code], Message: cleanText(e.message(), maxMessageBytes)}
}

func errorFromWire(e *wire.Error) *Error {
	code, ok := codesFromWire[e.GetCode()]
	if !ok {
		return Errorf(Unknown, "the adapter answered with error code %d, which this host does not know: %s",
			e.GetCode(), cleanText(e.GetMessage(), maxMessageBytes))
	}
	return &Error{Code: code, Message: cleanText(e.GetMessage(), maxMessageBytes)}
}

func entryToWire(e Entry) *wire.Entry {
	return &wire.Entry{
		Id: e.ID[:], State: statesToWire[e.State], Payer: string(e.Payer), Payee: string(e.Payee), Currency: e.Currency,
		AmountMinor: e.AmountMinor, LedgerReference: e.LedgerReference, Reason: e.Reason,
	}
}

func entryFromWire(w *wire.Entry) (Entry, error) {
	id, err := entryIDFromWire(w.GetId())
	if err != nil {
		return Entry{}, err
	}
	state, ok := statesFromWire[w.GetState()]
	if !ok {
		return Entry{}, fmt.Errorf("entry state %d is not one of HELD, POSTED, SUSPENSE, VOIDED, TOMBSTONED", w.GetState())
	}
	return Entry{
		ID: id, State: state, Payer: Account(w.GetPayer()), Payee: Account(w.GetPayee()), Currency: w.GetCurrency(),
		AmountMinor: w.GetAmountMinor(), LedgerReference: w.GetLedgerReference(), Reason: w.GetReason(),
	}, nil
}

func entryIDFromWire(b []byte) (order.EntryID, error) {
	var id order.EntryID
	if len(b) != len(id) {
		return id, fmt.Errorf("an entry id of %d bytes, want %d", len(b), len(id))
	}
	copy(id[:], b)
	return id, nil
}

func holdFromWire(raw, body []byte, c *wire.Consent) (HoldOrder, error) {
	i, err := order.DecodeInstruction(raw)
	if err != nil {
		return HoldOrder{}, err
	}
	return HoldOrder{Instruction: i, Body: body, Consent: Consent{Quote: c.GetQuote(), Signature: c.GetSignature()}}, nil
}

func consentToWire(c Consent) *wire.Consent {
	return &wire.Consent{Quote: c.Quote, Signature: c.Signature}
}

func descriptionToWire(d Description) *wire.Description {
	return &wire.Description{
		Name: d.Name, Ledger: d.Ledger, Currencies: d.Currencies, Cell: cellsToWire[d.Cell], OrderCheck: checksToWire[d.OrderCheck],
		FinalitySeconds: d.FinalitySeconds, SingleExecutor: d.SingleExecutor, MaxAmountMinor: d.MaxAmountMinor, Optional: d.Optional,
	}
}

func descriptionFromWire(w *wire.Description) (Description, error) {
	cell, ok := cellsFromWire[w.GetCell()]
	if !ok {
		return Description{}, fmt.Errorf("cell %d is neither holds nor pivot", w.GetCell())
	}
	check, ok := checksFromWire[w.GetOrderCheck()]
	if !ok {
		return Description{}, fmt.Errorf("order check %d is neither none nor ledger", w.GetOrderCheck())
	}
	return Description{
		Name: w.GetName(), Ledger: w.GetLedger(), Currencies: w.GetCurrencies(), Cell: cell, OrderCheck: check,
		FinalitySeconds: w.GetFinalitySeconds(), SingleExecutor: w.GetSingleExecutor(),
		MaxAmountMinor: w.GetMaxAmountMinor(), Optional: w.GetOptional(),
	}, nil
}

func keyFromWire(w *wire.PublicKey) (PublicKey, error) {
	t, ok := keyTypesFromWire[w.GetType()]
	if !ok {
		return PublicKey{}, fmt.Errorf("key type %d is not known", w.GetType())
	}
	return PublicKey{Type: t, Bytes: w.GetKey()}, nil
}
