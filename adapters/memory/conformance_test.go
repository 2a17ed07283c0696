package memory_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

const limitMinor = 50_000_000

func keyOf(a sdk.Account) conformance.Key { return conformance.NewKey(string(a)) }

func config() memory.Config {
	account := func(id string, balance uint64, closed bool) memory.AccountConfig {
		return memory.AccountConfig{
			ID: id, Currency: "USD", BalanceMinor: balance, Closed: closed,
			ConsentKey: hex.EncodeToString(keyOf(sdk.Account(id)).Public().Bytes),
		}
	}
	return memory.Config{
		Ledger: "mem", LimitMinor: limitMinor, CheckConsents: true,
		Accounts: []memory.AccountConfig{
			account("rich", 100_000_000, false), account("payee", 0, false), account("poor", 10, false),
			account("closed", 500, true), account("doomed", 0, false),
		},
	}
}

// harness is what all three ways of running have in common.
func harness() conformance.Harness {
	return conformance.Harness{
		ChainID: "corridor-test-1", Currency: "USD",
		Payer: "rich", Payee: "payee", Poor: "poor", Closed: "closed", Unknown: "nobody", Doomed: "doomed",
		Sign:          func(_ testing.TB, a sdk.Account, b []byte) []byte { return keyOf(a).Sign(b) },
		ChecksConsent: true, TooLargeMinor: limitMinor + 1,
	}
}

// within is a harness for a ledger in the test's own process: the ledger is the object, so it outlives
// every adapter.
func within(t *testing.T) conformance.Harness {
	l, err := memory.New(config())
	require.NoError(t, err)
	h := harness()
	h.Shared = true
	h.Open = func(testing.TB) sdk.Ledger { return l }
	h.Balance = balances(func(testing.TB) sdk.BalanceReader { return l })
	h.Total = total(h.Balance)
	h.Faults = directly{l}
	h.CloseAccount = func(t testing.TB, a sdk.Account) { require.NoError(t, l.CloseAccount(a)) }
	return h
}

func TestTheReferenceLedgerConformsInProcess(t *testing.T) { conformance.InProcess(t, within(t)) }

func TestTheReferenceLedgerConformsOverGRPC(t *testing.T) { conformance.OverGRPC(t, within(t)) }

func TestTheReferenceLedgerConformsAsABinary(t *testing.T) {
	binary := conformance.Build(t, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-memory")
	c := config()
	c.StateFile, c.ControlDir = filepath.Join(t.TempDir(), "state.json"), t.TempDir()
	file := filepath.Join(t.TempDir(), "memory.yaml")
	require.NoError(t, os.WriteFile(file, configFile(c), 0o600))

	commands := &byFile{dir: c.ControlDir}
	h := harness()
	h.Faults = commands
	h.CloseAccount = func(t testing.TB, a sdk.Account) { commands.send(t, memory.Control{CloseAccount: a}) }
	h.Balance = func(t testing.TB, a sdk.Account) sdk.Balance { return savedBalance(t, c, a) }
	h.Total = total(h.Balance)
	conformance.Binary(t, h, binary, file)
}

func balances(reader func(testing.TB) sdk.BalanceReader) func(testing.TB, sdk.Account) sdk.Balance {
	return func(t testing.TB, a sdk.Account) sdk.Balance {
		b, err := reader(t).Balance(t.Context(), a)
		require.NoError(t, err)
		return b
	}
}

func total(balance func(testing.TB, sdk.Account) sdk.Balance) func(testing.TB) uint64 {
	return func(t testing.TB) (sum uint64) {
		for _, a := range config().Accounts {
			b := balance(t, sdk.Account(a.ID))
			sum += b.AvailableMinor + b.HeldMinor
		}
		return sum + balance(t, memory.SuspenseAccount("USD")).AvailableMinor
	}
}

// savedBalance reads an account from the ledger's state file, past the adapter.
func savedBalance(t testing.TB, c memory.Config, a sdk.Account) sdk.Balance {
	raw, err := os.ReadFile(c.StateFile)
	if os.IsNotExist(err) { // nothing has changed yet
		for _, opened := range c.Accounts {
			if opened.ID == string(a) {
				return sdk.Balance{Account: a, Currency: opened.Currency, AvailableMinor: opened.BalanceMinor}
			}
		}
		return sdk.Balance{Account: a}
	}
	require.NoError(t, err)
	var saved struct {
		Accounts map[string]struct {
			Currency        string
			Available, Held uint64
		}
	}
	require.NoError(t, json.Unmarshal(raw, &saved))
	s := saved.Accounts[string(a)]
	return sdk.Balance{Account: a, Currency: s.Currency, AvailableMinor: s.Available, HeldMinor: s.Held}
}

// configFile is the configuration as YAML, of which JSON is a part.
func configFile(c memory.Config) []byte {
	type entry map[string]any
	accounts := []entry{}
	for _, a := range c.Accounts {
		accounts = append(accounts, entry{
			"id": a.ID, "currency": a.Currency, "balance_minor": a.BalanceMinor, "consent_key": a.ConsentKey, "closed": a.Closed,
		})
	}
	raw, err := json.Marshal(entry{
		"ledger": c.Ledger, "limit_minor": c.LimitMinor, "check_consents": c.CheckConsents,
		"state_file": c.StateFile, "control_dir": c.ControlDir, "accounts": accounts,
	})
	if err != nil {
		panic(err)
	}
	return raw
}

// directly injects faults into a ledger of this process.
type directly struct{ l *memory.Ledger }

func (d directly) inject(n int, f memory.Fault) {
	for range n {
		d.l.Inject(f)
	}
}

func (d directly) Withhold(_ testing.TB, op conformance.Op, n int) {
	d.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.Withhold})
}

func (d directly) Unavailable(_ testing.TB, op conformance.Op, n int) {
	d.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.TurnedAway})
}

func (d directly) Slow(_ testing.TB, op conformance.Op, n int, delay time.Duration) {
	d.inject(n, memory.Fault{Op: memory.Op(op), Kind: memory.Slow, Delay: delay})
}

func (d directly) Clear(testing.TB) { d.l.ClearFaults() }

// byFile injects faults into a ledger of another process.
type byFile struct {
	dir  string
	next atomic.Int64
}

func (f *byFile) send(t testing.TB, c memory.Control) {
	require.NoError(t, c.Send(f.dir, int(f.next.Add(1))))
}

func (f *byFile) inject(t testing.TB, n int, fault memory.Fault) {
	for range n {
		f.send(t, memory.Control{Fault: &fault})
	}
}

func (f *byFile) Withhold(t testing.TB, op conformance.Op, n int) {
	f.inject(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.Withhold})
}

func (f *byFile) Unavailable(t testing.TB, op conformance.Op, n int) {
	f.inject(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.TurnedAway})
}

func (f *byFile) Slow(t testing.TB, op conformance.Op, n int, delay time.Duration) {
	f.inject(t, n, memory.Fault{Op: memory.Op(op), Kind: memory.Slow, Delay: delay})
}

func (f *byFile) Clear(t testing.TB) { f.send(t, memory.Control{ClearFaults: true}) }
