package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
)

func TestTheCBDCHelpShowsAConfigurationThatLoads(t *testing.T) {
	var out bytes.Buffer
	cmd := newCBDCCommand()
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--help"})
	require.NoError(t, cmd.Execute())
	require.Contains(t, out.String(), cbdcExample)

	path := filepath.Join(t.TempDir(), "cbdc.yaml")
	require.NoError(t, os.WriteFile(path, []byte(cbdcExample), 0o600))
	c, err := sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "cbdc-cny", c.Ledger)
	require.Len(t, c.Wallets, 1)
	require.Nil(t, c.Hub)

	require.Contains(t, out.String(), cbdcHubExample)
	require.NoError(t, os.WriteFile(path, []byte(cbdcExample+cbdcHubExample), 0o600))
	c, err = sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "corridor-1", c.Hub.ChainID)
}

func TestTheCBDCCommandSaysWhatIsMissing(t *testing.T) {
	for says, args := range map[string][]string{
		`"config" not set`: {},
		"none.yaml":        {"--config", "none.yaml"},
		"unknown command":  {"--config", "x.yaml", "extra"},
	} {
		cmd := newCBDCCommand()
		cmd.SetOut(&bytes.Buffer{})
		cmd.SetErr(&bytes.Buffer{})
		cmd.SetArgs(args)
		require.ErrorContains(t, cmd.Execute(), says)
	}
}
