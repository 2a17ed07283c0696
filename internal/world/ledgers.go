package world

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	bank "github.com/corridor-network/corridor/adapters/bank/sim"
	cbdc "github.com/corridor-network/corridor/adapters/cbdc/sim"
	"go.yaml.in/yaml/v3"
)

// Simulator is one simulated ledger and where its files lie.
type Simulator struct {
	Ledger    string
	Kind      string // the sub-command of corridor-sim
	Config    string // file
	AddrFile  string // written by the simulator once it listens
	AdminFile string // holds the admin's token
}

// operator is the CBDC's one operator: it keeps every wallet.
const operator = "operator-1"

// Simulators are the two simulators.
func (w *World) Simulators() []Simulator {
	sims := []Simulator{{Ledger: CBDC, Kind: "cbdc"}, {Ledger: Bank, Kind: "bank"}}
	for i, s := range sims {
		dir := filepath.Join(w.Dir, "ledgers", s.Ledger)
		sims[i].Config, sims[i].AddrFile, sims[i].AdminFile = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "addr"), filepath.Join(dir, "admin.token")
	}
	return sims
}

// trustingPeriod is for how long the CBDC believes a header of the hub: two thirds of the hub's unbonding time.
const trustingPeriod = 14 * 24 * time.Hour

// WriteSimulators writes the two simulators' files. root, HEIGHT:HASH, is the hub's header that the CBDC believes first; empty: it checks no orders.
func (w *World) WriteSimulators(chainID, root string) ([]Simulator, error) {
	sims := w.Simulators()
	for _, s := range sims {
		dir := filepath.Dir(s.Config)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		if err := w.writeTokens(s, dir); err != nil {
			return nil, err
		}
		if err := writeYAML(s.Config, w.simulatorConfig(s, chainID, root)); err != nil {
			return nil, err
		}
	}
	return sims, nil
}

// writeTokens makes the admin's and the notaries' tokens; the simulator gets their hashes alone.
func (w *World) writeTokens(s Simulator, dir string) error {
	admin, err := newToken(s.AdminFile)
	if err != nil {
		return err
	}
	hashes := map[string]string{}
	for _, n := range w.Notaries {
		if n.Ledger != s.Ledger {
			continue
		}
		if hashes[n.ID], err = newToken(n.tokenFile()); err != nil {
			return err
		}
	}
	return writeYAML(filepath.Join(dir, "tokens.yaml"), map[string]any{"admin": admin, "notaries": hashes})
}

// newToken writes a new token and gives its hash.
func newToken(file string) (hash string, err error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	token := hex.EncodeToString(raw)
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:]), os.WriteFile(file, []byte(token+"\n"), 0o600)
}

func (w *World) simulatorConfig(s Simulator, chainID, root string) any {
	if s.Ledger == CBDC {
		c := cbdc.Config{
			Ledger: CBDC, ChainID: chainID, DataDir: "data", AddrFile: "addr", TokensFile: "tokens.yaml", Currency: "CNY",
			Operators: []cbdc.OperatorConfig{{ID: operator, Name: "Operator One"}},
		}
		if root != "" {
			c.Hub = &cbdc.HubConfig{ChainID: chainID, TrustingPeriod: trustingPeriod, Root: root}
		}
		w.eachAccount(CBDC, func(i institution, a account, key string) {
			c.Wallets = append(c.Wallets, cbdc.WalletConfig{ID: a.account, Operator: operator, Owner: i.name, OpeningMinor: a.openingMinor, ConsentKey: key})
		})
		return c
	}
	c := bank.Config{Ledger: Bank, DataDir: "data", AddrFile: "addr", TokensFile: "tokens.yaml", Currency: "USD"}
	w.eachAccount(Bank, func(i institution, a account, key string) {
		c.Members = append(c.Members, bank.MemberConfig{BIC: i.bic, Name: i.name})
		c.Accounts = append(c.Accounts, bank.AccountConfig{ID: a.account, OpeningMinor: a.openingMinor, ConsentKey: key})
	})
	return c
}

// eachAccount visits the accounts on a ledger with their consent key in hex.
func (w *World) eachAccount(ledger string, visit func(institution, account, string)) {
	for _, i := range institutions {
		for n, a := range i.accounts {
			if a.ledger == ledger {
				visit(i, a, hex.EncodeToString(w.participant(i.id).Accounts[n].ConsentKey))
			}
		}
	}
}

func writeYAML(file string, v any) error {
	raw, err := yaml.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, raw, 0o600)
}
