package iso20022

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bojanz/currency"
	"github.com/cockroachdb/apd/v3"
)

// MaxAmountMinor is the largest amount of eighteen digits (ActiveCurrencyAndAmount, totalDigits 18).
const MaxAmountMinor = 999_999_999_999_999_999

// ErrAmount is wrapped by every error about an amount.
var ErrAmount = errors.New("not an amount of this currency")

// decimalText is xs:decimal's lexical space without a minus sign, after its white space was collapsed.
var decimalText = regexp.MustCompile(`^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

// exponent is the currency's number of decimals in ISO 4217.
func exponent(code string) (int32, error) {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return 0, fmt.Errorf("%w: %q is no ISO 4217 code", ErrAmount, code)
	}
	return int32(digits), nil
}

// FormatAmount writes minor units as an ISO 20022 decimal at the currency's ISO 4217 exponent: 150 of
// USD is "1.50", of JPY "150".
func FormatAmount(minor uint64, code string) (string, error) {
	digits, err := exponent(code)
	if err != nil {
		return "", err
	}
	if minor > MaxAmountMinor {
		return "", fmt.Errorf("%w: %d has more than 18 digits", ErrAmount, minor)
	}
	return apd.New(int64(minor), -digits).Text('f'), nil
}

// ParseAmount reads an ISO 20022 decimal into minor units, exactly: a decimal finer than the minor unit
// is an error, never rounded.
func ParseAmount(text, code string) (uint64, error) {
	digits, err := exponent(code)
	if err != nil {
		return 0, err
	}
	text = strings.Trim(text, " \t\r\n")
	if !decimalText.MatchString(text) {
		return 0, fmt.Errorf("%w: %q is no decimal number", ErrAmount, text)
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return 0, fmt.Errorf("%w: %q: %w", ErrAmount, text, err)
	}
	d.Exponent += digits
	d.Reduce(d)
	if d.Exponent < 0 {
		return 0, fmt.Errorf("%w: %s has more than the %d decimals of %s", ErrAmount, text, digits, code)
	}
	minor, err := d.Int64()
	if err != nil || minor > MaxAmountMinor {
		return 0, fmt.Errorf("%w: %s %s has more than 18 digits", ErrAmount, text, code)
	}
	return uint64(minor), nil
}
