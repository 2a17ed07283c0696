package simtest

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/corridor-network/corridor/adapters/bank/sim"
	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/internal/simkit/simkittest"
)

// What every network under test is.
const (
	Ledger   = "bank-test"
	Currency = "USD"
	ChainID  = "corridor-test-1"
)

// The tokens of every network under test.
const (
	AdminToken  = simkittest.AdminToken
	NotaryToken = simkittest.NotaryToken
)

// Accounts of every network under test.
const (
	Rich    = "RICHUS33"                        // a settlement account with 10,000,000 minor units
	Payee   = "PAYEGB2L:GB33BUKB20201555555555" // an account named by an IBAN
	Poor    = "RICHUS33:poor-1"                 // 500 minor units
	Closed  = "RICHUS33:closed-1"               // closed, 1,000 minor units
	Frozen  = "RICHUS33:frozen-1"               // frozen, 1,000 minor units
	Doomed  = "PAYEGB2L:doomed-1"               // open, for tests that close it
	Keyless = "PAYEGB2L"                        // no consent key
	Capped  = "RICHUS33:capped-1"               // may pay 1,000 at once, owns 2,000
	Unknown = "RICHUS33:unknown-1"              // does not exist
)

// TransactionLimit is the most that one hold may take of an account that names no limit.
const TransactionLimit = 5_000_000

// Issued is what a fresh network has issued.
const Issued = 10_000_000 + 500 + 1_000 + 1_000 + 2_000

// Config is a configuration in a fresh folder, with its tokens file.
func Config(t testing.TB) sim.Config {
	dir := t.TempDir()
	tokens := simkittest.WriteTokens(t, dir)
	account := func(id string, opening uint64) sim.AccountConfig {
		key := hex.EncodeToString(conformance.NewKey(id).Public().Bytes)
		return sim.AccountConfig{ID: id, Owner: "Owner of " + id, OpeningMinor: opening, ConsentKey: key}
	}
	keyless, capped := account(Keyless, 0), account(Capped, 2_000)
	keyless.ConsentKey, capped.TransactionLimitMinor = "", 1_000
	return sim.Config{
		Ledger: Ledger, Listen: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"), AddrFile: filepath.Join(dir, "addr"),
		TokensFile: tokens, Currency: Currency, Limits: sim.Limits{TransactionMinor: TransactionLimit},
		Members: []sim.MemberConfig{{BIC: "RICHUS33", Name: "Rich Bank"}, {BIC: "PAYEGB2L", Name: "Payee Bank"}},
		Accounts: []sim.AccountConfig{
			account(Rich, 10_000_000), account(Payee, 0), account(Poor, 500), account(Closed, 1_000), account(Frozen, 1_000),
			account(Doomed, 0), keyless, capped,
		},
	}
}

// WriteConfig writes the configuration as a user would have.
func WriteConfig(t testing.TB, c sim.Config) (path string) {
	raw, err := yaml.Marshal(c)
	require.NoError(t, err)
	path = filepath.Join(filepath.Dir(c.TokensFile), "bank.yaml")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	return path
}

// Server is a running network, asked over HTTP.
type Server struct {
	simkittest.Server
	Bank *sim.Bank
	stop func(testing.TB)
}

// Start serves a fresh network on loopback until the test ends.
func Start(t testing.TB) *Server {
	s := StartWith(t, Config(t))
	s.Admin(t, http.MethodPost, "/admin/accounts/"+Closed+"/close", nil, nil)
	s.Admin(t, http.MethodPost, "/admin/accounts/"+Frozen+"/freeze", nil, nil)
	return s
}

// StartWith serves the network of a configuration.
func StartWith(t testing.TB, c sim.Config) *Server {
	b, err := sim.OpenBank(context.Background(), c)
	require.NoError(t, err)
	tokens, err := simkit.LoadTokens(c.TokensFile)
	require.NoError(t, err)
	s := httptest.NewServer(b.Handler(tokens, slog.New(slog.DiscardHandler)))
	srv := &Server{Server: simkittest.Server{URL: s.URL}, Bank: b}
	srv.stop = func(t testing.TB) {
		srv.ClearFaults(t)
		s.Close()
		require.NoError(t, b.Close())
		srv.stop = func(testing.TB) {}
	}
	t.Cleanup(func() { srv.stop(t) })
	return srv
}

// Stop ends the server before the test does.
func (s *Server) Stop(t testing.TB) { s.stop(t) }

// Message posts a message to the network and gives status and body.
func (s *Server) Message(t testing.TB, token, media, message string) (int, []byte) {
	r, err := http.NewRequest(http.MethodPost, s.URL+"/iso20022", strings.NewReader(message))
	require.NoError(t, err)
	r.Header.Set("Content-Type", media)
	return simkittest.Send(t, token, r)
}

// Account is an account as the network lists it.
func (s *Server) Account(t testing.TB, id string) sim.AccountInfo {
	var list []sim.AccountInfo
	s.Admin(t, http.MethodGet, "/admin/accounts", nil, &list)
	for _, a := range list {
		if a.Account == id {
			return a
		}
	}
	require.FailNow(t, "no such account", id)
	return sim.AccountInfo{}
}

// Check is the network's audit, which must find nothing.
func (s *Server) Check(t testing.TB) (c sim.Check) {
	s.Admin(t, http.MethodGet, "/admin/check", nil, &c)
	require.True(t, c.OK, "%v", c.Problems)
	return c
}

// Entry is an entry with its journal.
func (s *Server) Entry(t testing.TB, uetr string) sim.Entry {
	var list []sim.Entry
	s.Admin(t, http.MethodGet, "/admin/entries?entry="+uetr, nil, &list)
	require.Len(t, list, 1)
	return list[0]
}

// NotToday is a day of the week that is neither today nor about to be, in UTC.
func NotToday() string {
	return strings.ToLower(time.Now().UTC().AddDate(0, 0, -2).Weekday().String()[:3])
}
