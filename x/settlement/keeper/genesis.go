package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/settlement"
)

// InitGenesis stores a genesis state. It refuses open settlements that belong to another chain, and a state in which an
// invariant is broken; the quotes have to be there.
func (k Keeper) InitGenesis(ctx context.Context, g settlement.GenesisState) error {
	if err := g.Validate(); err != nil {
		return err
	}
	if err := g.CheckChain(chainID(ctx)); err != nil {
		return err
	}
	var last uint64
	for _, s := range g.Settlements {
		if err := k.settlements.Set(ctx, s.Id, s); err != nil {
			return err
		}
		last = max(last, s.Number)
	}
	for _, item := range g.Due {
		if err := k.due.Set(ctx, item.Id, item); err != nil {
			return err
		}
	}
	if err := k.number.Set(ctx, last); err != nil {
		return err
	}
	problems, err := k.Problems(ctx)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return settlement.ErrGenesis.Wrap(problems[0])
	}
	return nil
}

// ExportGenesis gives everything that is stored.
func (k Keeper) ExportGenesis(ctx context.Context) (*settlement.GenesisState, error) {
	g := &settlement.GenesisState{ChainId: chainID(ctx)}
	err := k.settlements.Walk(ctx, nil, func(_ []byte, s settlement.Settlement) (bool, error) {
		g.Settlements = append(g.Settlements, s)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.due.Walk(ctx, nil, func(_ []byte, item settlement.DueItem) (bool, error) {
		g.Due = append(g.Due, item)
		return false, nil
	})
	return g, err
}
