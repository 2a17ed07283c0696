package bank

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt003"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt046"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt049"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt103"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs009"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// This file writes messages; answers.go reads them. MAPPING.md is the same in words.

const (
	isoTimeLayout = "2006-01-02T15:04:05.000Z"
	isoDateLayout = "2006-01-02"
)

// errNoWords is wrapped where ISO 20022 has no way to say an order: its accounts have no BIC, or its
// currency no ISO 4217 exponent.
var errNoWords = errors.New("no order of this network")

// terms is what an order is about, in the network's notation.
type terms struct {
	payer, payee     iso20022.Account
	currency, amount string
}

func newTerms(i order.Instruction) (t terms, err error) {
	if t.payer, err = iso20022.ParseAccount(i.Payer); err != nil {
		return t, fmt.Errorf("%w: payer: %w", errNoWords, err)
	}
	if t.payee, err = iso20022.ParseAccount(i.Payee); err != nil {
		return t, fmt.Errorf("%w: payee: %w", errNoWords, err)
	}
	t.currency = i.Currency
	if t.amount, err = iso20022.FormatAmount(i.AmountMinor, i.Currency); err != nil {
		return t, fmt.Errorf("%w: amount: %w", errNoWords, err)
	}
	return t, nil
}

// newMessageID is unique without any memory; a message that is sent again has another.
func newMessageID() string { return compact(uuid.NewString()) }

// compact is a UUID without its hyphens, which fits where the standard has 35 characters.
func compact(id string) string { return strings.ReplaceAll(id, "-", "") }

func now() string { return time.Now().UTC().Format(isoTimeLayout) }

// newReservation is the camt.103 that holds.
func newReservation(o sdk.HoldOrder, t terms) *camt103.CreateReservationV01 {
	uetr, blocked := o.Instruction.Entry.String(), camt103.ReservationType2CodeBlkd
	account := camt103.AccountIdentification4Choice{}
	if t.payer.IsIBAN() {
		account.Iban = new(camt103.Iban2007Identifier(t.payer.ID))
	} else {
		account.Othr = &camt103.GenericAccountIdentification1{Id: camt103.Max34Text(t.payer.Number())}
	}
	return &camt103.CreateReservationV01{
		MsgHdr: camt103.MessageHeader1{MsgId: camt103.Max35Text(newMessageID()), CreDtTm: new(camt103.IsodateTime(now()))},
		RsvatnId: camt103.ReservationIdentification2{
			RsvatnId: new(camt103.Max35Text(compact(uetr))), Tp: camt103.ReservationType1Choice{Cd: &blocked},
			AcctOwnr: &camt103.BranchAndFinancialInstitutionIdentification6{
				FinInstnId: camt103.FinancialInstitutionIdentification18{Bicfi: new(camt103.Bicfidec2014Identifier(t.payer.BIC))},
			},
			AcctId: &account,
		},
		ValSet: camt103.Reservation4{Amt: camt103.Amount2Choice{
			AmtWthCcy: &camt103.ActiveCurrencyAndAmount{Ccy: camt103.ActiveCurrencyCode(t.currency), Text: t.amount},
		}},
		SplmtryData: []camt103.SupplementaryData1{{Envlp: camt103.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{
			Order: &supplement.Order{
				UETR: uetr, Payee: supplementAccount(t.payee), Instruction: encoded(o.Instruction.Encode()), Body: encoded(o.Body),
				Quote: encoded(o.Consent.Quote), Signature: encoded(o.Consent.Signature),
			},
		}}}},
	}
}

