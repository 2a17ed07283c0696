package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/sim"
)

func TestTheBankHelpShowsAConfigurationThatLoads(t *testing.T) {
	var out bytes.Buffer
	cmd := newBankCommand()
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--help"})
	require.NoError(t, cmd.Execute())
	require.Contains(t, out.String(), bankExample)

	path := filepath.Join(t.TempDir(), "bank.yaml")
	require.NoError(t, os.WriteFile(path, []byte(bankExample), 0o600))
	c, err := sim.LoadConfig(path)
	require.NoError(t, err)
	require.Equal(t, "bank-usd", c.Ledger)
	require.Len(t, c.Accounts, 2)
}
