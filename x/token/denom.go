package token

import (
	"strings"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
)

const denomPrefix = "corridor/"

// Denom is the bank's name of a currency's token.
func Denom(currency string) string { return denomPrefix + currency }

// Currency is the currency of a token's denom; ok is false for any other denom.
func Currency(denom string) (currency string, ok bool) { return strings.CutPrefix(denom, denomPrefix) }

// Coin is an amount of a currency's token, in minor units.
func Coin(currency string, amountMinor uint64) sdk.Coin {
	return sdk.NewCoin(Denom(currency), math.NewIntFromUint64(amountMinor))
}

// ValidateAmount checks an amount in minor units.
func ValidateAmount(amountMinor uint64) error {
	if amountMinor == 0 || amountMinor > order.MaxAmountMinor {
		return ErrInvalidAmount.Wrapf("want 1 to %d minor units, got %d", uint64(order.MaxAmountMinor), amountMinor)
	}
	return nil
}
