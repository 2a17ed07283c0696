package pluginhost

import (
	"syscall"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

// A host is a ledger like any other, and stays one when its adapter dies: to the suite, killing the adapter is a
// crash, and opening it again is to wait for the host to have started the next one.
func TestAHostConforms(t *testing.T) {
	w := newWorld(t)
	w.RestartMin = time.Millisecond
	h, killed := w.start(t), 0
	balance := func(t testing.TB, a sdk.Account) sdk.Balance {
		b, err := h.Balance(t.Context(), a)
		require.NoError(t, err)
		return b
	}
	conformance.InProcess(t, conformance.Harness{
		Open: func(t testing.TB) sdk.Ledger {
			require.Eventually(t, func() bool { return h.PID() != 0 && h.PID() != killed }, 20*time.Second, time.Millisecond)
			return mortal{h, &killed}
		},
		ChainID: "corridor-test-1", Currency: "USD",
		Payer: "rich", Payee: "payee", Poor: "poor", Closed: "closed", Unknown: "nobody", Doomed: "doomed",
		CloseAccount: func(t testing.TB, a sdk.Account) { w.send(t, memory.Control{CloseAccount: a}) },
		Sign:         func(_ testing.TB, a sdk.Account, b []byte) []byte { return conformance.NewKey(string(a)).Sign(b) },
		Balance:      balance,
		Total: func(t testing.TB) (sum uint64) {
			for _, a := range []sdk.Account{"rich", "payee", "poor", "closed", "doomed", memory.SuspenseAccount("USD")} {
				b := balance(t, a)
				sum += b.AvailableMinor + b.HeldMinor
			}
			return sum
		},
		Faults: w,
	})
}

// mortal is a host whose adapter the suite can kill.
type mortal struct {
	*Host
	killed *int // the process that was killed last
}

func (m mortal) Kill() error {
	*m.killed = m.PID()
	return syscall.Kill(*m.killed, syscall.SIGKILL)
}

func (w *world) Withhold(t testing.TB, op conformance.Op, n int) {
	w.repeat(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.Withhold})
}

func (w *world) Unavailable(t testing.TB, op conformance.Op, n int) {
	w.repeat(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.TurnedAway})
}

func (w *world) Slow(t testing.TB, op conformance.Op, n int, delay time.Duration) {
	w.repeat(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.Slow, Delay: delay})
}

func (w *world) Clear(t testing.TB) { w.send(t, memory.Control{ClearFaults: true}) }

func (w *world) repeat(t testing.TB, n int, f memory.Fault) {
	for range n {
		w.send(t, memory.Control{Fault: &f})
	}
}
