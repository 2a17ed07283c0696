package cbdc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// Times that an adapter waits for a reply: in the conformance tests, whatever a busy machine takes; where a
// reply never comes, next to nothing.
const (
	replyTimeout = "10s"
	noTimeAtAll  = "500ms"
)

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
	binary := conformance.Build(t, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-cbdc")
	for name, of := range map[string]func(*testing.T) (conformance.Harness, string){
		"of a ledger that believes its notaries": harness,
		"of a ledger that checks orders":         checkingHarness,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, config := of(t)
			conformance.Binary(t, h, binary, config)
		})
	}
}

// The same ledger again, believing nobody: every order of the suite is proven to it by a hub's headers.

func TestTheAdapterOfALedgerThatChecksOrdersConformsInProcess(t *testing.T) {
	t.Parallel()
	h, _ := checkingHarness(t)
	conformance.InProcess(t, h)
}

func TestTheAdapterOfALedgerThatChecksOrdersConformsOverGRPC(t *testing.T) {
	t.Parallel()
	h, _ := checkingHarness(t)
	conformance.OverGRPC(t, h)
}

func checkingHarness(t *testing.T) (h conformance.Harness, configPath string) {
	hub := simtest.NewHub(simtest.ChainID, 10*time.Minute)
	h, configPath = harnessOf(t, simtest.StartWith(t, hub.Checking(simtest.Config(t))), "order_check: ledger\n")
	h.Prove = hub.Prove
	return h, configPath
}

// harness is a fresh ledger, served over HTTP, and a configuration of the adapter for it.
func harness(t *testing.T) (h conformance.Harness, configPath string) {
	return harnessOf(t, simtest.Start(t), "")
}

func harnessOf(t *testing.T, s *simtest.Server, more string) (h conformance.Harness, configPath string) {
	configPath = writeConfig(t, s.URL, replyTimeout, more)
	h = s.Harness()
	h.Open = func(t testing.TB) sdk.Ledger {
		l, err := cbdc.Open(configPath)
		require.NoError(t, err)
		return l
	}
	h.ChainID, h.Currency, h.TooLargeMinor = simtest.ChainID, simtest.Currency, simtest.TransactionLimit+1
	h.Payer, h.Payee, h.Poor = simtest.Rich, simtest.Payee, simtest.Poor
	h.Closed, h.Doomed, h.Unknown = simtest.Closed, simtest.Doomed, simtest.Unknown
	h.ChecksConsent = true
	h.Sign = func(_ testing.TB, a sdk.Account, b []byte) []byte { return simtest.Sign(string(a), b) }
	return h, configPath
}

// writeConfig writes a configuration of the adapter and the notary's token, as an operator would.
func writeConfig(t testing.TB, url, timeout string, more ...string) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(simtest.NotaryToken+"\n"), 0o600))
	path := filepath.Join(dir, "cbdc.yaml")
	text := fmt.Sprintf("ledger: %s\ncurrency: %s\nurl: %s\ntoken_file: token\ntimeout: %s\n", simtest.Ledger, simtest.Currency, url, timeout) + strings.Join(more, "")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
