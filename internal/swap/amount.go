package swap

import (
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/corridor-network/corridor/adapters/order"
)

// ParseAmount turns a decimal text such as "700.00" into minor units. An amount finer than the minor unit is refused, never rounded.
func ParseAmount(text, currency string, exponent uint32) (uint64, error) {
	if len(text) > 40 {
		return 0, fmt.Errorf("an amount of %d characters; at most 40", len(text))
	}
	d, condition, err := apd.NewFromString(text)
	if err != nil || condition.Any() || d.Form != apd.Finite || strings.ContainsAny(text, "eE+_ ") {
		return 0, fmt.Errorf("%q is not an amount; write it like 700.00", text)
	}
	if d.Negative || d.IsZero() {
		return 0, fmt.Errorf("%q is not more than zero", text)
	}
	minor := new(apd.Decimal)
	minor.Set(d)
	minor.Exponent += int32(exponent)
	reduced, _ := new(apd.Decimal).Reduce(minor)
	if reduced.Exponent < 0 {
		return 0, fmt.Errorf("%s %s is finer than the currency's minor unit: %s has %d decimal places", text, currency, currency, exponent)
	}
	whole := new(apd.Decimal)
	condition, err = apd.BaseContext.WithPrecision(40).Quantize(whole, reduced, 0)
	if err != nil || condition.Inexact() || whole.Coeff.Cmp(apd.NewBigInt(order.MaxAmountMinor)) > 0 {
		return 0, fmt.Errorf("%s %s is more than a payment can carry (18 digits in minor units)", text, currency)
	}
	return whole.Coeff.Uint64(), nil
}

// FormatAmount writes minor units as a decimal with the currency's code: "700.00 CNY".
func FormatAmount(minor uint64, currency string, exponent uint32) string {
	d := apd.NewWithBigInt(new(apd.BigInt).SetUint64(minor), -int32(exponent))
	return d.Text('f') + " " + currency
}
