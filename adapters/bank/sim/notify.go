package sim

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt054"
)

const maxNotifications = 100

// Notification is a camt.054 for an account holder.
type Notification struct {
	Seq     int64  `json:"seq"`
	EntryID string `json:"entry_id"`
	At      string `json:"at"`
	Message string `json:"message"` // the XML
}

// notify files the camt.054 messages of a settled entry: a debit for the payer, and a credit for the payee
// unless the money went to suspense. They are written in the transaction of the booking they tell of.
func (b *Bank) notify(ctx context.Context, tx *sql.Tx, e Entry) error {
	payer, payee, amount, ok := e.terms()
	if !ok {
		return fmt.Errorf("entry %s has no readable terms", e.EntryID)
	}
	sides := map[iso20022.Account]camt054.CreditDebitCode{payer: camt054.CreditDebitCodeDbit}
	if e.State == Posted {
		sides[payee] = camt054.CreditDebitCodeCrdt
	}
	for _, account := range []iso20022.Account{payer, payee} {
		side, told := sides[account]
		if !told {
			continue
		}
		raw, err := b.codec.Encode(b.notification(account, side, e, amount))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO notification (account, uetr, message, at) VALUES (?, ?, ?, ?)`,
			account.String(), e.EntryID, raw, e.UpdatedAt); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bank) notification(a iso20022.Account, side camt054.CreditDebitCode, e Entry, amount string) *camt054.BankToCustomerDebitCreditNotificationV08 {
	now, id := camt054.IsodateTime(isoNow()), camt054.Max35Text(newMessageID())
	account := camt054.CashAccount39{
		Ccy:  new(camt054.ActiveOrHistoricCurrencyCode(e.Currency)),
		Svcr: &camt054.BranchAndFinancialInstitutionIdentification6{FinInstnId: camt054.FinancialInstitutionIdentification18{Bicfi: new(camt054.Bicfidec2014Identifier(a.BIC))}},
	}
	if a.IsIBAN() {
		account.Id.Iban = new(camt054.Iban2007Identifier(a.ID))
	} else {
		account.Id.Othr = &camt054.GenericAccountIdentification1{Id: camt054.Max34Text(a.Number())}
	}
	entry := camt054.ReportEntry10{
		Amt:       camt054.ActiveOrHistoricCurrencyAndAmount{Ccy: camt054.ActiveOrHistoricCurrencyCode(e.Currency), Text: amount},
		CdtDbtInd: side, Sts: camt054.EntryStatus1Choice{Cd: new(camt054.ExternalEntryStatus1Code("BOOK"))},
		BookgDt: &camt054.DateAndDateTime2Choice{DtTm: &now}, AcctSvcrRef: new(camt054.Max35Text(e.Reference)),
		BkTxCd: transactionCode(side),
		NtryDtls: []camt054.EntryDetails9{{TxDtls: []camt054.EntryTransaction10{{
			Refs: &camt054.TransactionReferences6{Uetr: new(camt054.Uuidv4Identifier(e.EntryID))},
		}}}},
	}
	return &camt054.BankToCustomerDebitCreditNotificationV08{
		GrpHdr: camt054.GroupHeader81{MsgId: id, CreDtTm: now},
		Ntfctn: []camt054.AccountNotification17{{Id: id, CreDtTm: &now, Acct: account, Ntry: []camt054.ReportEntry10{entry}}},
	}
}

// transactionCode is PMNT (payments), ICDT or RCDT (issued or received credit transfer), FICT (a
// financial institution's).
func transactionCode(side camt054.CreditDebitCode) camt054.BankTransactionCodeStructure4 {
	family := camt054.ExternalBankTransactionFamily1Code("ICDT")
	if side == camt054.CreditDebitCodeCrdt {
		family = "RCDT"
	}
	return camt054.BankTransactionCodeStructure4{Domn: &camt054.BankTransactionCodeStructure5{
		Cd: "PMNT", Fmly: camt054.BankTransactionCodeStructure6{Cd: family, SubFmlyCd: "FICT"},
	}}
}

// Notifications lists an account's camt.054 messages after a number, oldest first.
func (b *Bank) Notifications(ctx context.Context, account string, after int64) (all []Notification, err error) {
	all = []Notification{}
	err = b.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := knownAccount(ctx, tx, account); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT seq, uetr, at, message FROM notification WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?`,
			account, after, maxNotifications)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n Notification
			var raw []byte
			if err := rows.Scan(&n.Seq, &n.EntryID, &n.At, &raw); err != nil {
				return err
			}
			n.Message = string(raw)
			all = append(all, n)
		}
		return rows.Err()
	})
	return all, err
}
