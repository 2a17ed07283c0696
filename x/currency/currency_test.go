package currency_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/x/currency"
)

func TestExponentsAreThoseOfISO4217(t *testing.T) {
	for code, exponent := range map[string]uint32{"CNY": 2, "USD": 2, "JPY": 0, "BHD": 3, "CLF": 4} {
		c := currency.Currency{Code: code, Exponent: exponent, Ledgers: []string{"hub"}}
		require.NoError(t, c.Validate())
		c.Exponent++
		require.ErrorIs(t, c.Validate(), currency.ErrInvalidCurrency)
		require.ErrorContains(t, c.Validate(), fmt.Sprintf("ISO 4217 says exponent %d", exponent))
	}
}

// Each row is one guard of the README, in order of precedence.
func TestACurrencyIsRefused(t *testing.T) {
	for _, row := range []struct {
		name, says string
		spoil      func(*currency.Currency)
	}{
		{"no code", "none of ISO 4217", func(c *currency.Currency) { c.Code = "" }},
		{"code of nothing", "none of ISO 4217", func(c *currency.Currency) { c.Code = "QQQ" }},
		{"code in small letters", "none of ISO 4217", func(c *currency.Currency) { c.Code = "cny" }},
		{"another exponent", "exponent 2, not 3", func(c *currency.Currency) { c.Exponent = 3 }},
		{"no ledger", "want 1 to 32", func(c *currency.Currency) { c.Ledgers = nil }},
		{"too many ledgers", "want 1 to 32", func(c *currency.Currency) { c.Ledgers = make([]string, currency.MaxLedgers+1) }},
		{"empty ledger", "printable", func(c *currency.Currency) { c.Ledgers[0] = "" }},
		{"ledger that cannot be printed", "printable", func(c *currency.Currency) { c.Ledgers[0] = "a\x00" }},
		{"ledger too long", "printable", func(c *currency.Currency) { c.Ledgers[0] = strings.Repeat("x", 129) }},
		{"ledger twice", "twice", func(c *currency.Currency) { c.Ledgers = []string{"hub", "hub"} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := currency.Currency{Code: "CNY", Exponent: 2, Ledgers: []string{"cbdc"}}
			row.spoil(&c)
			require.ErrorIs(t, c.Validate(), currency.ErrInvalidCurrency)
			require.ErrorContains(t, c.Validate(), row.says)
		})
	}
}

func TestACurrencySettlesWhereItIsRegistered(t *testing.T) {
	c := currency.Currency{Code: "CNY", Exponent: 2, Ledgers: []string{"cbdc", "hub"}}
	require.NoError(t, c.SettlesOn("hub"))
	require.ErrorIs(t, c.SettlesOn("rtgs"), currency.ErrLedger)
	require.ErrorContains(t, c.SettlesOn("rtgs"), "[cbdc hub]")
}
