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
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt054"
	"github.com/corridor-network/corridor/adapters/bank/sim"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestAccountsAreOpenedFrozenClosedAndReopened(t *testing.T) {
	s := simtest.Start(t)
	var a sim.AccountInfo
	s.Admin(t, http.MethodPost, "/admin/accounts", map[string]any{"account": "PAYEGB2L:new-1", "owner": "New", "opening_minor": 42}, &a)
	require.Equal(t, sim.AccountInfo{
		Account: "PAYEGB2L:new-1", Kind: "member", Operator: "PAYEGB2L", Owner: "New", Currency: "USD", AvailableMinor: 42, Status: sim.Open,
	}, a)
	for verb, want := range map[string]sim.Status{"freeze": sim.Frozen, "close": sim.Closed, "reopen": sim.Open} {
		s.Admin(t, http.MethodPost, "/admin/accounts/PAYEGB2L:new-1/"+verb, nil, &a)
		require.Equal(t, want, a.Status)
	}
	s.Admin(t, http.MethodPost, "/admin/issue", map[string]any{"operator": "PAYEGB2L", "amount_minor": 8}, &a)
	require.Equal(t, "PAYEGB2L", a.Account)
	require.EqualValues(t, 8, a.AvailableMinor)
	require.EqualValues(t, simtest.Issued+50, s.Check(t).IssuedMinor)
}

func TestWhatTheAdminGetsWrongChangesNothing(t *testing.T) {
	s := simtest.Start(t)
	for name, c := range map[string]struct {
		path   string
		body   any
		status int
		want   string
	}{
		"an account that is open":    {"/admin/accounts", map[string]any{"account": simtest.Rich}, 409, "open already"},
		"no notation":                {"/admin/accounts", map[string]any{"account": "W-ALPHA"}, 400, "no BIC"},
		"no member":                  {"/admin/accounts", map[string]any{"account": "NOBOUS33"}, 404, "not a member"},
		"a key that is none":         {"/admin/accounts", map[string]any{"account": "RICHUS33:x", "consent_key": "02"}, 400, "66 hex digits"},
		"a field it doesn't know":    {"/admin/accounts", map[string]any{"account": "RICHUS33:x", "colour": 1}, 400, "colour"},
		"a negative opening balance": {"/admin/accounts", map[string]any{"account": "RICHUS33:x", "opening_minor": -1}, 400, "opening_minor"},
		"more money than there is":   {"/admin/accounts", map[string]any{"account": "RICHUS33:x", "opening_minor": uint64(iso20022.MaxAmountMinor)}, 400, "all money together"},
		"an unknown account":         {"/admin/accounts/RICHUS33:none/close", nil, 404, "no account"},
		"an issue of nothing":        {"/admin/issue", map[string]any{"account": simtest.Rich}, 400, "want 1 or more"},
		"an issue to nobody":         {"/admin/issue", map[string]any{"account": "NOBOUS33", "amount_minor": 1}, 404, "no account"},
		"an issue to a closed one":   {"/admin/issue", map[string]any{"account": simtest.Closed, "amount_minor": 1}, 409, "closed"},
		"a path it doesn't have":     {"/admin/nothing", nil, 400, "its API is"},
	} {
		t.Run(name, func(t *testing.T) {
			status, raw := s.Do(t, simtest.AdminToken, http.MethodPost, c.path, c.body)
			require.Equal(t, c.status, status, "%s", raw)
			require.Contains(t, string(raw), c.want)
			untouched(t, s)
		})
	}
	for _, token := range []string{"", simtest.NotaryToken} {
		status, _ := s.Do(t, token, http.MethodGet, "/admin/accounts", nil)
		require.Contains(t, []int{401, 403}, status)
	}
}

func TestTheDirectoryHasTheConsentKeysOnFile(t *testing.T) {
	s := simtest.Start(t)
	get := func(path string) (d sim.DirectoryEntry) {
		status, raw := s.Do(t, simtest.NotaryToken, http.MethodGet, path, nil)
		require.Equal(t, 200, status)
		require.NoError(t, json.Unmarshal(raw, &d))
		return d
	}
	require.Equal(t, "secp256k1", get("/directory/accounts/"+simtest.Rich).ConsentKey.Type)
	require.Nil(t, get("/directory/accounts/"+simtest.Keyless).ConsentKey)
	status, _ := s.Do(t, simtest.NotaryToken, http.MethodGet, "/directory/accounts/"+simtest.Unknown, nil)
	require.Equal(t, 404, status)
	status, _ = s.Do(t, "", http.MethodGet, "/directory/accounts/"+simtest.Rich, nil)
	require.Equal(t, 401, status)
	status, raw := s.Do(t, simtest.NotaryToken, http.MethodGet, "/directory/members", nil)
	require.Equal(t, 200, status)
	require.JSONEq(t, `[{"bic":"PAYEGB2L","name":"Payee Bank"},{"bic":"RICHUS33","name":"Rich Bank"}]`, string(raw))
	status, raw = s.Do(t, "", http.MethodGet, "/healthz", nil)
	require.Equal(t, 200, status)
	require.JSONEq(t, `{"status":"ok","ledger":"bank-test"}`, string(raw))
}

