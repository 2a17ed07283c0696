package sim

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bojanz/currency"
	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// Limits of a configuration.
const (
	maxConfigBytes = 4 << 20
	maxMembers     = 1_000
	maxAccounts    = 100_000
	maxNameChars   = 70 // Max70Text
	maxMinor       = iso20022.MaxAmountMinor
)

// Config is the simulator's YAML file. Paths in it are relative to the file.
type Config struct {
	Ledger       string          `yaml:"ledger"`        // the ledger id, as registered on the hub
	Listen       string          `yaml:"listen"`        // host:port; port 0 takes a free one
	DataDir      string          `yaml:"data_dir"`      // holds the database; made if missing
	AddrFile     string          `yaml:"addr_file"`     // written with the actual host:port once the server listens; optional
	TokensFile   string          `yaml:"tokens_file"`   // sha256 of the notaries' and the admin's tokens
	Currency     string          `yaml:"currency"`      // ISO 4217 alphabetic code; default USD
	OpeningHours simkit.Hours    `yaml:"opening_hours"` // default always
	Limits       Limits          `yaml:"limits"`        // defaults for accounts that name none
	Members      []MemberConfig  `yaml:"members"`
	Accounts     []AccountConfig `yaml:"accounts"`
}

// Limits bounds an account, in minor units.
type Limits struct {
	TransactionMinor uint64 `yaml:"transaction_minor"` // the most one hold may take; default the largest amount there is
}

// MemberConfig is a member bank.
type MemberConfig struct {
	BIC  string `yaml:"bic"`
	Name string `yaml:"name"`
}

// AccountConfig is an account to open when the network starts for the first time.
type AccountConfig struct {
	ID                    string `yaml:"id"`    // BIC, the member's settlement account; or BIC:id
	Owner                 string `yaml:"owner"` // who holds it; default the member's name
	OpeningMinor          uint64 `yaml:"opening_minor"`
	ConsentKey            string `yaml:"consent_key"` // secp256k1, compressed, 66 hex digits; empty: the account can only receive
	TransactionLimitMinor uint64 `yaml:"transaction_limit_minor"`
}

// LoadConfig reads and checks a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	if err := simkit.ReadYAML(path, maxConfigBytes, &c); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	c.setDefaults(filepath.Dir(path))
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

func (c *Config) setDefaults(dir string) {
	if c.Currency == "" {
		c.Currency = "USD"
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Limits.TransactionMinor == 0 {
		c.Limits.TransactionMinor = maxMinor
	}
	for _, p := range []*string{&c.DataDir, &c.AddrFile, &c.TokensFile} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

var ledgerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (c *Config) validate() error {
	_, known := currency.GetDigits(c.Currency)
	switch {
	case !ledgerPattern.MatchString(c.Ledger):
		return fmt.Errorf("ledger: %q is no ledger id: want 1 to 64 letters, digits, dots, underscores or hyphens", c.Ledger)
	case c.DataDir == "":
		return errors.New("data_dir: missing; name a folder for the database")
	case c.TokensFile == "":
		return errors.New("tokens_file: missing; name the file with the sha256 of every token")
	case c.AddrFile == "" && strings.HasSuffix(c.Listen, ":0"):
		return errors.New("addr_file: missing; with port 0 in listen nobody would know where the network is")
	case !known:
		return fmt.Errorf("currency: %q is no ISO 4217 code: want three capital letters", c.Currency)
	case c.Limits.TransactionMinor > maxMinor:
		return fmt.Errorf("limits.transaction_minor: want at most %d", uint64(maxMinor))
	case len(c.Members) > maxMembers || len(c.Accounts) > maxAccounts:
		return fmt.Errorf("members and accounts: at most %d and %d", maxMembers, maxAccounts)
	}
	if err := c.OpeningHours.Validate(); err != nil {
		return err
	}
	members := map[string]string{}
	for i, m := range c.Members {
		_, twice := members[m.BIC]
		switch err := (iso20022.Account{BIC: m.BIC}).Validate(); {
		case err != nil:
			return fmt.Errorf("members[%d]: bic: %w", i, err)
		case twice:
			return fmt.Errorf("members[%d]: bic: %s is named twice", i, m.BIC)
		case m.Name == "" || len([]rune(m.Name)) > maxNameChars:
			return fmt.Errorf("members[%d]: name: want 1 to %d characters", i, maxNameChars)
		}
		members[m.BIC] = m.Name
	}
	return c.validateAccounts(members)
}

func (c *Config) validateAccounts(members map[string]string) error {
	seen := map[string]bool{}
	var total uint64
	for i := range c.Accounts {
		a := &c.Accounts[i]
		parsed, err := iso20022.ParseAccount(a.ID)
		if err != nil {
			return fmt.Errorf("accounts[%d]: id: %w", i, err)
		}
		name, known := members[parsed.BIC]
		if !known {
			return fmt.Errorf("accounts[%d]: id: %s is not among the members of this file", i, parsed.BIC)
		}
		if seen[a.ID] {
			return fmt.Errorf("accounts[%d]: id: %s is named twice", i, a.ID)
		}
		seen[a.ID] = true
		a.setDefaults(name, c.Limits)
		if err := a.validate(); err != nil {
			return fmt.Errorf("accounts[%d]: %w", i, err)
		}
		if total += a.OpeningMinor; total > maxMinor {
			return fmt.Errorf("accounts[%d]: opening_minor: all accounts together open with more than %d minor units", i, uint64(maxMinor))
		}
	}
	return nil
}

func (a *AccountConfig) setDefaults(member string, l Limits) {
	if a.Owner == "" {
		a.Owner = member
	}
	if a.TransactionLimitMinor == 0 {
		a.TransactionLimitMinor = l.TransactionMinor
	}
}

func (a *AccountConfig) validate() error {
	switch {
	case a.Owner == "" || len([]rune(a.Owner)) > maxNameChars:
		return fmt.Errorf("owner: want 1 to %d characters", maxNameChars)
	case a.TransactionLimitMinor > maxMinor:
		return fmt.Errorf("transaction_limit_minor: want at most %d", uint64(maxMinor))
	case a.OpeningMinor > maxMinor:
		return fmt.Errorf("opening_minor: want at most %d", uint64(maxMinor))
	}
	_, err := simkit.ParseConsentKey(a.ConsentKey)
	return err
}
