package bank

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/supplement"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const uetr = "0a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d"

func entryIn(state string) *supplement.Supplement {
	return &supplement.Supplement{Entry: &supplement.Entry{UETR: uetr, State: state, Reference: "USD-1", Terms: &supplement.Terms{
		Payer: supplement.Account{BIC: "ALPHUS33"}, Payee: supplement.Account{BIC: "BETAUS33", ID: "1"},
		Amount: supplement.Amount{Currency: "USD", Text: "1.50"},
	}}}
}

func TestAnEntryIsReadInCorridorsWords(t *testing.T) {
	for state, want := range map[string]order.EntryState{
		"HELD": order.EntryHeld, "POSTED": order.EntryPosted, "SUSPENSE": order.EntrySuspense, "VOIDED": order.EntryVoided, "TOMBSTONED": order.EntryTombstoned,
	} {
		s := entryIn(state).Entry
		s.Reason = &supplement.Reason{Code: "AM04", Text: "too poor"}
		e, err := newEntry(s)
		require.NoError(t, err)
		id, err := order.ParseEntryID(uetr)
		require.NoError(t, err)
		require.Equal(t, sdk.Entry{
			ID: id, State: want, Payer: "ALPHUS33", Payee: "BETAUS33:1", Currency: "USD", AmountMinor: 150,
			LedgerReference: "USD-1", Reason: "AM04: too poor",
		}, e)
	}
	bare := &supplement.Entry{UETR: uetr, State: "TOMBSTONED", Reference: "USD-1"}
	e, err := newEntry(bare)
	require.NoError(t, err)
	require.Equal(t, order.EntryTombstoned, e.State)
	require.Empty(t, e.Payer)
}

// A rejection's code is one of a closed set; whatever else comes back is Unknown, never a final state.
func TestARejectionsCodeDecidesTheError(t *testing.T) {
	for code, want := range map[string]sdk.Code{
		"FF01": sdk.Invalid, "AM01": sdk.Invalid, "AM12": sdk.Invalid, "AC02": sdk.NotFound, "NOOR": sdk.NotFound,
		"DU03": sdk.Conflict, "ED05": sdk.Conflict, "ARDT": sdk.Conflict, "AM04": sdk.Unknown, "ZZ99": sdk.Unknown, "": sdk.Unknown,
	} {
		t.Run(code, func(t *testing.T) {
			_, err := entryOfReceipt(&camt025.ReceiptV05{RctDtls: []camt025.Receipt3{{
				ReqHdlg: []camt025.RequestHandling1{{StsCd: camt025.Max4AlphaNumericText(code), Desc: new(camt025.Max140Text("why"))}},
			}}})
			require.Equal(t, want, sdk.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, "why")
			_, err = entryOfStatus(&pacs002.FitoFipaymentStatusReportV11{TxInfAndSts: []pacs002.PaymentTransaction123{{
				TxSts: new(pacs002.ExternalPaymentTransactionStatus1Code("RJCT")),
				StsRsnInf: []pacs002.StatusReasonInformation12{{
					Rsn: &pacs002.StatusReason6Choice{Cd: new(pacs002.ExternalStatusReason1Code(code))}, AddtlInf: []pacs002.Max105Text{"why"},
				}},
			}}})
			require.Equal(t, want, sdk.CodeOf(err), "%v", err)
			_, err = entryOfReport(&camt047.ReturnReservationV06{RptOrErr: camt047.ReservationOrError8Choice{
				OprlErr: []camt047.ErrorHandling5{{Err: camt047.ErrorHandling3Choice{Prtry: new(camt047.Max35Text(code))}}},
			}})
			require.Equal(t, want, sdk.CodeOf(err), "%v", err)
		})
	}
}

// An answer that passed its schema and makes no sense says nothing about what happened.
func TestAnAnswerThatMakesNoSenseIsUnknown(t *testing.T) {
	status := func(code string, s *supplement.Supplement) *pacs002.FitoFipaymentStatusReportV11 {
		return &pacs002.FitoFipaymentStatusReportV11{TxInfAndSts: []pacs002.PaymentTransaction123{{
			TxSts:       new(pacs002.ExternalPaymentTransactionStatus1Code(code)),
			SplmtryData: []pacs002.SupplementaryData1{{Envlp: pacs002.SupplementaryDataEnvelope1{Supplement: s}}},
		}}}
	}
	receipt := func(spoil func(*supplement.Entry)) *camt025.ReceiptV05 {
		s := entryIn("HELD")
		spoil(s.Entry)
		return &camt025.ReceiptV05{SplmtryData: []camt025.SupplementaryData1{{Envlp: camt025.SupplementaryDataEnvelope1{Supplement: s}}}}
	}
	for name, read := range map[string]func() (sdk.Entry, error){
		"a receipt of nothing":         func() (sdk.Entry, error) { return entryOfReceipt(&camt025.ReceiptV05{}) },
		"a report of nothing":          func() (sdk.Entry, error) { return entryOfReport(&camt047.ReturnReservationV06{}) },
		"a status of nothing":          func() (sdk.Entry, error) { return entryOfStatus(&pacs002.FitoFipaymentStatusReportV11{}) },
		"a status without an entry":    func() (sdk.Entry, error) { return entryOfStatus(status("ACSC", nil)) },
		"a rejection without a code":   func() (sdk.Entry, error) { return entryOfStatus(status("RJCT", nil)) },
		"settled, and yet held":        func() (sdk.Entry, error) { return entryOfStatus(status("ACSC", entryIn("HELD"))) },
		"settled, and yet in suspense": func() (sdk.Entry, error) { return entryOfStatus(status("ACSC", entryIn("SUSPENSE"))) },
		"in progress":                  func() (sdk.Entry, error) { return entryOfStatus(status("ACSP", entryIn("POSTED"))) },
		"a held entry without terms":   func() (sdk.Entry, error) { return entryOfReceipt(receipt(func(e *supplement.Entry) { e.Terms = nil })) },
		"an entry id that is none":     func() (sdk.Entry, error) { return entryOfReceipt(receipt(func(e *supplement.Entry) { e.UETR = "x" })) },
		"an amount of too many decimals": func() (sdk.Entry, error) {
			return entryOfReceipt(receipt(func(e *supplement.Entry) { e.Terms.Amount.Text = "1.005" }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := read()
			require.Equal(t, sdk.Unknown, sdk.CodeOf(err), "%v", err)
			require.Equal(t, order.EntryUnknown, e.State)
		})
	}
}

func TestABalanceThatCanNotBeReadIsUnavailable(t *testing.T) {
	for name, r := range map[string]*camt004.ReturnAccountV08{
		"no account": {},
		"a currency that is none": {RptOrErr: camt004.AccountOrOperationalError4Choice{AcctRpt: []camt004.AccountReport24{{
			AcctOrErr: camt004.AccountOrBusinessError4Choice{Acct: &camt004.CashAccount37{MulBal: []camt004.CashBalance13{{Amt: "1.00"}}}},
		}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := balanceOf("ALPHUS33", r)
			require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "%v", err)
		})
	}
}

func TestTheDirectorysAnswerIsForTheAccountThatWasAsked(t *testing.T) {
	_, err := directoryAccount{Account: "BETAUS33"}.publicKey("ALPHUS33")
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	_, err = directoryAccount{Account: "ALPHUS33"}.publicKey("ALPHUS33")
	require.Equal(t, sdk.NotFound, sdk.CodeOf(err), "an account without a key")
}
