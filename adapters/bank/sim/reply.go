package sim

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
)

const isoTimeLayout = "2006-01-02T15:04:05.000Z"

// Status codes of a camt.025 that is no refusal. The standard leaves the set to the network.
var receiptCodes = map[State]camt025.Max4AlphaNumericText{
	Held: "HELD", Posted: "POST", Suspense: "SUSP", Voided: "VOID", Tombstoned: "TOMB",
}

// newMessageID is unique without any memory: 128 random bits.
func newMessageID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

func isoNow() string { return time.Now().UTC().Format(isoTimeLayout) }

// receipt is the camt.025 for a reservation or its deletion. It carries the entry as it stands, unless the
// message was rejected and left no trace.
func receipt(m received, uetr string, e *Entry, rejected *refusal) *camt025.ReceiptV05 {
	details := camt025.Receipt3{OrgnlMsgId: camt025.OriginalMessageAndIssuer1{
		MsgId: camt025.Max35Text(m.id), MsgNmId: new(camt025.Max35Text(m.kind)),
	}}
	if uetr != "" {
		details.OrgnlPmtId = &camt025.PaymentIdentification6Choice{PrtryId: new(camt025.Max70Text(uetr))}
	}
	r := &camt025.ReceiptV05{MsgHdr: camt025.MessageHeader9{
		MsgId: camt025.Max35Text(newMessageID()), CreDtTm: new(camt025.IsodateTime(isoNow())),
	}}
	code, text := ReasonCode(""), ""
	switch {
	case rejected != nil:
		code, text = rejected.code, rejected.text
	default:
		code, text = e.ReasonCode, e.Reason
		details.ReqHdlg = append(details.ReqHdlg, camt025.RequestHandling1{StsCd: receiptCodes[e.State]})
		r.SplmtryData = []camt025.SupplementaryData1{{
			Envlp: camt025.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{Entry: e.supplement()}},
		}}
	}
	if code != "" {
		details.ReqHdlg = append(details.ReqHdlg, camt025.RequestHandling1{
			StsCd: camt025.Max4AlphaNumericText(code), Desc: new(camt025.Max140Text(text)),
		})
	}
	r.RctDtls = []camt025.Receipt3{details}
	return r
}

// paymentStatus is the pacs.002: ACSC settled, ACWP settled without posting to the creditor (suspense), RJCT.
func (b *Bank) paymentStatus(m received, uetr string, e *Entry, rejected *refusal) *pacs002.FitoFipaymentStatusReportV11 {
	tx := pacs002.PaymentTransaction123{
		OrgnlGrpInf: &pacs002.OriginalGroupInformation29{OrgnlMsgId: pacs002.Max35Text(m.id), OrgnlMsgNmId: pacs002.Max35Text(m.kind)},
	}
	if uetr != "" {
		tx.OrgnlUetr = new(pacs002.Uuidv4Identifier(uetr))
	}
	code, text := ReasonCode(""), ""
	if rejected != nil {
		tx.TxSts = new(pacs002.ExternalPaymentTransactionStatus1Code("RJCT"))
		code, text = rejected.code, rejected.text
	} else {
		status := pacs002.ExternalPaymentTransactionStatus1Code("ACSC")
		if e.State == Suspense {
			status = "ACWP"
		}
		tx.TxSts, tx.AcctSvcrRef = &status, new(pacs002.Max35Text(e.Reference))
		code, text = e.ReasonCode, e.Reason
		tx.SplmtryData = []pacs002.SupplementaryData1{{
			Envlp: pacs002.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{Entry: e.supplement()}},
		}}
	}
	if code != "" {
		tx.StsRsnInf = []pacs002.StatusReasonInformation12{{
			Rsn:      &pacs002.StatusReason6Choice{Cd: new(pacs002.ExternalStatusReason1Code(code))},
			AddtlInf: []pacs002.Max105Text{pacs002.Max105Text(cut(text, 105))},
		}}
	}
	return &pacs002.FitoFipaymentStatusReportV11{
		GrpHdr:      pacs002.GroupHeader91{MsgId: pacs002.Max35Text(newMessageID()), CreDtTm: pacs002.IsodateTime(isoNow())},
		TxInfAndSts: []pacs002.PaymentTransaction123{tx},
	}
}

// supplement is the entry as every reply about it carries it.
func (e Entry) supplement() *supplement.Entry {
	s := &supplement.Entry{UETR: e.EntryID, State: string(e.State), Reference: e.Reference}
	if e.ReasonCode != "" {
		s.Reason = &supplement.Reason{Code: string(e.ReasonCode), Text: e.Reason}
	}
	payer, payee, amount, ok := e.terms()
	if ok {
		s.Terms = &supplement.Terms{
			Payer: supplement.Account{BIC: payer.BIC, ID: payer.ID}, Payee: supplement.Account{BIC: payee.BIC, ID: payee.ID},
			Amount: supplement.Amount{Currency: e.Currency, Text: amount},
		}
	}
	return s
}

// terms reads back what was written from checked messages. ok is false for a tombstone without terms.
func (e Entry) terms() (payer, payee iso20022.Account, amount string, ok bool) {
	payer, payerErr := iso20022.ParseAccount(e.Payer)
	payee, payeeErr := iso20022.ParseAccount(e.Payee)
	amount, amountErr := iso20022.FormatAmount(e.AmountMinor, e.Currency)
	return payer, payee, amount, payerErr == nil && payeeErr == nil && amountErr == nil
}

func returnHeader(m received) camt047.MessageHeader7 {
	return camt047.MessageHeader7{
		MsgId: camt047.Max35Text(newMessageID()), CreDtTm: new(camt047.IsodateTime(isoNow())),
		OrgnlBizQry: &camt047.OriginalBusinessQuery1{MsgId: camt047.Max35Text(m.id), MsgNmId: new(camt047.Max35Text(m.kind))},
	}
}

