package memory

import (
	"encoding/hex"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// Config is the memory ledger's configuration file.
type Config struct {
	Ledger     string          `mapstructure:"ledger"      validate:"required,max=128"`              // the ledger id, as registered on the hub
	Accounts   []AccountConfig `mapstructure:"accounts"    validate:"required,min=1,max=10000,dive"` // all there will ever be
	LimitMinor uint64          `mapstructure:"limit_minor" validate:"max=999999999999999999"`        // largest single amount; 0: none
	// CheckConsents makes the ledger verify the payer's consent before it holds.
	CheckConsents bool   `mapstructure:"check_consents"`
	StateFile     string `mapstructure:"state_file"`  // keeps the state over a restart; empty: memory alone
	ControlDir    string `mapstructure:"control_dir"` // where faults are injected by files; empty: nowhere
}

// AccountConfig is one account as it is opened.
type AccountConfig struct {
	ID           string `mapstructure:"id"            validate:"required,max=128"`
	Currency     string `mapstructure:"currency"      validate:"required,len=3,uppercase,alpha"`
	BalanceMinor uint64 `mapstructure:"balance_minor" validate:"max=999999999999999999"`
	ConsentKey   string `mapstructure:"consent_key"   validate:"omitempty,hexadecimal,len=66"` // compressed secp256k1, hex
	Closed       bool   `mapstructure:"closed"`
}

// Open is the memory adapter: sdk.Serve(memory.Open) is its main.
func Open(configPath string) (sdk.Ledger, error) {
	var c Config
	if err := sdk.LoadConfig(configPath, &c); err != nil {
		return nil, err
	}
	return New(c)
}

// SuspenseAccount is the account that takes money whose payee can't be credited any more.
func SuspenseAccount(currency string) sdk.Account { return sdk.Account("suspense-" + currency) }

func (c Config) opened() (state, error) {
	s := state{Accounts: map[string]*account{}, Entries: map[string]*sdk.Entry{}}
	var total uint64
	for i, a := range c.Accounts {
		key, err := hex.DecodeString(a.ConsentKey)
		if err == nil && len(key) > 0 {
			err = sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: key}.Validate()
		}
		if err != nil {
			return state{}, fmt.Errorf("accounts[%d].consent_key: %w", i, err)
		}
		if s.Accounts[a.ID] != nil {
			return state{}, sdk.Errorf(sdk.Invalid, "accounts[%d].id: %q is there twice", i, a.ID)
		}
		if total += a.BalanceMinor; total > order.MaxAmountMinor {
			return state{}, sdk.Errorf(sdk.Invalid, "accounts[%d].balance_minor: all balances together are more than %d", i, uint64(order.MaxAmountMinor))
		}
		s.Accounts[a.ID] = &account{Currency: a.Currency, Available: a.BalanceMinor, Key: key, Closed: a.Closed}
	}
	for _, a := range c.Accounts {
		name := string(SuspenseAccount(a.Currency))
		if s.Accounts[name] == nil {
			s.Accounts[name] = &account{Currency: a.Currency}
		}
	}
	return s, nil
}

func (c Config) currencies() []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range c.Accounts {
		if !seen[a.Currency] {
			seen[a.Currency] = true
			out = append(out, a.Currency)
		}
	}
	return out
}
