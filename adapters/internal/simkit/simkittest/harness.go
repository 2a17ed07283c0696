package simkittest

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// hangUpMS is when the ledger hangs up on a withheld reply, so that a lost one costs a test little and the adapter's
// own time-out can be long enough for a busy machine.
const hangUpMS = 50

// Harness is what the conformance kit asks of the ledger itself, not through the adapter. The caller adds how to open
// the adapter, the accounts and the signatures.
func (s *Server) Harness() conformance.Harness {
	return conformance.Harness{
		Shared: true, Faults: faults{s}, Balance: s.balance,
		CloseAccount: func(t testing.TB, a sdk.Account) {
			s.Admin(t, http.MethodPost, "/admin/accounts/"+string(a)+"/close", nil, nil)
		},
		Total: func(t testing.TB) uint64 {
			var c struct {
				OK            bool     `json:"ok"`
				WalletsMinor  uint64   `json:"wallets_minor"`
				HeldMinor     uint64   `json:"held_minor"`
				SuspenseMinor uint64   `json:"suspense_minor"`
				Problems      []string `json:"problems"`
			}
			s.Admin(t, http.MethodGet, "/admin/check", nil, &c)
			require.True(t, c.OK, "%v", c.Problems)
			return c.WalletsMinor + c.HeldMinor + c.SuspenseMinor
		},
	}
}

func (s *Server) balance(t testing.TB, id sdk.Account) sdk.Balance {
	var list []struct {
		Account        sdk.Account `json:"account"`
		Currency       string      `json:"currency"`
		AvailableMinor uint64      `json:"available_minor"`
		HeldMinor      uint64      `json:"held_minor"`
	}
	s.Admin(t, http.MethodGet, "/admin/accounts", nil, &list)
	for _, a := range list {
		if a.Account == id {
			return sdk.Balance{Account: id, Currency: a.Currency, AvailableMinor: a.AvailableMinor, HeldMinor: a.HeldMinor}
		}
	}
	require.FailNow(t, "no such account", string(id))
	return sdk.Balance{}
}

// faults switches faults on in the ledger itself.
type faults struct{ s *Server }

func (f faults) Withhold(t testing.TB, op conformance.Op, n int) {
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeWithhold, Count: n, DelayMS: hangUpMS})
}

func (f faults) Unavailable(t testing.TB, op conformance.Op, n int) {
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeUnavailable, Count: n})
}

func (f faults) Slow(t testing.TB, op conformance.Op, n int, delay time.Duration) {
	delay = min(delay, 10*time.Minute) // the longest that a simulator has
	f.s.Fault(t, simkit.Fault{Operation: string(op), Mode: simkit.ModeSlow, Count: n, DelayMS: int(delay.Milliseconds())})
}

func (f faults) Clear(t testing.TB) { f.s.ClearFaults(t) }
