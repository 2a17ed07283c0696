package sim_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/bank/sim"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// golden is one of the messages that the adapter's tests compare with what is on the wire.
func golden(t testing.TB, name string) string {
	raw, err := os.ReadFile(filepath.Join("..", "testdata", name+".xml"))
	require.NoError(t, err)
	return string(raw)
}

// The UETR of the golden hold and post.
const paidUETR = "a13c5bcd-7dcc-4c63-b57a-4d6828abda97"

// underAnotherUETR is the same message about another entry.
func underAnotherUETR(message string) string {
	const another = "00000000-7dcc-4c63-b57a-4d6828abda97"
	compact := strings.NewReplacer("-", "")
	return strings.NewReplacer(paidUETR, another, compact.Replace(paidUETR), compact.Replace(another)).Replace(message)
}

// send posts a message as a notary does and gives status and body.
func send(t testing.TB, s *simtest.Server, message string) (int, string) {
	status, raw := s.Message(t, simtest.NotaryToken, "application/xml", message)
	return status, string(raw)
}

// code sends a message and gives the last code of the reply: that of a rejection or a refusal, or the state.
func code(t testing.TB, s *simtest.Server, message string) string {
	status, raw := send(t, s, message)
	require.Equal(t, http.StatusOK, status, raw)
	_, body, err := iso20022.NewCodec().Decode([]byte(raw))
	require.NoError(t, err)
	switch m := body.(type) {
	case *camt025.ReceiptV05:
		handling := m.RctDtls[0].ReqHdlg
		return string(handling[len(handling)-1].StsCd)
	case *pacs002.FitoFipaymentStatusReportV11:
		if reasons := m.TxInfAndSts[0].StsRsnInf; len(reasons) > 0 {
			return string(*reasons[0].Rsn.Cd)
		}
		return string(*m.TxInfAndSts[0].TxSts)
	case *camt047.ReturnReservationV06:
		if len(m.RptOrErr.OprlErr) > 0 {
			return string(*m.RptOrErr.OprlErr[0].Err.Prtry)
		}
		return m.SplmtryData[0].Envlp.Supplement.Entry.State
	case *camt004.ReturnAccountV08:
		if len(m.RptOrErr.OprlErr) > 0 {
			return string(*m.RptOrErr.OprlErr[0].Err.Prtry)
		}
		return "OK"
	}
	require.FailNow(t, "an unexpected reply", raw)
	return ""
}

// untouched checks that a fresh network has neither an entry nor moved a unit.
func untouched(t testing.TB, s *simtest.Server) {
	t.Helper()
	c := s.Check(t)
	require.EqualValues(t, simtest.Issued, c.IssuedMinor)
	require.EqualValues(t, simtest.Issued, c.WalletsMinor)
	var entries []sim.Entry
	s.Admin(t, http.MethodGet, "/admin/entries", nil, &entries)
	require.Empty(t, entries)
}

