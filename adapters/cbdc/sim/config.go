package sim

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Limits of a configuration.
const (
	maxConfigBytes = 4 << 20
	maxOperators   = 1_000
	maxWallets     = 100_000
	maxNameBytes   = 140

	minTrustingPeriod = time.Minute
	maxTrustingPeriod = 365 * 24 * time.Hour
	defaultClockDrift = 10 * time.Second
	maxClockDrift     = time.Minute
)

// Config is the simulator's YAML file. Paths in it are relative to the file.
type Config struct {
	Ledger       string           `yaml:"ledger"`        // the ledger id, as registered on the hub
	ChainID      string           `yaml:"chain_id"`      // the hub whose orders count; empty: any
	Listen       string           `yaml:"listen"`        // host:port; port 0 takes a free one
	DataDir      string           `yaml:"data_dir"`      // holds the database; made if missing
	AddrFile     string           `yaml:"addr_file"`     // written with the actual host:port once the server listens; optional
	TokensFile   string           `yaml:"tokens_file"`   // sha256 of the notaries' and the admin's tokens
	Currency     string           `yaml:"currency"`      // ISO 4217 alphabetic code; default CNY
	OpeningHours simkit.Hours     `yaml:"opening_hours"` // default always
	Limits       Limits           `yaml:"limits"`        // defaults for wallets that name none
	Operators    []OperatorConfig `yaml:"operators"`
	Wallets      []WalletConfig   `yaml:"wallets"`
	Hub          *HubConfig       `yaml:"hub,omitempty"` // makes the ledger check orders itself; absent: it believes its notaries
}

// HubConfig is what the ledger believes of the hub from the start.
type HubConfig struct {
	ChainID        string        `yaml:"chain_id"`
	TrustingPeriod time.Duration `yaml:"trusting_period"` // how long a header is believed; well below the hub's unbonding time
	MaxClockDrift  time.Duration `yaml:"max_clock_drift"` // how far a header may be ahead of this clock; default 10s
	Root           string        `yaml:"root"`            // HEIGHT:HASH of a header that the hub's operators confirm

	root orderproof.Root
}

// Limits bounds a wallet, in minor units.
type Limits struct {
	TransactionMinor uint64 `yaml:"transaction_minor"` // the most one hold may take; default order.MaxAmountMinor
	BalanceMinor     uint64 `yaml:"balance_minor"`     // the most the wallet may own, held money included; default the same
}

// OperatorConfig is an operator of the second tier.
type OperatorConfig struct {
	ID           string `yaml:"id"`
	Name         string `yaml:"name"`
	ReserveMinor uint64 `yaml:"reserve_minor"` // issued to it beyond what its wallets open with
}

// WalletConfig is a wallet to open when the ledger starts for the first time.
type WalletConfig struct {
	ID                    string `yaml:"id"`
	Operator              string `yaml:"operator"`
	Owner                 string `yaml:"owner"`
	OpeningMinor          uint64 `yaml:"opening_minor"`
	ConsentKey            string `yaml:"consent_key"` // secp256k1, compressed, 66 hex digits; empty: the wallet can only receive
	TransactionLimitMinor uint64 `yaml:"transaction_limit_minor"`
	BalanceLimitMinor     uint64 `yaml:"balance_limit_minor"`
}

// LoadConfig reads and checks a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	if err := simkit.ReadYAML(path, maxConfigBytes, &c); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	if err := c.prepare(filepath.Dir(path)); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// prepare sets what was left out and checks the whole; doing it twice changes nothing.
func (c *Config) prepare(dir string) error {
	c.setDefaults(dir)
	return c.validate()
}