// reservationError is the camt.047 for a reservation that can't be reported.
func reservationError(m received, why *refusal) *camt047.ReturnReservationV06 {
	return &camt047.ReturnReservationV06{
		MsgHdr:   returnHeader(m),
		RptOrErr: camt047.ReservationOrError8Choice{OprlErr: []camt047.ErrorHandling5{errorHandling047(why.code, why.text)}},
	}
}

func errorHandling047(code ReasonCode, text string) camt047.ErrorHandling5 {
	return camt047.ErrorHandling5{Err: camt047.ErrorHandling3Choice{Prtry: new(camt047.Max35Text(code))}, Desc: new(camt047.Max140Text(text))}
}

// reservationReport is the camt.047 for a known reservation. A tombstone without terms has no amount to
// report: it is a business error of its own.
func reservationReport(m received, e Entry) *camt047.ReturnReservationV06 {
	blocked := camt047.ReservationType2CodeBlkd
	report := camt047.ReservationReport6{RsvatnId: camt047.ReservationIdentification2{
		RsvatnId: new(camt047.Max35Text(compact(e.EntryID))), Tp: camt047.ReservationType1Choice{Cd: &blocked},
	}}
	payer, _, amount, ok := e.terms()
	if !ok {
		report.RsvatnOrErr.BizErr = []camt047.ErrorHandling5{errorHandling047(e.ReasonCode, e.Reason)}
	} else {
		report.RsvatnId.AcctOwnr = &camt047.BranchAndFinancialInstitutionIdentification6{
			FinInstnId: camt047.FinancialInstitutionIdentification18{Bicfi: new(camt047.Bicfidec2014Identifier(payer.BIC))},
		}
		report.RsvatnId.AcctId = &camt047.AccountIdentification4Choice{}
		if payer.IsIBAN() {
			report.RsvatnId.AcctId.Iban = new(camt047.Iban2007Identifier(payer.ID))
		} else {
			report.RsvatnId.AcctId.Othr = &camt047.GenericAccountIdentification1{Id: camt047.Max34Text(payer.Number())}
		}
		status := camt047.ReservationStatus1Choice{Prtry: new(camt047.Max35Text(e.State))}
		switch e.State {
		case Held:
			status = camt047.ReservationStatus1Choice{Cd: new(camt047.ReservationStatus1CodeEnab)}
		case Voided:
			status = camt047.ReservationStatus1Choice{Cd: new(camt047.ReservationStatus1CodeDeld)}
		}
		report.RsvatnOrErr.Rsvatn = &camt047.Reservation3{Sts: &status, Amt: camt047.Amount2Choice{
			AmtWthCcy: &camt047.ActiveCurrencyAndAmount{Ccy: camt047.ActiveCurrencyCode(e.Currency), Text: amount},
		}}
	}
	return &camt047.ReturnReservationV06{
		MsgHdr: returnHeader(m),
		RptOrErr: camt047.ReservationOrError8Choice{
			BizRpt: &camt047.CurrentAndDefaultReservation4{CurRsvatn: []camt047.ReservationReport6{report}},
		},
		SplmtryData: []camt047.SupplementaryData1{{
			Envlp: camt047.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{Entry: e.supplement()}},
		}},
	}
}

// accountReport is the camt.004: what is available (AVLB) and what is held (BLCK), or why not.
func accountReport(m received, id iso20022.Account, info *AccountInfo, why *refusal) *camt004.ReturnAccountV08 {
	r := &camt004.ReturnAccountV08{MsgHdr: camt004.MessageHeader7{
		MsgId: camt004.Max35Text(newMessageID()), CreDtTm: new(camt004.IsodateTime(isoNow())),
		OrgnlBizQry: &camt004.OriginalBusinessQuery1{MsgId: camt004.Max35Text(m.id), MsgNmId: new(camt004.Max35Text(m.kind))},
	}}
	if why != nil {
		r.RptOrErr.OprlErr = []camt004.ErrorHandling5{{
			Err: camt004.ErrorHandling3Choice{Prtry: new(camt004.Max35Text(why.code))}, Desc: new(camt004.Max140Text(why.text)),
		}}
		return r
	}
	report := camt004.AccountReport24{AcctOrErr: camt004.AccountOrBusinessError4Choice{Acct: &camt004.CashAccount37{
		Nm: new(camt004.Max70Text(cut(info.Owner, maxNameChars))), Ccy: new(camt004.ActiveOrHistoricCurrencyCode(info.Currency)),
		MulBal: []camt004.CashBalance13{balance("AVLB", info.AvailableMinor, info.Currency), balance("BLCK", info.HeldMinor, info.Currency)},
	}}}
	if id.IsIBAN() {
		report.AcctId.Iban = new(camt004.Iban2007Identifier(id.ID))
	} else {
		report.AcctId.Othr = &camt004.GenericAccountIdentification1{Id: camt004.Max34Text(id.Number())}
	}
	r.RptOrErr.AcctRpt = []camt004.AccountReport24{report}
	return r
}

func balance(code camt004.ExternalSystemBalanceType1Code, minor uint64, currency string) camt004.CashBalance13 {
	amount, err := iso20022.FormatAmount(minor, currency)
	if err != nil {
		amount = "" // the currency was checked when the bank was opened; the schema refuses an empty amount
	}
	return camt004.CashBalance13{
		Amt: camt004.ImpliedCurrencyAndAmount(amount), CdtDbtInd: camt004.CreditDebitCodeCrdt, Tp: &camt004.BalanceType11Choice{Cd: &code},
	}
}