// What is wrong with a message before anybody looks at what it asks for: an HTTP error, and no trace.
func TestWhatIsNoMessageLeavesNoTrace(t *testing.T) {
	s := simtest.Start(t)
	hold := golden(t, "hold-request")
	for name, c := range map[string]struct {
		message, want string
		status        int
	}{
		"nothing":              {"", "ends before its first element", 400},
		"no XML":               {"{}", "ends before its first element", 400},
		"another schema":       {strings.Replace(hold, "camt.103.001.01", "camt.103.001.02", 1), "not a message of this network", 400},
		"the wrong namespace":  {strings.Replace(hold, "camt.103.001.01", "pacs.009.001.09", 1), "breaks its official schema", 400},
		"a document type":      {strings.Replace(hold, "<Document", "<!DOCTYPE x>\n<Document", 1), "document type", 400},
		"too large":            {hold + strings.Repeat(" ", iso20022.MaxMessageBytes), "larger than", 413},
		"a reply":              {golden(t, "hold-reply"), "what this bank sends", 400},
		"a status report":      {golden(t, "post-reply"), "what this bank sends", 400},
		"a notification":       {golden(t, "post-notification"), "what this bank sends", 400},
		"six decimals":         {strings.Replace(hold, "123.45", "1.234567", 1), "breaks its official schema", 400},
		"a negative amount":    {strings.Replace(hold, "123.45", "-1.00", 1), "breaks its official schema", 400},
		"an amount in words":   {strings.Replace(hold, "123.45", "much", 1), "breaks its official schema", 400},
		"nineteen digits":      {strings.Replace(hold, "123.45", "1234567890123456789", 1), "breaks its official schema", 400},
		"a currency of 4":      {strings.Replace(hold, `Ccy="USD"`, `Ccy="USDX"`, 1), "breaks its official schema", 400},
		"a BIC that is none":   {strings.Replace(hold, "<BICFI>RICHUS33", "<BICFI>rich", 1), "breaks its official schema", 400},
		"a UETR that is none":  {strings.Replace(hold, paidUETR, "A13C", 1), "breaks its official schema", 400},
		"evidence, not base64": {strings.Replace(hold, "<Sgntr>", "<Sgntr>!", 1), "breaks its official schema", 400},
	} {
		t.Run(name, func(t *testing.T) {
			status, raw := send(t, s, c.message)
			require.Equal(t, c.status, status, raw)
			var e simkit.Error
			require.NoError(t, json.Unmarshal([]byte(raw), &e))
			require.Contains(t, e.Message, c.want)
			untouched(t, s)
		})
	}
	status, _ := s.Message(t, simtest.NotaryToken, "text/plain", hold)
	require.Equal(t, 400, status, "another media type")
	for token, want := range map[string]int{"": 401, "nobodys-token-at-all": 401, simtest.AdminToken: 403} {
		status, _ := s.Message(t, token, "application/xml", hold)
		require.Equal(t, want, status, token)
	}
	untouched(t, s)
}

// What passes its schema and breaks this network's usage rules: rejected with a code, and no trace.
func TestARejectedMessageLeavesNoTrace(t *testing.T) {
	s := simtest.Start(t)
	hold, post, void := golden(t, "hold-request"), golden(t, "post-request"), golden(t, "void-request")
	lookup, balance := golden(t, "lookup-request"), golden(t, "balance-request")
	supplement := func(m string) string {
		return m[strings.Index(m, "<SplmtryData>") : strings.Index(m, "</SplmtryData>")+len("</SplmtryData>\n")]
	}
	for name, c := range map[string]struct{ message, from, to, want string }{
		"hold: no supplement":              {hold, supplement(hold), "", "FF01"},
		"hold: another's supplement":       {hold, supplement(hold), supplement(lookup), "FF01"},
		"hold: an id that is not the UETR": {hold, "<RsvatnId>a13c5bcd", "<RsvatnId>b13c5bcd", "FF01"},
		"hold: another type":               {hold, "BLKD", "CARE", "FF01"},
		"hold: a proprietary type":         {hold, "<Cd>BLKD</Cd>", "<Prtry>HOLD</Prtry>", "FF01"},
		"hold: no owner":                   {hold, "<AcctOwnr>\n<FinInstnId>\n<BICFI>RICHUS33</BICFI>\n</FinInstnId>\n</AcctOwnr>\n", "", "FF01"},
		"hold: a start in the future":      {hold, "<ValSet>\n", "<ValSet>\n<StartDtTm><Dt>2099-01-01</Dt></StartDtTm>\n", "FF01"},
		"hold: no currency":                {hold, `<AmtWthCcy Ccy="USD">123.45</AmtWthCcy>`, `<AmtWthtCcy>123.45</AmtWthtCcy>`, "FF01"},
		"hold: a payee that is no IBAN":    {hold, "GB33BUKB20201555555555", "GB34BUKB20201555555555", "FF01"},
		"hold: a BIC of no country":        {hold, "<BICFI>PAYEGB2L", "<BICFI>PAYEQQ2L", "FF01"},
		"hold: too many decimals":          {hold, "123.45", "123.456", "AM12"},
		"hold: not an ISO 4217 code":       {hold, `Ccy="USD"`, `Ccy="QQQ"`, "AM12"},
		"hold: nothing":                    {hold, "123.45", "0.00", "AM01"},
		"post: two at once":                {post, "<NbOfTxs>1<", "<NbOfTxs>2<", "FF01"},
		"post: no UETR":                    {post, "<UETR>" + paidUETR + "</UETR>\n", "", "FF01"},
		"post: another settlement":         {post, "CLRG", "INDA", "FF01"},
		"post: no payer's account":         {post, "<DbtrAcct>\n<Id>\n<Othr>\n<Id>RICHUS33</Id>\n</Othr>\n</Id>\n</DbtrAcct>\n", "", "FF01"},
		"post: too many decimals":          {post, "123.45", "123.456", "AM12"},
		"post: nothing":                    {post, "123.45", "0", "AM01"},
		"post: never reserved":             {post, "", "", "NOOR"},
		"void: no supplement":              {void, supplement(void), "", "FF01"},
		"void: an id that is not the UETR": {void, "<RsvatnId>69e39675", "<RsvatnId>00000000", "FF01"},
		"void: another currency's amount":  {void, "7.00", "7.001", "AM12"},
		"lookup: no supplement":            {lookup, supplement(lookup), "", "FF01"},
		"lookup: never reserved":           {lookup, "", "", "NOOR"},
		"balance: no such account":         {balance, "GB33BUKB20201555555555", "GB82WEST12345698765432", "AC02"},
		"balance: no owner":                {balance, "<AcctOwnr>\n<Id>\n<OrgId>\n<AnyBIC>PAYEGB2L</AnyBIC>\n</OrgId>\n</Id>\n</AcctOwnr>\n", "", "FF01"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, c.message, c.from)
			require.Equal(t, c.want, code(t, s, strings.Replace(c.message, c.from, c.to, 1)))
			untouched(t, s)
		})
	}
}

