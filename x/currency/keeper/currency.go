package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/currency"
)

// Currency is a registered currency, or ErrUnknownCurrency.
func (k Keeper) Currency(ctx context.Context, code string) (currency.Currency, error) {
	c, err := k.currencies.Get(ctx, code)
	if errors.Is(err, collections.ErrNotFound) {
		return c, currency.ErrUnknownCurrency.Wrapf("%q", code)
	}
	return c, err
}

// SettlesOn checks that a currency is registered and settles on a ledger: ErrUnknownCurrency, ErrLedger.
func (k Keeper) SettlesOn(ctx context.Context, code, ledger string) error {
	c, err := k.Currency(ctx, code)
	if err != nil {
		return err
	}
	return c.SettlesOn(ledger)
}
