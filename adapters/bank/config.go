package bank

import (
	"net/url"
	"path/filepath"
	"regexp"
	"time"

	"github.com/bojanz/currency"

	"github.com/corridor-network/corridor/adapters/internal/ledgerhttp"
	"github.com/corridor-network/corridor/adapters/sdk"
)

const defaultTimeout = 10 * time.Second

// Config is the adapter's YAML file. Paths in it are relative to the file.
type Config struct {
	Ledger         string        `mapstructure:"ledger" validate:"required,max=64"` // the ledger id, as registered on the hub
	Currency       string        `mapstructure:"currency" validate:"required,len=3,alpha,uppercase"`
	URL            string        `mapstructure:"url" validate:"required"`                            // https://…, or http:// on this machine
	TokenFile      string        `mapstructure:"token_file" validate:"required"`                     // holds this notary's token; readable by its owner alone
	Timeout        time.Duration `mapstructure:"timeout" validate:"min=0,max=60000000000"`           // of one message; default 10s
	MaxAmountMinor uint64        `mapstructure:"max_amount_minor" validate:"max=999999999999999999"` // 0: what Corridor allows
}

var ledgerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// loadConfig reads and checks the file, and reads the token.
func loadConfig(path string) (c Config, base *url.URL, token string, err error) {
	if err := sdk.LoadConfig(path, &c); err != nil {
		return c, nil, "", err
	}
	if !ledgerPattern.MatchString(c.Ledger) {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: ledger: %q is no ledger id: want 1 to 64 letters, digits, dots, underscores or hyphens", path, c.Ledger)
	}
	if _, known := currency.GetDigits(c.Currency); !known {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: currency: %q is no ISO 4217 code", path, c.Currency)
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if base, err = ledgerhttp.ParseURL(c.URL); err != nil {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: url: %s", path, err)
	}
	if !filepath.IsAbs(c.TokenFile) {
		c.TokenFile = filepath.Join(filepath.Dir(path), c.TokenFile)
	}
	if token, err = ledgerhttp.ReadToken(c.TokenFile); err != nil {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: token_file: %s", path, err)
	}
	return c, base, token, nil
}
