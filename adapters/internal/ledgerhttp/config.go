package ledgerhttp

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/corridor-network/corridor/adapters/sdk"
)

const (
	minTokenBytes  = 16
	maxTokenBytes  = 256
	defaultTimeout = 10 * time.Second
)

// Config is the YAML file of an adapter whose ledger is an HTTP server. Paths in it are relative to the file.
type Config struct {
	Ledger         string        `mapstructure:"ledger" validate:"required,max=64"` // the ledger id, as registered on the hub
	Currency       string        `mapstructure:"currency" validate:"required,len=3,alpha,uppercase"`
	URL            string        `mapstructure:"url" validate:"required"`                            // https://…, or http:// on this machine
	TokenFile      string        `mapstructure:"token_file" validate:"required"`                     // holds this notary's token; readable by its owner alone
	Timeout        time.Duration `mapstructure:"timeout" validate:"min=0,max=60000000000"`           // of one call; default 10s
	MaxAmountMinor uint64        `mapstructure:"max_amount_minor" validate:"max=999999999999999999"` // 0: what Corridor allows
	OrderCheck     string        `mapstructure:"order_check" validate:"omitempty,oneof=none ledger"` // what the ledger verifies itself; default none
}

var ledgerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Open reads and checks the file, reads the token, and makes the client. It makes no call.
func Open(path string) (Config, *Client, error) {
	var c Config
	if err := sdk.LoadConfig(path, &c); err != nil {
		return c, nil, err
	}
	wrong := func(field string, err error) error {
		return sdk.Errorf(sdk.Invalid, "configuration %s: %s: %s", path, field, err)
	}
	if !ledgerPattern.MatchString(c.Ledger) {
		return c, nil, wrong("ledger", fmt.Errorf("%q is no ledger id: want 1 to 64 letters, digits, dots, underscores or hyphens", c.Ledger))
	}
	if c.OrderCheck == "" {
		c.OrderCheck = string(sdk.OrderCheckNone)
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	base, err := ParseURL(c.URL)
	if err != nil {
		return c, nil, wrong("url", err)
	}
	if !filepath.IsAbs(c.TokenFile) {
		c.TokenFile = filepath.Join(filepath.Dir(path), c.TokenFile)
	}
	token, err := ReadToken(c.TokenFile)
	if err != nil {
		return c, nil, wrong("token_file", err)
	}
	return c, New(base, token, c.Timeout), nil
}

// Describe is what the file says of the ledger: one that holds and reads balances. An adapter whose ledger can check
// orders adds sdk.OptionalOrders; of any other a file that says it does is refused at start-up.
func (c Config) Describe(name string) sdk.Description {
	return sdk.Description{
		Name: name, Ledger: c.Ledger, Currencies: []string{c.Currency}, Cell: sdk.CellHolds,
		OrderCheck: sdk.OrderCheck(c.OrderCheck), MaxAmountMinor: c.MaxAmountMinor, Optional: []string{sdk.OptionalBalances},
	}
}

// ParseURL accepts the root of a server to which a token may be sent.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, err
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("%q: want scheme, host and port and nothing else, as in http://127.0.0.1:8080", u.Redacted())
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, fmt.Errorf("%q: want https, or http on this machine", s)
	case !onThisMachine(u.Hostname()):
		return nil, fmt.Errorf("%q: plain http would send the token over the network; use https", s)
	}
	u.Path = ""
	return u, nil
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ReadToken reads a token that nobody but the file's owner can read.
func ReadToken(path string) (string, error) {
	before, err := os.Stat(path) // a FIFO is never opened: that would wait for a writer
	if err != nil {
		return "", err
	}
	if !before.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat() // what is judged is what is read
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: others than its owner can read or write it (mode %04o); run chmod 600", path, info.Mode().Perm())
	}
	raw, err := io.ReadAll(io.LimitReader(f, 2*maxTokenBytes+1))
	if err != nil {
		return "", err
	}
	if len(raw) > 2*maxTokenBytes {
		return "", fmt.Errorf("%s: more than %d bytes are no token", path, 2*maxTokenBytes)
	}
	token := strings.TrimSpace(string(raw))
	if len(token) < minTokenBytes || len(token) > maxTokenBytes || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", fmt.Errorf("%s: want one token of %d to %d printable characters", path, minTokenBytes, maxTokenBytes)
	}
	return token, nil
}
