package currency

import (
	"slices"
	"unicode/utf8"

	iso4217 "github.com/bojanz/currency"

	"github.com/corridor-network/corridor/adapters/order"
)

// Limits of the registry.
const (
	MaxLedgers = 32
	// MaxPageLimit bounds a page of a query.
	MaxPageLimit = 200
)

// Validate checks everything about a currency that needs no knowledge of others. The order of the checks is the order of
// precedence. The exponent is said by whoever registers and checked against ISO 4217, so that nobody can mean another one.
func (c Currency) Validate() error {
	digits, known := iso4217.GetDigits(c.Code)
	if !known {
		return ErrInvalidCurrency.Wrapf("code %q is none of ISO 4217", c.Code)
	}
	if c.Exponent != uint32(digits) {
		return ErrInvalidCurrency.Wrapf("%s: ISO 4217 says exponent %d, not %d", c.Code, digits, c.Exponent)
	}
	if len(c.Ledgers) == 0 || len(c.Ledgers) > MaxLedgers {
		return ErrInvalidCurrency.Wrapf("%s: want 1 to %d ledgers, got %d", c.Code, MaxLedgers, len(c.Ledgers))
	}
	for i, ledger := range c.Ledgers {
		if !plain(ledger) {
			return ErrInvalidCurrency.Wrapf("%s: ledger %d: want 1 to %d printable bytes", c.Code, i, order.MaxTextBytes)
		}
		if slices.Contains(c.Ledgers[:i], ledger) {
			return ErrInvalidCurrency.Wrapf("%s: ledger %s is named twice", c.Code, ledger)
		}
	}
	return nil
}

// SettlesOn checks that the currency settles on a ledger.
func (c Currency) SettlesOn(ledger string) error {
	if !slices.Contains(c.Ledgers, ledger) {
		return ErrLedger.Wrapf("%s on %s; it settles on %v", c.Code, ledger, c.Ledgers)
	}
	return nil
}

// plain tells whether s is valid UTF-8 of 1 to order.MaxTextBytes bytes without control characters.
func plain(s string) bool {
	if len(s) == 0 || len(s) > order.MaxTextBytes || !utf8.ValidString(s) {
		return false
	}
	return !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < 0x20 || r == 0x7f })
}
