package sdk_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

type bankConfig struct {
	Ledger   string `mapstructure:"ledger" validate:"required"`
	URL      string `mapstructure:"url" validate:"required,url"`
	Retries  int    `mapstructure:"retries" validate:"max=9"`
	Accounts []struct {
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
	require.NoError(t, sdk.LoadConfig(written(t, "ledger: rtgs\nurl: http://127.0.0.1:8080\naccounts:\n- {id: A, bic: BANKUS33}\n"), &c))
	require.Equal(t, "rtgs", c.Ledger)
	require.Equal(t, "BANKUS33", c.Accounts[0].BIC)
}

func TestABadConfigurationIsNamedByFileLineAndField(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", `ledger: breaks the rule "required"`},
		{"no YAML", "ledger: [", "did not find expected node content"},
		{"an unknown field", "ledger: rtgs\nurl: http://a.b\ncolour: red\n", "line 3: colour: there is no such field"},
		{"two unknown fields", "ledger: rtgs\nurl: http://a.b\nx: 1\ny: 1\n", "there is no such field; "},
		{"a text for a number", "ledger: rtgs\nurl: http://a.b\nretries: many\n", "retries"},
		{"a missing field", "ledger: rtgs\n", `url: breaks the rule "required"`},
		{"a broken rule", "ledger: rtgs\nurl: http://a.b\nretries: 10\n", `line 3: retries: breaks the rule "max 9"`},
		{"a broken rule in a list", "ledger: rtgs\nurl: http://a.b\naccounts:\n- id: A\n- id: B\n  bic: X\n", `line 6: accounts[1].bic: breaks the rule "len 8"`},
		{"an unknown field in a list", "ledger: rtgs\nurl: http://a.b\naccounts:\n- id: A\n  iban: X\n", "iban"},
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
