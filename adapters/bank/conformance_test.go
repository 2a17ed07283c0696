package bank_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// How long the adapter waits for a reply: short where replies get lost, so that one costs a test little.
const (
	shortTimeout = "700ms"
	longTimeout  = "30s"
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
	h, config := harness(t)
	binary := conformance.Build(t, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-bank")
	conformance.Binary(t, h, binary, config)
}

// harness is a fresh network, served over HTTP, and a configuration of the adapter for it.
func harness(t *testing.T) (h conformance.Harness, configPath string) {
	s := simtest.Start(t)
	configPath = writeConfig(t, s.URL, shortTimeout)
	return conformance.Harness{
		Open: func(t testing.TB) sdk.Ledger {
			l, err := bank.Open(configPath)
			require.NoError(t, err)
			return l
		},
		Shared: true, ChainID: simtest.ChainID, Currency: simtest.Currency,
		Payer: simtest.Rich, Payee: simtest.Payee, Poor: simtest.Poor, Closed: simtest.Closed, Unknown: simtest.Unknown,
		Doomed: simtest.Doomed,
		CloseAccount: func(t testing.TB, a sdk.Account) {
			s.Admin(t, http.MethodPost, "/admin/accounts/"+string(a)+"/close", nil, nil)
		},
		Sign: func(_ testing.TB, a sdk.Account, b []byte) []byte { return conformance.NewKey(string(a)).Sign(b) },
		Balance: func(t testing.TB, id sdk.Account) sdk.Balance {
			a := s.Account(t, string(id))
			return sdk.Balance{Account: id, Currency: a.Currency, AvailableMinor: a.AvailableMinor, HeldMinor: a.HeldMinor}
		},
		Total: func(t testing.TB) uint64 {
			c := s.Check(t)
			return c.WalletsMinor + c.HeldMinor + c.SuspenseMinor
		},
		Faults: faults{s}, TooLargeMinor: simtest.TransactionLimit + 1,
	}, configPath
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

// faults switches faults on in the network itself.
type faults struct{ s *simtest.Server }

func (f faults) Withhold(t testing.TB, op conformance.Op, n int) {
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeWithhold, Count: n})
}

func (f faults) Unavailable(t testing.TB, op conformance.Op, n int) {
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeUnavailable, Count: n})
}

func (f faults) Slow(t testing.TB, op conformance.Op, n int, delay time.Duration) {
	delay = min(delay, 10*time.Minute) // the longest that the network has
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeSlow, Count: n, DelayMS: int(delay.Milliseconds())})
}

func (f faults) Clear(t testing.TB) { f.s.Admin(t, http.MethodDelete, "/admin/faults", nil, nil) }
