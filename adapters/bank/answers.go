package bank

import (
	"encoding/hex"
	"fmt"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// This file reads what the network answers. An answer that carries an entry says how that entry stands; one
// without says that the message was rejected and left no trace, and its code says why.

var states = map[string]order.EntryState{
	"HELD": order.EntryHeld, "POSTED": order.EntryPosted, "SUSPENSE": order.EntrySuspense,
	"VOIDED": order.EntryVoided, "TOMBSTONED": order.EntryTombstoned,
}

// rejections is what the codes of rejected messages mean for the caller. A code that is not here comes from a
// network that this adapter does not know: Unknown.
var rejections = map[string]sdk.Code{
	"FF01": sdk.Invalid,  // InvalidFileFormat
	"AM01": sdk.Invalid,  // ZeroAmount
	"AM12": sdk.Invalid,  // InvalidAmount
	"AC02": sdk.NotFound, // InvalidDebtorAccountNumber: no such account
	"NOOR": sdk.NotFound, // NoOriginalTransactionReceived
	"DU03": sdk.Conflict, // DuplicateTransaction: the UETR is taken by other terms
	"ED05": sdk.Conflict, // SettlementFailed: it was given back or refused
	"ARDT": sdk.Conflict, // AlreadyReturnedTransaction: it was settled
}

func rejected(code, text string) error {
	if c, known := rejections[code]; known {
		return sdk.Errorf(c, "%s: %s", code, text)
	}
	return sdk.Errorf(sdk.Unknown, "the network answered with the code %q, which this adapter does not know: %s", code, text)
}

// unreadable is the error for an answer that passed its schema and makes no sense.
func unreadable(format string, args ...any) error {
	return sdk.Errorf(sdk.Unknown, "the network's answer can't be read, look the entry up: %s", fmt.Sprintf(format, args...))
}

func entryOfReceipt(r *camt025.ReceiptV05) (sdk.Entry, error) {
	for _, s := range r.SplmtryData {
		if p := s.Envlp.Supplement; p != nil && p.Entry != nil {
			return newEntry(p.Entry)
		}
	}
	for _, d := range r.RctDtls {
		for _, h := range d.ReqHdlg {
			return sdk.Entry{}, rejected(string(h.StsCd), text(h.Desc))
		}
	}
	return sdk.Entry{}, unreadable("a receipt with neither an entry nor a status code")
}

func entryOfStatus(r *pacs002.FitoFipaymentStatusReportV11) (sdk.Entry, error) {
	if len(r.TxInfAndSts) != 1 || r.TxInfAndSts[0].TxSts == nil {
		return sdk.Entry{}, unreadable("%d transactions in the status report, want one with a status", len(r.TxInfAndSts))
	}
	tx := r.TxInfAndSts[0]
	if *tx.TxSts != "RJCT" {
		for _, s := range tx.SplmtryData {
			if p := s.Envlp.Supplement; p != nil && p.Entry != nil {
				return settledEntry(string(*tx.TxSts), p.Entry)
			}
		}
		return sdk.Entry{}, unreadable("status %s without an entry", *tx.TxSts)
	}
	for _, s := range tx.StsRsnInf {
		if s.Rsn != nil && s.Rsn.Cd != nil {
			why := ""
			if len(s.AddtlInf) > 0 {
				why = string(s.AddtlInf[0])
			}
			return sdk.Entry{}, rejected(string(*s.Rsn.Cd), why)
		}
	}
	return sdk.Entry{}, unreadable("a rejection without a reason code")
}

// settledEntry checks that status and entry agree.
func settledEntry(status string, s *supplement.Entry) (sdk.Entry, error) {
	e, err := newEntry(s)
	want := map[order.EntryState]string{order.EntryPosted: "ACSC", order.EntrySuspense: "ACWP"}[e.State]
	if err == nil && status != want {
		return sdk.Entry{}, unreadable("status %s for an entry that is %s", status, e.State)
	}
	return e, err
}

func entryOfReport(r *camt047.ReturnReservationV06) (sdk.Entry, error) {
	for _, s := range r.SplmtryData {
		if p := s.Envlp.Supplement; p != nil && p.Entry != nil {
			return newEntry(p.Entry)
		}
	}
	for _, e := range r.RptOrErr.OprlErr {
		return sdk.Entry{}, rejected(text(e.Err.Prtry), text(e.Desc))
	}
	return sdk.Entry{}, unreadable("a report with neither an entry nor an error")
}

// newEntry is the network's entry in Corridor's words.
func newEntry(s *supplement.Entry) (sdk.Entry, error) {
	id, err := order.ParseEntryID(s.UETR)
	if err != nil {
		return sdk.Entry{}, unreadable("%s", err)
	}
	e := sdk.Entry{ID: id, State: states[s.State], LedgerReference: s.Reference}
	if s.Reason != nil {
		e.Reason = s.Reason.Code + ": " + s.Reason.Text
	}
	if s.Terms == nil {
		if e.State != order.EntryTombstoned {
			return sdk.Entry{}, unreadable("entry %s is %s and has no terms", id, s.State)
		}
		return e, nil
	}
	t := s.Terms
	if e.AmountMinor, err = iso20022.ParseAmount(t.Amount.Text, t.Amount.Currency); err != nil {
		return sdk.Entry{}, unreadable("entry %s: %s", id, err)
	}
	e.Currency = t.Amount.Currency
	e.Payer = sdk.Account(iso20022.Account{BIC: t.Payer.BIC, ID: t.Payer.ID}.String())
	e.Payee = sdk.Account(iso20022.Account{BIC: t.Payee.BIC, ID: t.Payee.ID}.String())
	return e, nil
}

// text is an optional text of any of the generated types.
func text[T ~string](t *T) string {
	if t == nil {
		return ""
	}
	return string(*t)
}

// balanceOf reads the camt.004: AVLB is what is available, BLCK what is held.
func balanceOf(account sdk.Account, r *camt004.ReturnAccountV08) (sdk.Balance, error) {
	for _, e := range r.RptOrErr.OprlErr {
		return sdk.Balance{}, rejected(text(e.Err.Prtry), text(e.Desc))
	}
	if len(r.RptOrErr.AcctRpt) != 1 || r.RptOrErr.AcctRpt[0].AcctOrErr.Acct == nil {
		return sdk.Balance{}, sdk.Errorf(sdk.Unavailable, "the network's account report can't be read: %d accounts in it", len(r.RptOrErr.AcctRpt))
	}
	a := r.RptOrErr.AcctRpt[0].AcctOrErr.Acct
	b := sdk.Balance{Account: account, Currency: text(a.Ccy)}
	for _, m := range a.MulBal {
		minor, err := iso20022.ParseAmount(string(m.Amt), b.Currency)
		if err != nil {
			return sdk.Balance{}, sdk.Errorf(sdk.Unavailable, "the network's account report can't be read: %s", err)
		}
		if m.Tp == nil {
			continue
		}
		switch text(m.Tp.Cd) {
		case "AVLB":
			b.AvailableMinor = minor
		case "BLCK":
			b.HeldMinor = minor
		}
	}
	return b, nil
}

// directoryAccount is what the members directory says of an account.
type directoryAccount struct {
	Account    string `json:"account"`
	ConsentKey *struct {
		Type string `json:"type"`
		Key  string `json:"key"`
	} `json:"consent_key"`
}

func (d directoryAccount) publicKey(a sdk.Account) (sdk.PublicKey, error) {
	if d.Account != string(a) {
		return sdk.PublicKey{}, sdk.Errorf(sdk.Unavailable, "the members directory answered for account %q, asked was %q", d.Account, a)
	}
	if d.ConsentKey == nil {
		return sdk.PublicKey{}, sdk.Errorf(sdk.NotFound, "account %s has no consent key on file at the bank", a)
	}
	raw, err := hex.DecodeString(d.ConsentKey.Key)
	if err != nil {
		return sdk.PublicKey{}, sdk.Errorf(sdk.Unavailable, "the members directory has an unreadable key for %s: %s", a, err)
	}
	return sdk.PublicKey{Type: sdk.KeyType(d.ConsentKey.Type), Bytes: raw}, nil
}
