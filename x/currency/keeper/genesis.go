package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/currency"
)

// InitGenesis writes a valid genesis. What leads to quotes, and how many are open at the genesis time, follows from them.
func (k Keeper) InitGenesis(ctx context.Context, g currency.GenesisState) error {
	if err := g.Validate(); err != nil {
		return err
	}
	for _, c := range g.Currencies {
		if err := k.currencies.Set(ctx, c.Code, c); err != nil {
			return err
		}
	}
	for _, f := range g.Quotes {
		terms, err := f.Validate()
		if err != nil {
			return err
		}
		if err := k.insert(ctx, f, terms); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads everything, in the order of the keys.
func (k Keeper) ExportGenesis(ctx context.Context) (*currency.GenesisState, error) {
	g := &currency.GenesisState{}
	err := k.currencies.Walk(ctx, nil, func(_ string, c currency.Currency) (bool, error) {
		g.Currencies = append(g.Currencies, c)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.quotes.Walk(ctx, nil, func(_ []byte, f currency.FirmQuote) (bool, error) {
		g.Quotes = append(g.Quotes, f)
		return false, nil
	})
	return g, err
}
