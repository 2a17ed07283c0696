package conformance

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/hashicorp/go-hclog"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// patience bounds one call that no fault makes slow.
const patience = 30 * time.Second

// InProcess runs the suite against the adapter as it is, within the test's process.
func InProcess(t *testing.T, h Harness) {
	open := h.Open
	h.Open = func(t testing.TB) sdk.Ledger {
		inner := open(t)
		l, err := sdk.Check(t.Context(), inner)
		require.NoError(t, err)
		if k, ok := inner.(killer); ok {
			return struct {
				sdk.Ledger
				killer
			}{l, k}
		}
		return l
	}
	run(t, h)
}

// OverGRPC runs the suite against the adapter behind a gRPC connection within the test's process.
func OverGRPC(t *testing.T, h Harness) {
	open := h.Open
	h.Open = func(t testing.TB) sdk.Ledger { return overGRPC(t, open(t)) }
	run(t, h)
}

func overGRPC(t testing.TB, l sdk.Ledger) sdk.Ledger {
	listener := bufconn.Listen(1 << 20)
	server := sdk.NewServer()
	require.NoError(t, sdk.Register(t.Context(), server, l))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-served)
	})
	conn, err := grpc.NewClient("passthrough:///bufconn", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	client, err := sdk.NewClient(t.Context(), conn)
	require.NoError(t, err)
	return client
}

// Binary runs the suite against the built adapter: a process of its own, started as a notary's relayer
// starts it, and killed where the suite wants a crash. The harness's Open is not used.
func Binary(t *testing.T, h Harness, binaryPath, configPath string) {
	h.Open = func(t testing.TB) sdk.Ledger {
		var log bytes.Buffer // read only after Close, when nobody writes any more
		logger := hclog.New(&hclog.LoggerOptions{Name: filepath.Base(binaryPath), Level: hclog.Info, Output: &log})
		p, err := sdk.Start(binaryPath, configPath, logger)
		if err != nil {
			t.Log(log.String())
		}
		require.NoError(t, err)
		t.Cleanup(func() {
			p.Close()
			if t.Failed() {
				t.Log(log.String())
			}
		})
		return p
	}
	run(t, h)
}

// Build compiles the main package into a temporary directory and gives the binary's path.
func Build(t testing.TB, mainPackage string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(mainPackage))
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, mainPackage).CombinedOutput()
	require.NoError(t, err, "go build %s: %s", mainPackage, out)
	return path
}

// suite is one run: the harness and the adapter that is open now.
type suite struct {
	Harness
	ledger sdk.Ledger
	id     string     // the ledger's
	total  uint64     // all money, which never changes
	outer  testing.TB // outlives every test, for an adapter that a test opens again
}

func run(t *testing.T, h Harness) {
	open, orders := h.Open, &hub{prove: h.Prove, proven: map[order.Hash]bool{}}
	h.Open = func(t testing.TB) sdk.Ledger { return asNotary(t, open(t), orders) }
	s := &suite{Harness: h, ledger: h.Open(t), outer: t}
	d, err := s.ledger.Describe(t.Context())
	require.NoError(t, err)
	require.Contains(t, d.Currencies, h.Currency, "the harness names a currency that the ledger does not have")
	s.id = d.Ledger
	s.total = s.money(t)
	for _, topic := range []struct {
		name  string
		tests []test
	}{
		{"holds", holds},
		{"refusals", refusals},
		{"posts", posts},
		{"voids", voids},
		{"lookups", lookups},
		{"consent keys", consentKeys},
		{"idempotency", idempotency},
		{"conflicts", conflicts},
		{"tombstones", tombstones},
		{"errors", mistakes},
		{"limits", limits},
		{"concurrency", concurrency},
		{"faults", faults},
		{"crashes", crashes},
		{"suspense", suspense},
		{"books", books},
	} {
		t.Run(topic.name, func(t *testing.T) {
			for _, test := range topic.tests {
				if missing := s.missing(test.needs); missing != "" {
					t.Logf("left out: %q needs %s", test.name, missing)
					continue
				}
				t.Run(test.name, func(t *testing.T) { s.one(t, test) })
			}
		})
	}
}

// test is one test; its name is a sentence about every ledger that has what the test needs.
type test struct {
	name  string
	needs need
	run   func(t *testing.T, s *suite)
}

// need is what a ledger or its harness may not have. What needs it is left out, and the log says so: it is
// no skipped test, for there is nothing to be tested.
type need uint

const (
	aConsentCheck need = 1 << iota // the ledger verifies consents itself
	twoAdapters                    // several adapters at once on one ledger
	someFaults                     // faults that can be switched on
	aDoomedPayee                   // a payee to close, and a total to check by
	aLimit                         // an amount that is too large
	aCrash                         // an adapter that can die and be opened again
	aBook                          // the ledger checks orders itself
	nothing       need = 0
)

// missing is what is needed and not there, or "".
func (s *suite) missing(n need) string {
	_, mortal := s.ledger.(killer)
	switch {
	case n&aConsentCheck != 0 && !s.ChecksConsent:
		return "a ledger that checks consents (Harness.ChecksConsent)"
	case n&twoAdapters != 0 && !s.Shared:
		return "several adapters at once on one ledger (Harness.Shared)"
	case n&someFaults != 0 && s.Faults == nil:
		return "faults that can be switched on (Harness.Faults)"
	case n&aDoomedPayee != 0 && (s.Doomed == "" || s.CloseAccount == nil || s.Total == nil):
		return "a payee to close and a total to check by (Harness.Doomed, CloseAccount, Total)"
	case n&aLimit != 0 && s.TooLargeMinor == 0:
		return "an amount that is too large (Harness.TooLargeMinor)"
	case n&aBook != 0 && s.Prove == nil:
		return "a ledger that checks orders (Harness.Prove)"
	case n&aCrash != 0 && !mortal && !s.Shared:
		return "an adapter that can be killed, or dropped while another is opened (Harness.Shared)"
	}
	return ""
}

func (s *suite) one(t *testing.T, test test) {
	if s.Faults != nil {
		t.Cleanup(func() { s.Faults.Clear(t) })
	}
	test.run(t, s)
	require.Equal(t, s.total, s.money(t), "money was made or lost")
}

// money is all money that the suite can see.
func (s *suite) money(t testing.TB) uint64 {
	if s.Total != nil {
		return s.Total(t)
	}
	var sum uint64
	for _, a := range []sdk.Account{s.Payer, s.Payee, s.Poor, s.Doomed} {
		if a != "" {
			b := s.Balance(t, a)
			sum += b.AvailableMinor + b.HeldMinor
		}
	}
	return sum
}
