package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/token"
)

// InitGenesis writes a valid genesis and verifies that it agrees with the bank's balances, which have to be there. It makes
// the module's accounts, so that nobody can be admitted under their addresses first.
func (k Keeper) InitGenesis(ctx context.Context, g token.GenesisState) error {
	if err := g.Validate(); err != nil {
		return err
	}
	for _, name := range []string{token.ModuleName, token.HoldsAccount, token.SuspenseAccount} {
		k.Accounts.GetModuleAccount(ctx, name)
	}
	for _, i := range g.Issuers {
		if err := k.issuers.Set(ctx, i.Currency, i); err != nil {
			return err
		}
	}
	for _, h := range g.Holds {
		if err := k.holds.Set(ctx, h.EntryId, h); err != nil {
			return err
		}
	}
	return k.CheckInvariants(ctx)
}

// ExportGenesis reads everything, in the order of the keys.
func (k Keeper) ExportGenesis(ctx context.Context) (*token.GenesisState, error) {
	g := &token.GenesisState{}
	err := k.issuers.Walk(ctx, nil, func(_ string, i token.Issuer) (bool, error) {
		g.Issuers = append(g.Issuers, i)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.holds.Walk(ctx, nil, func(_ string, h token.Hold) (bool, error) {
		g.Holds = append(g.Holds, h)
		return false, nil
	})
	return g, err
}