// A definite refusal tombstones the UETR in the same step; nothing makes it undone.
func TestARefusedHoldIsATombstone(t *testing.T) {
	hold, post := golden(t, "hold-request"), golden(t, "post-request")
	for name, c := range map[string]struct{ from, to, want string }{
		"not the network's currency": {`Ccy="USD"`, `Ccy="EUR"`, "AM03"},
		"no such payer":              {"<Id>RICHUS33</Id>", "<Id>unknown-1</Id>", "AC02"},
		"no such member":             {"<BICFI>RICHUS33</BICFI>", "<BICFI>NOBOUS33</BICFI>", "AC02"},
		"the payer is closed":        {"<Id>RICHUS33</Id>", "<Id>closed-1</Id>", "AC04"},
		"the payer is frozen":        {"<Id>RICHUS33</Id>", "<Id>frozen-1</Id>", "AC06"},
		"no such payee":              {"<Id>GB33BUKB20201555555555</Id>", "<Id>nobody-1</Id>", "AC03"},
		"the payee is closed":        {"<BICFI>PAYEGB2L</BICFI>\n<Id>GB33BUKB20201555555555</Id>", "<BICFI>RICHUS33</BICFI>\n<Id>closed-1</Id>", "AC07"},
		"the payee is frozen":        {"<BICFI>PAYEGB2L</BICFI>\n<Id>GB33BUKB20201555555555</Id>", "<BICFI>RICHUS33</BICFI>\n<Id>frozen-1</Id>", "AC06"},
		"payer and payee are one":    {"<BICFI>PAYEGB2L</BICFI>\n<Id>GB33BUKB20201555555555</Id>", "<BICFI>RICHUS33</BICFI>", "AG01"},
		"over the limit":             {"123.45", "50000.01", "AM14"},
		"not enough money":           {"<Id>RICHUS33</Id>", "<Id>poor-1</Id>", "AM04"},
	} {
		t.Run(name, func(t *testing.T) {
			s := simtest.Start(t)
			require.Contains(t, hold, c.from)
			require.Equal(t, c.want, code(t, s, strings.Replace(hold, c.from, c.to, 1)))
			e := s.Entry(t, paidUETR)
			require.Equal(t, sim.Tombstoned, e.State)
			require.EqualValues(t, c.want, e.ReasonCode)
			require.NotEmpty(t, e.Reason)
			require.Empty(t, e.Journal)
			require.Equal(t, c.want, code(t, s, hold), "the good order under the same UETR comes too late")
			require.Equal(t, "ED05", code(t, s, post))
			require.EqualValues(t, simtest.Issued, s.Check(t).WalletsMinor)
		})
	}
}

