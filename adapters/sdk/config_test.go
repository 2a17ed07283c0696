package sdk_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

type bankConfig struct {
	Ledger     string        `mapstructure:"ledger" validate:"required"`
	URL        string        `mapstructure:"url" validate:"required,url"`
	Retries    int           `mapstructure:"retries" validate:"max=9"`
	LimitMinor uint64        `mapstructure:"limit_minor"`
	Port       uint16        `mapstructure:"port"`
	Timeout    time.Duration `mapstructure:"timeout"`
	Accounts   []struct {
		ID  string `mapstructure:"id" validate:"required"`
		BIC string `mapstructure:"bic" validate:"omitempty,len=8"`
	} `mapstructure:"accounts" validate:"dive"`
}

func written(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "bank.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestAConfigurationIsReadIntoItsStruct(t *testing.T) {
	var c bankConfig
	require.NoError(t, sdk.LoadConfig(written(t, "ledger: rtgs\nurl: http://127.0.0.1:8080\nlimit_minor: 18446744073709551615\ntimeout: 1.5s\naccounts:\n- {id: A, bic: BANKUS33}\n"), &c))
	require.Equal(t, "rtgs", c.Ledger)
	require.Equal(t, "BANKUS33", c.Accounts[0].BIC)
	require.Equal(t, uint64(math.MaxUint64), c.LimitMinor)
	require.Equal(t, 1500*time.Millisecond, c.Timeout)
}

func TestABadConfigurationIsNamedByFileLineAndField(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", `ledger: breaks the rule "required"`},
		{"no YAML", "ledger: [", "did not find expected node content"},
		{"an unknown field", "ledger: rtgs\nurl: http://a.b\ncolour: red\n", "line 3: colour: there is no such field"},
		{"two unknown fields", "ledger: rtgs\nurl: http://a.b\nx: 1\ny: 1\n", "there is no such field; "},
		{"an unknown field in other letters", "Ledger: rtgs\nurl: http://a.b\n", "line 1: Ledger: there is no such field"},
		{"a field that is there twice", "ledger: rtgs\nurl: http://a.b\nledger: bank\n", "already defined at line 1"},
		{"a second document", "ledger: rtgs\nurl: http://a.b\n---\nretries: 1\n", "keep one"},
		{"a list", "- ledger\n", "cannot unmarshal"},
		{"a text for a number", "ledger: rtgs\nurl: http://a.b\nretries: many\n", "line 3: retries: expected type 'int'"},
		{"a text that begins with a number", "ledger: rtgs\nurl: http://a.b\nlimit_minor: 12abc\n", "line 3: limit_minor: expected type 'uint64'"},
		{"a number in quotes", "ledger: rtgs\nurl: http://a.b\nlimit_minor: \"12\"\n", "line 3: limit_minor"},
		{"a number for a text", "ledger: 7\nurl: http://a.b\n", "line 1: ledger: expected type 'string'"},
		{"a fraction", "ledger: rtgs\nurl: http://a.b\nlimit_minor: 1.5\n", "line 3: limit_minor: 1.5 is no whole number"},
		{"a fraction for a signed number", "ledger: rtgs\nurl: http://a.b\nretries: 1.5\n", "line 3: retries: 1.5 is no whole number"},
		{"a power of ten", "ledger: rtgs\nurl: http://a.b\nlimit_minor: 1e3\n", "line 3: limit_minor: 1000 is no whole number"},
		{"a number that fits no integer", "ledger: rtgs\nurl: http://a.b\nlimit_minor: 18446744073709551616\n", "line 3: limit_minor"},
		{"a number too large for its field", "ledger: rtgs\nurl: http://a.b\nport: 70000\n", "line 3: port: 70000 is outside the limits"},
		{"a number below zero", "ledger: rtgs\nurl: http://a.b\nlimit_minor: -1\n", "line 3: limit_minor: -1 is outside the limits"},
		{"an octal number", "ledger: rtgs\nurl: http://a.b\nlimit_minor: 0100\n", "line 3: 0100: write a number in decimal"},
		{"a duration without a unit", "ledger: rtgs\nurl: http://a.b\ntimeout: 10\n", "line 3: timeout: 10 has no unit"},
		{"a duration that is none", "ledger: rtgs\nurl: http://a.b\ntimeout: soon\n", "line 3: timeout"},
		{"two wrong values", "ledger: 7\nurl: http://a.b\nport: 70000\n", "; line 3: port"},
		{"a missing field", "ledger: rtgs\n", `url: breaks the rule "required"`},
		{"a broken rule", "ledger: rtgs\nurl: http://a.b\nretries: 10\n", `line 3: retries: breaks the rule "max 9"`},
		{"a broken rule in a list", "ledger: rtgs\nurl: http://a.b\naccounts:\n- id: A\n- id: B\n  bic: X\n", `line 6: accounts[1].bic: breaks the rule "len 8"`},
		{"an unknown field in a list", "ledger: rtgs\nurl: http://a.b\naccounts:\n- id: A\n  iban: X\n", "line 5: accounts[0].iban: there is no such field"},
		{"a file without end", "ledger: rtgs\nurl: http://a.b #" + strings.Repeat("x", 5<<20), "larger than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := written(t, c.text)
			err := sdk.LoadConfig(path, &bankConfig{})
			require.Equal(t, sdk.Invalid, sdk.CodeOf(err))
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, path)
			require.NotContains(t, err.Error(), "\n")
		})
	}
	require.ErrorContains(t, sdk.LoadConfig("", &bankConfig{}), "--config")
	require.ErrorIs(t, sdk.LoadConfig(filepath.Join(t.TempDir(), "none"), &bankConfig{}), os.ErrNotExist)
}
