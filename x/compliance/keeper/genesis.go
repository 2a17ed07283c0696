package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/compliance"
)

// InitGenesis writes a valid genesis and creates the participants' hub accounts; x/auth has to come before.
func (k Keeper) InitGenesis(ctx context.Context, g compliance.GenesisState) error {
	if err := g.Validate(k.addresses); err != nil {
		return err
	}
	if err := k.params.Set(ctx, g.Params); err != nil {
		return err
	}
	for _, p := range g.Participants {
		if err := k.createAccount(ctx, p.Address); err != nil {
			return err
		}
		if err := k.participants.Set(ctx, p.Id, p); err != nil {
			return err
		}
	}
	for _, escrow := range g.Escrows {
		raw, err := k.addresses.StringToBytes(escrow)
		if err != nil {
			return err
		}
		if err := k.escrows.Set(ctx, raw); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads everything, in the order of the keys.
func (k Keeper) ExportGenesis(ctx context.Context) (*compliance.GenesisState, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	g := &compliance.GenesisState{Params: params}
	err = k.participants.Walk(ctx, nil, func(_ string, p compliance.Participant) (bool, error) {
		g.Participants = append(g.Participants, p)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.escrows.Walk(ctx, nil, func(raw []byte) (bool, error) {
		escrow, err := k.addresses.BytesToString(raw)
		g.Escrows = append(g.Escrows, escrow)
		return false, err
	})
	return g, err
}
