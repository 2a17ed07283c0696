package cbdc

import (
	"fmt"
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
	defaultTimeout = 10 * time.Second
	minTokenBytes  = 16
	maxTokenBytes  = 256
)

// Config is the adapter's YAML file. Paths in it are relative to the file.
type Config struct {
	Ledger         string        `mapstructure:"ledger" validate:"required,max=64"` // the ledger id, as registered on the hub
	Currency       string        `mapstructure:"currency" validate:"required,len=3,alpha,uppercase"`
	URL            string        `mapstructure:"url" validate:"required"`        // https://…, or http:// on this machine
	TokenFile      string        `mapstructure:"token_file" validate:"required"` // holds this notary's token; readable by its owner alone
	Timeout        time.Duration `mapstructure:"timeout" validate:"min=0,max=60000000000"`
	MaxAmountMinor uint64        `mapstructure:"max_amount_minor" validate:"max=999999999999999999"` // 0: what Corridor allows
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// loadConfig reads and checks the file, and reads the token.
func loadConfig(path string) (c Config, base *url.URL, token string, err error) {
	if err := sdk.LoadConfig(path, &c); err != nil {
		return c, nil, "", err
	}
	if !idPattern.MatchString(c.Ledger) {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: ledger: %q is no ledger id: want 1 to 64 letters, digits, dots, underscores or hyphens", path, c.Ledger)
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if base, err = parseURL(c.URL); err != nil {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: url: %s", path, err)
	}
	if !filepath.IsAbs(c.TokenFile) {
		c.TokenFile = filepath.Join(filepath.Dir(path), c.TokenFile)
	}
	if token, err = readToken(c.TokenFile); err != nil {
		return c, nil, "", sdk.Errorf(sdk.Invalid, "configuration %s: token_file: %s", path, err)
	}
	return c, base, token, nil
}

// parseURL accepts the root of a server to which a token may be sent.
func parseURL(s string) (*url.URL, error) {
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

// readToken reads a token that nobody but the file's owner can read.
func readToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: others than its owner can read or write it (mode %04o); run chmod 600", path, info.Mode().Perm())
	}
	if info.Size() > 2*maxTokenBytes {
		return "", fmt.Errorf("%s: %d bytes are no token", path, info.Size())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(raw))
	if len(token) < minTokenBytes || len(token) > maxTokenBytes || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", fmt.Errorf("%s: want one token of %d to %d printable characters", path, minTokenBytes, maxTokenBytes)
	}
	return token, nil
}
