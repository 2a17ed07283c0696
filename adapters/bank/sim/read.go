package sim

import (
	"errors"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt003"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt049"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt103"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs009"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
)

// This file reads what a message asks for. Its schema was checked before; what is left are this network's
// usage rules, each with the path of the element that breaks it.

// releaseRequest is what a camt.049 asks for.
type releaseRequest struct {
	uetr          string
	terms         *terms // nil: none came with it
	onlyIfUnknown bool
	reason        string
}

func readHold(m *camt103.CreateReservationV01) (uetr string, t terms, rejected *refusal) {
	var o *supplement.Order
	for _, s := range m.SplmtryData {
		if p := s.Envlp.Supplement; p != nil && p.Order != nil {
			o = p.Order
		}
	}
	if o == nil {
		return "", t, refuse(InvalidFormat, "SplmtryData: a reservation needs a payee: add a supplement Ordr")
	}
	id := m.RsvatnId
	switch {
	case id.RsvatnId == nil || string(*id.RsvatnId) != compact(o.UETR):
		return o.UETR, t, refuse(InvalidFormat, "RsvatnId/RsvatnId: want the UETR without hyphens, %s", compact(o.UETR))
	case id.Tp.Cd == nil || *id.Tp.Cd != camt103.ReservationType2CodeBlkd:
		return o.UETR, t, refuse(InvalidFormat, "RsvatnId/Tp/Cd: want BLKD, money blocked for one payment")
	case id.AcctOwnr == nil || id.AcctOwnr.FinInstnId.Bicfi == nil || id.AcctId == nil:
		return o.UETR, t, refuse(InvalidFormat, "RsvatnId: AcctOwnr/FinInstnId/BICFI and AcctId are needed")
	case m.ValSet.StartDtTm != nil:
		return o.UETR, t, refuse(InvalidFormat, "ValSet/StartDtTm: a reservation starts at once here, leave it out")
	case m.ValSet.Amt.AmtWthCcy == nil:
		return o.UETR, t, refuse(InvalidFormat, "ValSet/Amt: want AmtWthCcy, an amount with its currency")
	case !evidenceOK(o.Instruction) || !evidenceOK(o.Body) || !evidenceOK(o.Quote) || !evidenceOK(o.Signature):
		return o.UETR, t, refuse(InvalidFormat, "SplmtryData: the order's evidence is not base64")
	}
	t.payer, rejected = accountIn("RsvatnId", string(*id.AcctOwnr.FinInstnId.Bicfi), number103(id.AcctId))
	if rejected != nil {
		return o.UETR, t, rejected
	}
	if t.payee, rejected = supplementAccount("Ordr/Cdtr", o.Payee); rejected != nil {
		return o.UETR, t, rejected
	}
	amount := m.ValSet.Amt.AmtWthCcy
	t.currency = string(amount.Ccy)
	t.amountMinor, rejected = amountIn("ValSet/Amt", amount.Text, t.currency)
	return o.UETR, t, rejected
}

func readPost(m *pacs009.FinancialInstitutionCreditTransferV09) (uetr string, t terms, rejected *refusal) {
	if m.GrpHdr.NbOfTxs != "1" || len(m.CdtTrfTxInf) != 1 {
		return "", t, refuse(InvalidFormat, "GrpHdr/NbOfTxs: this network takes one transaction a message")
	}
	tx := m.CdtTrfTxInf[0]
	if tx.PmtId.Uetr == nil {
		return "", t, refuse(InvalidFormat, "PmtId/UETR: it names the reservation to settle and is needed")
	}
	uetr = string(*tx.PmtId.Uetr)
	switch {
	case m.GrpHdr.SttlmInf.SttlmMtd != pacs009.SettlementMethod1CodeClrg:
		return uetr, t, refuse(InvalidFormat, "GrpHdr/SttlmInf/SttlmMtd: want CLRG, settlement in this system")
	case tx.Dbtr.FinInstnId.Bicfi == nil || tx.DbtrAcct == nil:
		return uetr, t, refuse(InvalidFormat, "Dbtr/FinInstnId/BICFI and DbtrAcct are needed")
	case tx.Cdtr.FinInstnId.Bicfi == nil || tx.CdtrAcct == nil:
		return uetr, t, refuse(InvalidFormat, "Cdtr/FinInstnId/BICFI and CdtrAcct are needed")
	}
	t.payer, rejected = accountIn("Dbtr", string(*tx.Dbtr.FinInstnId.Bicfi), number009(tx.DbtrAcct.Id))
	if rejected != nil {
		return uetr, t, rejected
	}
	t.payee, rejected = accountIn("Cdtr", string(*tx.Cdtr.FinInstnId.Bicfi), number009(tx.CdtrAcct.Id))
	if rejected != nil {
		return uetr, t, rejected
	}
	t.currency = string(tx.IntrBkSttlmAmt.Ccy)
	t.amountMinor, rejected = amountIn("IntrBkSttlmAmt", tx.IntrBkSttlmAmt.Text, t.currency)
	return uetr, t, rejected
}

