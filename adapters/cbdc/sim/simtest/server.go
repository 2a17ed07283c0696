package simtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/internal/simkit/simkittest"
)

// The tokens of every ledger under test.
const (
	AdminToken   = simkittest.AdminToken
	NotaryToken  = simkittest.NotaryToken
	Notary2Token = simkittest.Notary2Token
)

// Wallets of every ledger under test.
const (
	Rich    = "W-RICH"   // 10,000,000 minor units
	Payee   = "W-PAYEE"  // open
	Poor    = "W-POOR"   // 500 minor units
	Closed  = "W-CLOSED" // closed, 1,000 minor units
	Frozen  = "W-FROZEN" // frozen, 1,000 minor units
	Doomed  = "W-DOOMED" // open, for tests that close it
	Keyless = "W-KEYLESS"
	Capped  = "W-CAPPED"  // may pay 1,000 at once, may own 5,000, owns 2,000
	Unknown = "W-UNKNOWN" // does not exist
)

// TransactionLimit is the most that one hold may take of a wallet that names no limit.
const TransactionLimit = 5_000_000

// Issued is what a fresh ledger has issued.
const Issued = 10_000_000 + 500 + 1_000 + 1_000 + 2_000 + 3_000

// Config is a configuration in a fresh folder, with its tokens file.
func Config(t testing.TB) sim.Config {
	dir := t.TempDir()
	tokens := simkittest.WriteTokens(t, dir)
	wallet := func(id string, opening uint64) sim.WalletConfig {
		return sim.WalletConfig{ID: id, Operator: "op-1", Owner: "Owner of " + id, OpeningMinor: opening, ConsentKey: PublicKeyHex(id)}
	}
	keyless, capped := wallet(Keyless, 0), wallet(Capped, 2_000)
	keyless.ConsentKey = ""
	capped.TransactionLimitMinor, capped.BalanceLimitMinor = 1_000, 5_000
	return sim.Config{
		Ledger: Ledger, ChainID: ChainID, Listen: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"),
		AddrFile: filepath.Join(dir, "addr"), TokensFile: tokens, Currency: Currency,
		Limits:    sim.Limits{TransactionMinor: TransactionLimit, BalanceMinor: 1_000_000_000},
		Operators: []sim.OperatorConfig{{ID: "op-1", Name: "Operator One", ReserveMinor: 3_000}, {ID: "op-2", Name: "Operator Two"}},
		Wallets: []sim.WalletConfig{
			wallet(Rich, 10_000_000), wallet(Payee, 0), wallet(Poor, 500), wallet(Closed, 1_000), wallet(Frozen, 1_000),
			wallet(Doomed, 0), keyless, capped,
		},
	}
}

// WriteConfig writes the configuration as a user would have.
func WriteConfig(t testing.TB, c sim.Config) (path string) {
	raw, err := yaml.Marshal(c)
	require.NoError(t, err)
	path = filepath.Join(filepath.Dir(c.TokensFile), "ledger.yaml")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	return path
}

// Server is a running ledger, asked over HTTP.
type Server struct {
	simkittest.Server
	stop func(testing.TB)
}

// Start serves a fresh ledger on loopback until the test ends.
func Start(t testing.TB) *Server { return StartWith(t, Config(t)) }

// StartWith serves the ledger of a configuration.
func StartWith(t testing.TB, c sim.Config) *Server {
	l, err := sim.Open(context.Background(), c)
	require.NoError(t, err)
	tokens, err := simkit.LoadTokens(c.TokensFile)
	require.NoError(t, err)
	s := httptest.NewServer(l.Handler(tokens, slog.New(slog.DiscardHandler)))
	srv := &Server{Server: simkittest.Server{URL: s.URL}}
	srv.stop = func(t testing.TB) {
		srv.ClearFaults(t)
		s.Close()
		require.NoError(t, l.Close())
		srv.stop = func(testing.TB) {}
	}
	t.Cleanup(func() { srv.Stop(t) })
	srv.Admin(t, http.MethodPost, "/admin/accounts/"+Closed+"/close", nil, nil)
	srv.Admin(t, http.MethodPost, "/admin/accounts/"+Frozen+"/freeze", nil, nil)
	return srv
}

// Stop ends the server before the test does.
func (s *Server) Stop(t testing.TB) { s.stop(t) }

// Account is an account as the ledger lists it.
func (s *Server) Account(t testing.TB, id string) sim.Account {
	for _, a := range s.Accounts(t) {
		if a.Account == id {
			return a
		}
	}
	require.FailNow(t, "no such account", id)
	return sim.Account{}
}

// Accounts lists all.
func (s *Server) Accounts(t testing.TB) (list []sim.Account) {
	s.Admin(t, http.MethodGet, "/admin/accounts", nil, &list)
	return list
}

// Check is the ledger's audit, which must find nothing.
func (s *Server) Check(t testing.TB) (c sim.Check) {
	s.Admin(t, http.MethodGet, "/admin/check", nil, &c)
	require.True(t, c.OK, "%v", c.Problems)
	return c
}

// Entry is an entry with its journal.
func (s *Server) Entry(t testing.TB, id string) sim.EntryWithJournal {
	var list []sim.EntryWithJournal
	s.Admin(t, http.MethodGet, "/admin/entries?entry="+id, nil, &list)
	require.Len(t, list, 1)
	return list[0]
}