func TestHoldsEndAtClosingTimeAndWhatIsHeldCanStillBePosted(t *testing.T) {
	c := simtest.Config(t)
	s := simtest.StartWith(t, c)
	require.Equal(t, "HELD", code(t, s, golden(t, "hold-request")))
	s.Stop(t)
	c.OpeningHours = simkit.Hours{Days: []string{simtest.NotToday()}}
	s = simtest.StartWith(t, c)
	require.Equal(t, "TM01", code(t, s, underAnotherUETR(golden(t, "hold-request"))))
	require.Equal(t, "ACSC", code(t, s, golden(t, "post-request")))
	s.Check(t)
}

func TestAPayeeClosedOrFrozenSinceTheHoldSendsTheMoneyToSuspense(t *testing.T) {
	for verb, want := range map[string]string{"close": "AC07", "freeze": "AC06"} {
		t.Run(verb, func(t *testing.T) {
			s := simtest.Start(t)
			require.Equal(t, "HELD", code(t, s, golden(t, "hold-request")))
			s.Admin(t, http.MethodPost, "/admin/accounts/"+simtest.Payee+"/"+verb, nil, nil)
			for range 2 {
				status, raw := send(t, s, golden(t, "post-request"))
				require.Equal(t, 200, status)
				require.Contains(t, raw, "<TxSts>ACWP</TxSts>")
				require.Contains(t, raw, want)
			}
			check := s.Check(t)
			require.EqualValues(t, 12_345, check.SuspenseMinor)
			require.EqualValues(t, simtest.Issued-12_345, check.WalletsMinor)
			require.EqualValues(t, 12_345, s.Account(t, "central-bank:suspense").AvailableMinor)
		})
	}
}

// A payer frozen since the hold: a freeze stops what the owner starts, never what was promised.
func TestAFrozenPayersHoldIsStillPosted(t *testing.T) {
	s := simtest.Start(t)
	require.Equal(t, "HELD", code(t, s, golden(t, "hold-request")))
	s.Admin(t, http.MethodPost, "/admin/accounts/"+simtest.Rich+"/freeze", nil, nil)
	require.Equal(t, "ACSC", code(t, s, golden(t, "post-request")))
	s.Check(t)
}

func TestTheSameUETRWithOtherTermsIsAConflictAndChangesNothing(t *testing.T) {
	s := simtest.Start(t)
	hold, post := golden(t, "hold-request"), golden(t, "post-request")
	require.Equal(t, "HELD", code(t, s, hold))
	before := s.Entry(t, paidUETR)
	for _, message := range []string{
		strings.Replace(hold, "123.45", "123.46", 1),
		strings.Replace(hold, "<Id>GB33BUKB20201555555555</Id>", "<Id>doomed-1</Id>", 1),
		strings.Replace(hold, "<Id>RICHUS33</Id>", "<Id>capped-1</Id>", 1),
		strings.Replace(post, "123.45", "123.46", 1),
		strings.Replace(post, "<IBAN>GB33BUKB20201555555555</IBAN>", "<Othr><Id>doomed-1</Id></Othr>", 1),
		strings.Replace(post, `Ccy="USD"`, `Ccy="EUR"`, 1),
	} {
		require.Equal(t, "DU03", code(t, s, message))
		require.Equal(t, before, s.Entry(t, paidUETR))
	}
	require.Equal(t, "HELD", code(t, s, hold), "a second delivery")
	require.Equal(t, before, s.Entry(t, paidUETR))
}