func readRelease(m *camt049.DeleteReservationV05) (q releaseRequest, rejected *refusal) {
	var r *supplement.Release
	for _, s := range m.SplmtryData {
		if p := s.Envlp.Supplement; p != nil && p.Release != nil {
			r = p.Release
		}
	}
	if r == nil {
		return q, refuse(InvalidFormat, "SplmtryData: name the reservation in a supplement Rls")
	}
	q = releaseRequest{uetr: r.UETR, onlyIfUnknown: r.OnlyIfUnknown, reason: r.Reason}
	if q.reason == "" {
		q.reason = "deleted before it was reserved"
	}
	if c := m.CurRsvatn; c == nil || c.RsvatnId == nil || string(*c.RsvatnId) != compact(r.UETR) {
		return q, refuse(InvalidFormat, "CurRsvatn/RsvatnId: want the UETR without hyphens, %s", compact(r.UETR))
	}
	if r.Terms == nil {
		return q, nil
	}
	t := terms{currency: r.Terms.Amount.Currency}
	if t.payer, rejected = supplementAccount("Rls/Terms/Dbtr", r.Terms.Payer); rejected != nil {
		return q, rejected
	}
	if t.payee, rejected = supplementAccount("Rls/Terms/Cdtr", r.Terms.Payee); rejected != nil {
		return q, rejected
	}
	if t.amountMinor, rejected = amountIn("Rls/Terms/Amt", r.Terms.Amount.Text, t.currency); rejected != nil {
		return q, rejected
	}
	q.terms = &t
	return q, nil
}

func readBalance(m *camt003.GetAccountV07) (iso20022.Account, *refusal) {
	bad := refuse(InvalidFormat, "AcctQryDef/AcctCrit/NewCrit/SchCrit: want one AcctId/EQ and AcctOwnr/Id/OrgId/AnyBIC")
	if m.AcctQryDef == nil || m.AcctQryDef.AcctCrit == nil || m.AcctQryDef.AcctCrit.NewCrit == nil || len(m.AcctQryDef.AcctCrit.NewCrit.SchCrit) != 1 {
		return iso20022.Account{}, bad
	}
	c := m.AcctQryDef.AcctCrit.NewCrit.SchCrit[0]
	if len(c.AcctId) != 1 || c.AcctId[0].Eq == nil || c.AcctOwnr == nil || c.AcctOwnr.Id == nil || c.AcctOwnr.Id.OrgId == nil || c.AcctOwnr.Id.OrgId.AnyBic == nil {
		return iso20022.Account{}, bad
	}
	number, eq := "", c.AcctId[0].Eq
	switch {
	case eq.Iban != nil:
		number = string(*eq.Iban)
	case eq.Othr != nil:
		number = string(eq.Othr.Id)
	}
	return accountIn("SchCrit", string(*c.AcctOwnr.Id.OrgId.AnyBic), number)
}

func accountIn(path, member, number string) (iso20022.Account, *refusal) {
	a, err := iso20022.AccountOf(member, number)
	if err != nil {
		return a, refuse(InvalidFormat, "%s: %v", path, err)
	}
	return a, nil
}

func supplementAccount(path string, s supplement.Account) (iso20022.Account, *refusal) {
	a := iso20022.Account{BIC: s.BIC, ID: s.ID}
	if err := a.Validate(); err != nil {
		return a, refuse(InvalidFormat, "%s: %v", path, err)
	}
	return a, nil
}

func amountIn(path, text, currency string) (uint64, *refusal) {
	minor, err := iso20022.ParseAmount(text, currency)
	switch {
	case errors.Is(err, iso20022.ErrAmount):
		return 0, refuse(InvalidAmount, "%s: %v", path, err)
	case minor == 0:
		return 0, refuse(ZeroAmount, "%s: the amount is zero", path)
	}
	return minor, nil
}

func number103(c *camt103.AccountIdentification4Choice) string {
	if c.Iban != nil {
		return string(*c.Iban)
	}
	return string(c.Othr.Id)
}

func number009(c pacs009.AccountIdentification4Choice) string {
	if c.Iban != nil {
		return string(*c.Iban)
	}
	return string(c.Othr.Id)
}