func TestBothAccountHoldersAreToldOfASettledPayment(t *testing.T) {
	s := simtest.Start(t)
	require.Equal(t, "HELD", code(t, s, golden(t, "hold-request")))
	require.Equal(t, "ACSC", code(t, s, golden(t, "post-request")))
	require.Equal(t, "ACSC", code(t, s, golden(t, "post-request")), "told once, however often it is delivered")
	for account, side := range map[string]camt054.CreditDebitCode{simtest.Rich: "DBIT", simtest.Payee: "CRDT"} {
		var list []sim.Notification
		s.Admin(t, http.MethodGet, "/notifications?after=0&account="+account, nil, &list)
		require.Len(t, list, 1)
		require.Equal(t, paidUETR, list[0].EntryID)
		_, body, err := iso20022.NewCodec().Decode([]byte(list[0].Message))
		require.NoError(t, err)
		entry := body.(*camt054.BankToCustomerDebitCreditNotificationV08).Ntfctn[0].Ntry[0]
		require.Equal(t, side, entry.CdtDbtInd)
		require.Equal(t, "123.45", entry.Amt.Text)
		var later []sim.Notification
		s.Admin(t, http.MethodGet, "/notifications?after=99&account="+account, nil, &later)
		require.Empty(t, later)
	}
	status, _ := s.Do(t, simtest.AdminToken, http.MethodGet, "/notifications?account=NOBOUS33", nil)
	require.Equal(t, 404, status)
	status, _ = s.Do(t, simtest.AdminToken, http.MethodGet, "/notifications?after=x&account="+simtest.Rich, nil)
	require.Equal(t, 400, status)
}

func TestASwitchedOnRefusalIsADefiniteOne(t *testing.T) {
	s := simtest.Start(t)
	s.Fault(t, simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeRefuse, Count: 1, Reason: "not today"})
	require.Equal(t, "MS03", code(t, s, golden(t, "hold-request")))
	require.Equal(t, "not today", s.Entry(t, paidUETR).Reason)
	require.Equal(t, "HELD", code(t, s, underAnotherUETR(golden(t, "hold-request"))))
}

func TestAConfigurationThatIsWrongIsRefusedWithItsField(t *testing.T) {
	good := `
ledger: bank-usd
data_dir: data
tokens_file: tokens.yaml
addr_file: addr
members: [{bic: ALPHUS33, name: Alpha}]
accounts: [{id: ALPHUS33, opening_minor: 5}, {id: "ALPHUS33:1", owner: Somebody}]
`
	for name, c := range map[string]struct{ from, to, want string }{
		"no ledger":               {"ledger: bank-usd", "", "ledger:"},
		"no data folder":          {"data_dir: data", "", "data_dir:"},
		"no tokens":               {"tokens_file: tokens.yaml", "", "tokens_file:"},
		"no way to find it":       {"addr_file: addr\n", "", "addr_file:"},
		"half a minor unit":       {"opening_minor: 5", "opening_minor: 1.5", "1.5 is no whole number"},
		"a second document":       {"\nledger:", "\ncurrency: USD\n---\nledger:", "second document"},
		"no ISO 4217 code":        {"ledger:", "currency: QQQ\nledger:", "currency:"},
		"a field it doesn't know": {"ledger:", "colour: red\nledger:", "colour"},
		"no hours":                {"ledger:", "opening_hours: {open: \"9\", close: \"17:00\"}\nledger:", "opening_hours.open"},
		"a limit over 18 digits":  {"ledger:", "limits: {transaction_minor: 1000000000000000000}\nledger:", "limits.transaction_minor"},
		"a BIC that is none":      {"bic: ALPHUS33", "bic: ALPHA", "members[0]: bic:"},
		"a member twice":          {"[{bic: ALPHUS33, name: Alpha}", "[{bic: ALPHUS33, name: Alpha}, {bic: ALPHUS33, name: Alpha}", "members[1]: bic:"},
		"a member without a name": {", name: Alpha", "", "members[0]: name:"},
		"another's account":       {"id: ALPHUS33,", "id: BETAUS33,", "accounts[0]: id:"},
		"an account twice":        {`"ALPHUS33:1"`, "ALPHUS33", "accounts[1]: id:"},
		"an id that is none":      {`"ALPHUS33:1"`, `"ALPHUS33:1 1"`, "accounts[1]: id:"},
		"a key that is none":      {"owner: Somebody", "consent_key: zz", "accounts[1]: consent_key:"},
		"more than all money":     {"owner: Somebody", "opening_minor: 999999999999999999", "accounts[1]: opening_minor:"},
		"a long name":             {"Somebody", strings.Repeat("n", 71), "accounts[1]: owner:"},
		"no YAML":                 {"ledger:", "\tledger:", "yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.from)
			path := filepath.Join(t.TempDir(), "bank.yaml")
			require.NoError(t, os.WriteFile(path, []byte(strings.Replace(good, c.from, c.to, 1)), 0o600))
			_, err := sim.LoadConfig(path)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, path)
		})
	}
	path := filepath.Join(t.TempDir(), "bank.yaml")
	require.NoError(t, os.WriteFile(path, []byte(good), 0o600))
	c, err := sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "USD", c.Currency)
	require.Equal(t, "Alpha", c.Accounts[0].Owner)
	require.Equal(t, filepath.Join(filepath.Dir(path), "data"), c.DataDir)
}