func encoded(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

func supplementAccount(a iso20022.Account) supplement.Account {
	return supplement.Account{BIC: a.BIC, ID: a.ID}
}

// newTransfer is the pacs.009 that posts.
func newTransfer(i order.Instruction, t terms) *pacs009.FinancialInstitutionCreditTransferV09 {
	uetr := i.Entry.String()
	return &pacs009.FinancialInstitutionCreditTransferV09{
		GrpHdr: pacs009.GroupHeader93{
			MsgId: pacs009.Max35Text(newMessageID()), CreDtTm: pacs009.IsodateTime(now()), NbOfTxs: "1",
			SttlmInf: pacs009.SettlementInstruction7{SttlmMtd: pacs009.SettlementMethod1CodeClrg},
		},
		CdtTrfTxInf: []pacs009.CreditTransferTransaction44{{
			PmtId: pacs009.PaymentIdentification13{
				EndToEndId: pacs009.Max35Text(compact(uetr)), TxId: new(pacs009.Max35Text(compact(uetr))), Uetr: new(pacs009.Uuidv4Identifier(uetr)),
			},
			IntrBkSttlmAmt: pacs009.ActiveCurrencyAndAmount{Ccy: pacs009.ActiveCurrencyCode(t.currency), Text: t.amount},
			IntrBkSttlmDt:  new(pacs009.Isodate(time.Now().UTC().Format(isoDateLayout))),
			InstgAgt:       agent(t.payer), InstdAgt: agent(t.payee),
			Dbtr: *agent(t.payer), DbtrAcct: cashAccount(t.payer), Cdtr: *agent(t.payee), CdtrAcct: cashAccount(t.payee),
		}},
	}
}

func agent(a iso20022.Account) *pacs009.BranchAndFinancialInstitutionIdentification6 {
	return &pacs009.BranchAndFinancialInstitutionIdentification6{
		FinInstnId: pacs009.FinancialInstitutionIdentification18{Bicfi: new(pacs009.Bicfidec2014Identifier(a.BIC))},
	}
}

func cashAccount(a iso20022.Account) *pacs009.CashAccount38 {
	if a.IsIBAN() {
		return &pacs009.CashAccount38{Id: pacs009.AccountIdentification4Choice{Iban: new(pacs009.Iban2007Identifier(a.ID))}}
	}
	return &pacs009.CashAccount38{Id: pacs009.AccountIdentification4Choice{Othr: &pacs009.GenericAccountIdentification1{Id: pacs009.Max34Text(a.Number())}}}
}

// newRelease is the camt.049 that voids, or that closes an id which the network does not know. Without
// terms it leaves a held entry as it is.
func newRelease(i order.Instruction, t *terms, onlyIfUnknown bool, reason string) *camt049.DeleteReservationV05 {
	uetr, blocked := i.Entry.String(), camt049.ReservationType2CodeBlkd
	release := &supplement.Release{UETR: uetr, OnlyIfUnknown: onlyIfUnknown, Reason: short(reason)}
	if t != nil {
		release.Terms = &supplement.Terms{
			Payer: supplementAccount(t.payer), Payee: supplementAccount(t.payee),
			Amount: supplement.Amount{Currency: t.currency, Text: t.amount},
		}
	}
	return &camt049.DeleteReservationV05{
		MsgHdr: camt049.MessageHeader1{MsgId: camt049.Max35Text(newMessageID()), CreDtTm: new(camt049.IsodateTime(now()))},
		CurRsvatn: &camt049.ReservationIdentification2{
			RsvatnId: new(camt049.Max35Text(compact(uetr))), Tp: camt049.ReservationType1Choice{Cd: &blocked},
		},
		SplmtryData: []camt049.SupplementaryData1{{
			Envlp: camt049.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{Release: release}},
		}},
	}
}

// short makes a text fit Max140Text.
func short(s string) string {
	const most = 140
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, " ")), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// newReservationQuery is the camt.046 that looks up.
func newReservationQuery(id order.EntryID) *camt046.GetReservationV05 {
	return &camt046.GetReservationV05{
		MsgHdr: camt046.MessageHeader9{MsgId: camt046.Max35Text(newMessageID()), CreDtTm: new(camt046.IsodateTime(now()))},
		SplmtryData: []camt046.SupplementaryData1{{
			Envlp: camt046.SupplementaryDataEnvelope1{Supplement: &supplement.Supplement{Query: &supplement.Query{UETR: id.String()}}},
		}},
	}
}

// newAccountQuery is the camt.003 that asks for a balance.
func newAccountQuery(a iso20022.Account) *camt003.GetAccountV07 {
	id := &camt003.AccountIdentification4Choice{}
	if a.IsIBAN() {
		id.Iban = new(camt003.Iban2007Identifier(a.ID))
	} else {
		id.Othr = &camt003.GenericAccountIdentification1{Id: camt003.Max34Text(a.Number())}
	}
	return &camt003.GetAccountV07{
		MsgHdr: camt003.MessageHeader9{MsgId: camt003.Max35Text(newMessageID()), CreDtTm: new(camt003.IsodateTime(now()))},
		AcctQryDef: &camt003.AccountQuery3{AcctCrit: &camt003.AccountCriteria3Choice{NewCrit: &camt003.AccountCriteria7{
			SchCrit: []camt003.CashAccountSearchCriteria7{{
				AcctId: []camt003.AccountIdentificationSearchCriteria2Choice{{Eq: id}},
				AcctOwnr: &camt003.PartyIdentification135{Id: &camt003.Party38Choice{OrgId: &camt003.OrganisationIdentification29{
					AnyBic: new(camt003.AnyBicdec2014Identifier(a.BIC)),
				}}},
			}},
		}}},
	}
}
