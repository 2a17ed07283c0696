package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/corridor-network/corridor/x/token"
)

// Issuer is a currency's issuer, or ErrUnknownIssuer.
func (k Keeper) Issuer(ctx context.Context, currency string) (token.Issuer, error) {
	issuer, err := k.issuers.Get(ctx, currency)
	if errors.Is(err, collections.ErrNotFound) {
		return issuer, token.ErrUnknownIssuer.Wrapf("%q", currency)
	}
	return issuer, err
}

// Supply says where a currency's tokens are, or ErrUnknownIssuer.
func (k Keeper) Supply(ctx context.Context, currency string) (token.Supply, error) {
	if _, err := k.Issuer(ctx, currency); err != nil {
		return token.Supply{}, err
	}
	var (
		denom    = token.Denom(currency)
		supply   = k.Bank.GetSupply(ctx, denom).Amount
		held     = k.balance(ctx, token.HoldsAccount, denom)
		suspense = k.balance(ctx, token.SuspenseAccount, denom)
	)
	return token.Supply{
		Currency: currency, Denom: denom, SupplyMinor: supply.String(),
		AvailableMinor: supply.Sub(held).Sub(suspense).String(), HeldMinor: held.String(), SuspenseMinor: suspense.String(),
	}, nil
}

func (k Keeper) balance(ctx context.Context, module, denom string) math.Int {
	return k.Bank.GetBalance(ctx, k.Accounts.GetModuleAddress(module), denom).Amount
}

// CheckInvariants verifies for every currency that the entries that are held come to the balance of the account of holds,
// and that available, held and suspense are no less than zero and come to the supply. It reads every entry: genesis,
// tests and operators call it, no block does.
func (k Keeper) CheckInvariants(ctx context.Context) error {
	held := map[string]math.Int{}
	err := k.holds.Walk(ctx, nil, func(_ string, h token.Hold) (bool, error) {
		if h.State == token.HOLD_STATE_HELD {
			if _, known := held[h.Currency]; !known {
				held[h.Currency] = math.ZeroInt()
			}
			held[h.Currency] = held[h.Currency].Add(math.NewIntFromUint64(h.AmountMinor))
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.issuers.Walk(ctx, nil, func(currency string, _ token.Issuer) (bool, error) {
		want, known := held[currency]
		if !known {
			want = math.ZeroInt()
		}
		return false, k.checkCurrency(ctx, currency, want)
	})
}

func (k Keeper) checkCurrency(ctx context.Context, currency string, held math.Int) error {
	denom := token.Denom(currency)
	if has := k.balance(ctx, token.HoldsAccount, denom); !has.Equal(held) {
		return token.ErrBroken.Wrapf("%s: entries hold %s minor units, their account has %s", currency, held, has)
	}
	supply, suspense := k.Bank.GetSupply(ctx, denom).Amount, k.balance(ctx, token.SuspenseAccount, denom)
	if supply.Sub(held).Sub(suspense).IsNegative() {
		return token.ErrBroken.Wrapf("%s: supply %s is less than held %s and suspense %s", currency, supply, held, suspense)
	}
	return nil
}