func (c *Config) setDefaults(dir string) {
	if c.Currency == "" {
		c.Currency = "CNY"
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Limits.TransactionMinor == 0 {
		c.Limits.TransactionMinor = order.MaxAmountMinor
	}
	if c.Limits.BalanceMinor == 0 {
		c.Limits.BalanceMinor = order.MaxAmountMinor
	}
	if c.Hub != nil {
		hub := *c.Hub // the caller's stays as it was
		c.Hub = &hub
		if c.ChainID == "" {
			c.ChainID = hub.ChainID
		}
		if hub.MaxClockDrift == 0 {
			c.Hub.MaxClockDrift = defaultClockDrift
		}
	}
	for _, p := range []*string{&c.DataDir, &c.AddrFile, &c.TokensFile} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

var (
	idPattern       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

const idRule = "1 to 64 letters, digits, dots, underscores or hyphens, the first a letter or digit"

func (c *Config) validate() error {
	switch {
	case !idPattern.MatchString(c.Ledger):
		return fmt.Errorf("ledger: %q is no ledger id: want %s", c.Ledger, idRule)
	case len(c.ChainID) > order.MaxTextBytes:
		return fmt.Errorf("chain_id: at most %d bytes", order.MaxTextBytes)
	case c.DataDir == "":
		return errors.New("data_dir: missing; name a folder for the database")
	case c.TokensFile == "":
		return errors.New("tokens_file: missing; name the file with the sha256 of every token")
	case c.AddrFile == "" && strings.HasSuffix(c.Listen, ":0"):
		return errors.New("addr_file: missing; with port 0 in listen nobody would know where the ledger is")
	case !currencyPattern.MatchString(c.Currency):
		return fmt.Errorf("currency: %q is no ISO 4217 code: want three capital letters", c.Currency)
	case c.Limits.TransactionMinor > order.MaxAmountMinor || c.Limits.BalanceMinor > order.MaxAmountMinor:
		return fmt.Errorf("limits: want at most %d minor units", uint64(order.MaxAmountMinor))
	case len(c.Operators) > maxOperators || len(c.Wallets) > maxWallets:
		return fmt.Errorf("operators and wallets: at most %d and %d", maxOperators, maxWallets)
	}
	if err := c.OpeningHours.Validate(); err != nil {
		return err
	}
	if err := c.validateHub(); err != nil {
		return err
	}
	operators := map[string]bool{}
	for i, o := range c.Operators {
		if err := o.validate(operators); err != nil {
			return fmt.Errorf("operators[%d]: %w", i, err)
		}
		operators[o.ID] = true
	}
	return c.validateWallets(operators)
}

func (c *Config) validateHub() (err error) {
	hub := c.Hub
	switch {
	case hub == nil:
		return nil
	case hub.ChainID == "" || len(hub.ChainID) > order.MaxTextBytes:
		return fmt.Errorf("hub.chain_id: want the hub's chain id, at most %d bytes", order.MaxTextBytes)
	case hub.ChainID != c.ChainID:
		return fmt.Errorf("hub.chain_id: %q; chain_id is %q; say the same, or leave chain_id out", hub.ChainID, c.ChainID)
	case hub.TrustingPeriod < minTrustingPeriod || hub.TrustingPeriod > maxTrustingPeriod:
		return fmt.Errorf("hub.trusting_period: %s; want %s to %s, well below the hub's unbonding time", hub.TrustingPeriod, minTrustingPeriod, maxTrustingPeriod)
	case hub.MaxClockDrift < 0 || hub.MaxClockDrift > maxClockDrift:
		return fmt.Errorf("hub.max_clock_drift: %s; want at most %s", hub.MaxClockDrift, maxClockDrift)
	}
	if hub.root, err = orderproof.ParseRoot(hub.Root); err != nil {
		return fmt.Errorf("hub.root: %w", err)
	}
	return nil
}

func (c *Config) validateWallets(operators map[string]bool) error {
	wallets := map[string]bool{}
	c.Wallets = slices.Clone(c.Wallets) // the caller's list stays as it was
	for i := range c.Wallets {
		w := c.Wallets[i].withDefaults(c.Limits)
		if err := w.validate(); err != nil {
			return fmt.Errorf("wallets[%d]: %w", i, err)
		}
		switch {
		case !operators[w.Operator]:
			return fmt.Errorf("wallets[%d]: operator: %q is not among the operators of this file", i, w.Operator)
		case wallets[w.ID]:
			return fmt.Errorf("wallets[%d]: id: %q is named twice", i, w.ID)
		}
		wallets[w.ID] = true
		c.Wallets[i] = w
	}
	return nil
}

func (o OperatorConfig) validate(seen map[string]bool) error {
	switch {
	case !idPattern.MatchString(o.ID):
		return fmt.Errorf("id: %q: want %s", o.ID, idRule)
	case seen[o.ID]:
		return fmt.Errorf("id: %q is named twice", o.ID)
	case len(o.Name) > maxNameBytes:
		return fmt.Errorf("name: at most %d bytes", maxNameBytes)
	case o.ReserveMinor > order.MaxAmountMinor:
		return fmt.Errorf("reserve_minor: at most %d", uint64(order.MaxAmountMinor))
	}
	return nil
}

func (w WalletConfig) withDefaults(l Limits) WalletConfig {
	if w.TransactionLimitMinor == 0 {
		w.TransactionLimitMinor = l.TransactionMinor
	}
	if w.BalanceLimitMinor == 0 {
		w.BalanceLimitMinor = l.BalanceMinor
	}
	return w
}

func (w WalletConfig) validate() error {
	switch {
	case !idPattern.MatchString(w.ID):
		return fmt.Errorf("id: %q: want %s", w.ID, idRule)
	case !idPattern.MatchString(w.Operator):
		return fmt.Errorf("operator: %q: want %s", w.Operator, idRule)
	case w.Owner == "" || len(w.Owner) > maxNameBytes:
		return fmt.Errorf("owner: want a name of 1 to %d bytes", maxNameBytes)
	case w.TransactionLimitMinor > order.MaxAmountMinor || w.BalanceLimitMinor > order.MaxAmountMinor:
		return fmt.Errorf("limits: want at most %d minor units", uint64(order.MaxAmountMinor))
	case w.OpeningMinor > w.BalanceLimitMinor:
		return fmt.Errorf("opening_minor: %d is over the wallet's balance limit of %d", w.OpeningMinor, w.BalanceLimitMinor)
	}
	_, err := simkit.ParseConsentKey(w.ConsentKey)
	return err
}
