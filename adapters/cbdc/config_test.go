package cbdc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const soundConfig = "ledger: cbdc-cny\ncurrency: CNY\nurl: http://127.0.0.1:8080\ntoken_file: token\n"

// openWith opens the adapter with a configuration and a token file of a mode.
func openWith(t *testing.T, config, token string, mode os.FileMode) (sdk.Ledger, error) {
	dir := t.TempDir()
	path := filepath.Join(dir, "adapter.yaml")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(token), mode))
	require.NoError(t, os.Chmod(filepath.Join(dir, "token"), mode))
	return cbdc.Open(path)
}

const soundToken = "a-token-of-some-length\n"

func TestASoundConfigurationOpensWithoutACall(t *testing.T) {
	l, err := openWith(t, soundConfig+"max_amount_minor: 500\n", soundToken, 0o600)
	require.NoError(t, err)
	d, err := l.Describe(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Validate())
	require.Equal(t, sdk.Description{
		Name: "cbdc 0.1.0", Ledger: "cbdc-cny", Currencies: []string{"CNY"}, Cell: sdk.CellHolds, OrderCheck: sdk.OrderCheckNone,
		MaxAmountMinor: 500, Optional: []string{"balances"},
	}, d)
}

func TestALedgerThatChecksOrdersIsDescribedAsOne(t *testing.T) {
	l, err := openWith(t, soundConfig+"order_check: ledger\n", soundToken, 0o600)
	require.NoError(t, err)
	d, err := l.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, sdk.OrderCheckLedger, d.OrderCheck)
	require.Equal(t, []string{sdk.OptionalBalances, sdk.OptionalOrders}, d.Optional)
}

func TestABadConfigurationIsRefusedByNameOfFileAndField(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(soundConfig, from, to, 1) }
	url := func(u string) string { return change("http://127.0.0.1:8080", u) }
	for name, row := range map[string]struct {
		config, token string
		mode          os.FileMode
		says          string
	}{
		"nothing":                        {"", soundToken, 0o600, "ledger"},
		"a field nobody knows":           {soundConfig + "colour: red\n", soundToken, 0o600, "colour"},
		"a ledger id with a slash":       {change("cbdc-cny", "a/b"), soundToken, 0o600, "ledger"},
		"a currency in lower case":       {change("CNY", "cny"), soundToken, 0o600, "currency"},
		"a time-out below zero":          {soundConfig + "timeout: -1s\n", soundToken, 0o600, "timeout"},
		"a time-out without end":         {soundConfig + "timeout: 24h\n", soundToken, 0o600, "timeout"},
		"an amount too large":            {soundConfig + "max_amount_minor: 1000000000000000000\n", soundToken, 0o600, "max_amount_minor"},
		"an order check by somebody":     {soundConfig + "order_check: notary\n", soundToken, 0o600, "order_check"},
		"a url without a host":           {url("http:///"), soundToken, 0o600, "url"},
		"a url with a path":              {url("http://127.0.0.1/v1"), soundToken, 0o600, "url"},
		"a url with a password":          {url("http://u:p@127.0.0.1"), soundToken, 0o600, "url"},
		"another scheme":                 {url("ftp://127.0.0.1"), soundToken, 0o600, "https"},
		"plain http over the network":    {url("http://ledger.example"), soundToken, 0o600, "plain http"},
		"no token file":                  {change("token_file: token", "token_file: none"), soundToken, 0o600, "token_file"},
		"a token that others can read":   {soundConfig, soundToken, 0o644, "chmod 600"},
		"a token too short":              {soundConfig, "short", 0o600, "printable"},
		"two tokens":                     {soundConfig, soundToken + soundToken, 0o600, "one token"},
		"a token file that is something": {soundConfig, strings.Repeat("x", 1<<10), 0o600, "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openWith(t, row.config, row.token, row.mode)
			require.Equal(t, sdk.Invalid, sdk.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, "adapter.yaml")
			require.ErrorContains(t, err, row.says)
			require.NotContains(t, err.Error(), "a-token-of-some-length")
		})
	}
}
