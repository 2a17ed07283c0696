package sim_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
)

const soundConfig = `ledger: cbdc-cny
data_dir: data
addr_file: addr
tokens_file: tokens.yaml
operators:
  - {id: op-1, name: Operator One}
wallets:
  - {id: W-1, operator: op-1, owner: Alpha, opening_minor: 100}
`

// soundHub is what makes that ledger check orders.
var soundHub = `hub:
  chain_id: corridor-1
  trusting_period: 336h
  root: 7:` + strings.Repeat("ab", 32) + "\n"

func TestAHubsConfigurationHasDefaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(path, []byte(soundConfig+soundHub), 0o600))
	c, err := sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "corridor-1", c.ChainID, "its orders alone count")
	require.Equal(t, 336*time.Hour, c.Hub.TrustingPeriod)
	require.Equal(t, 10*time.Second, c.Hub.MaxClockDrift)
}

func TestAConfigurationHasDefaultsAndPathsBesideItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(path, []byte(soundConfig), 0o600))
	c, err := sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "CNY", c.Currency)
	require.Equal(t, "127.0.0.1:0", c.Listen)
	require.Equal(t, filepath.Join(filepath.Dir(path), "data"), c.DataDir)
	require.Equal(t, "always open", c.OpeningHours.String())
	require.EqualValues(t, 999_999_999_999_999_999, c.Wallets[0].BalanceLimitMinor)
}

func TestABadConfigurationIsRefusedByNameOfFileAndField(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(soundConfig, from, to, 1) }
	hub := func(from, to string) string { return strings.Replace(soundHub, from, to, 1) }
	key := func(k string) string { return change("opening_minor: 100", "consent_key: "+k) }
	for name, row := range map[string]struct{ text, says string }{
		"nothing":                     {"", "ledger"},
		"no YAML":                     {"ledger: [", "yaml"},
		"a field nobody knows":        {soundConfig + "colour: red\n", "line 9: field colour not found"},
		"a word for a number":         {change("100", "plenty"), "line 8"},
		"an amount below zero":        {change("100", "-1"), "line 8"},
		"an amount with decimals":     {change("100", "1.5"), "line 8"},
		"a ledger id with a slash":    {change("cbdc-cny", "a/b"), "ledger"},
		"no data folder":              {change("data_dir: data\n", ""), "data_dir"},
		"no tokens file":              {change("tokens_file: tokens.yaml\n", ""), "tokens_file"},
		"no way to find it":           {change("addr_file: addr\n", ""), "addr_file"},
		"a currency in words":         {soundConfig + "currency: yuan\n", "currency"},
		"a zone on the moon":          {soundConfig + "opening_hours: {zone: Moon/Tycho}\n", "opening_hours.zone"},
		"an hour that is none":        {soundConfig + "opening_hours: {open: '9', close: '25:00'}\n", "opening_hours"},
		"a limit too large":           {soundConfig + "limits: {balance_minor: 9999999999999999999}\n", "limits"},
		"an operator named twice":     {change("wallets:", "  - {id: op-1}\nwallets:"), "operators[1]"},
		"an operator of no name":      {change("id: op-1", "id: ''"), "operators[0]"},
		"a wallet of no operator":     {change("operator: op-1", "operator: abc"), "wallets[0]"},
		"a wallet named twice":        {soundConfig + "  - {id: W-1, operator: op-1, owner: B}\n", "wallets[1]"},
		"a wallet of nobody":          {change("owner: Alpha, ", ""), "owner"},
		"a wallet with a colon":       {change("W-1", "'held:W-1'"), "wallets[0]"},
		"a key cut short":             {key("02ab"), "consent_key"},
		"a key that is no point":      {key("02" + strings.Repeat("ff", 32)), "consent_key"},
		"a hub of no name":            {soundConfig + hub("chain_id: corridor-1", "chain_id: ''"), "hub.chain_id"},
		"a hub of another name":       {soundConfig + "chain_id: corridor-2\n" + hub("", ""), "hub.chain_id"},
		"a hub believed for ever":     {soundConfig + hub("336h", "99999h"), "hub.trusting_period"},
		"a hub believed for no time":  {soundConfig + hub("336h", "0s"), "hub.trusting_period"},
		"a hub far ahead":             {soundConfig + hub("trusting_period", "max_clock_drift: 2m\n  trusting_period"), "hub.max_clock_drift"},
		"a hub without a root":        {soundConfig + hub("root", "max_clock_drift: 1s #"), "hub.root"},
		"a root without a height":     {soundConfig + hub("7:", ""), "hub.root"},
		"more than the wallet's room": {change("100", "100, balance_limit_minor: 99"), "opening_minor"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			require.NoError(t, os.WriteFile(path, []byte(row.text), 0o600))
			_, err := sim.LoadConfig(path)
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, row.says)
		})
	}
	_, err := sim.LoadConfig(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorContains(t, err, "none.yaml")
}

func TestAFolderOfAnotherLedgerIsRefused(t *testing.T) {
	c := simtest.Config(t)
	simtest.StartWith(t, c).Stop(t)
	other := c
	other.Ledger = "cbdc-other"
	_, err := sim.Open(context.Background(), other)
	require.ErrorContains(t, err, "it holds ledger cbdc-test")
}

func TestAFirstStartThatFailsLeavesNothingBehind(t *testing.T) {
	c := simtest.Config(t)
	broken := c
	broken.Wallets = append(broken.Wallets, sim.WalletConfig{
		ID: "W-HUGE", Operator: "op-1", Owner: "Too much", OpeningMinor: 999_999_999_999_999_999, BalanceLimitMinor: 999_999_999_999_999_999,
	})
	_, err := sim.Open(context.Background(), broken)
	require.ErrorContains(t, err, "W-HUGE")
	require.EqualValues(t, simtest.Issued, simtest.StartWith(t, c).Check(t).IssuedMinor)
}
