package bank_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// replyTimeout is how long the adapter waits for a reply: whatever a busy machine takes.
const replyTimeout = "30s"

func TestTheAdapterConformsInProcess(t *testing.T) {
	t.Parallel()
	h, _ := harness(t)
	conformance.InProcess(t, h)
}

func TestTheAdapterConformsOverGRPC(t *testing.T) {
	t.Parallel()
	h, _ := harness(t)
	conformance.OverGRPC(t, h)
}

func TestTheAdapterConformsAsABinary(t *testing.T) {
	t.Parallel()
	h, config := harness(t)
	binary := conformance.Build(t, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-bank")
	conformance.Binary(t, h, binary, config)
}

// harness is a fresh network, served over HTTP, and a configuration of the adapter for it.
func harness(t *testing.T) (h conformance.Harness, configPath string) {
	s := simtest.Start(t)
	configPath = writeConfig(t, s.URL, replyTimeout)
	h = s.Harness()
	h.Open = func(t testing.TB) sdk.Ledger {
		l, err := bank.Open(configPath)
		require.NoError(t, err)
		return l
	}
	h.ChainID, h.Currency, h.TooLargeMinor = simtest.ChainID, simtest.Currency, simtest.TransactionLimit+1
	h.Payer, h.Payee, h.Poor = simtest.Rich, simtest.Payee, simtest.Poor
	h.Closed, h.Doomed, h.Unknown = simtest.Closed, simtest.Doomed, simtest.Unknown
	h.Sign = func(_ testing.TB, a sdk.Account, b []byte) []byte { return conformance.NewKey(string(a)).Sign(b) }
	return h, configPath
}

// writeConfig writes a configuration of the adapter and the notary's token, as an operator would.
func writeConfig(t testing.TB, url, timeout string) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(simtest.NotaryToken+"\n"), 0o600))
	path := filepath.Join(dir, "bank.yaml")
	text := fmt.Sprintf("ledger: %s\ncurrency: %s\nurl: %s\ntoken_file: token\ntimeout: %s\n", simtest.Ledger, simtest.Currency, url, timeout)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
