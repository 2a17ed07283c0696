package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// InitGenesis writes the whole state. It refuses an outbox of another chain id, whose hashes nobody could verify
// here, and instructions of modules that this app doesn't have.
func (k *Keeper) InitGenesis(ctx context.Context, g *bridge.GenesisState) error {
	if err := g.Validate(); err != nil {
		return err
	}
	for _, l := range g.Ledgers {
		if err := k.ledgers.Set(ctx, l.Id, l); err != nil {
			return err
		}
	}
	if err := k.importOutbox(ctx, g); err != nil {
		return err
	}
	for _, v := range g.Votes {
		if err := k.votes.Set(ctx, collections.Join3(v.Ledger, v.Number, v.Notary), v); err != nil {
			return err
		}
	}
	for _, s := range g.Suspensions {
		if err := k.suspensions.Set(ctx, collections.Join(s.Ledger, s.Notary), s); err != nil {
			return err
		}
	}
	for _, p := range g.PendingChanges {
		if err := k.pending.Set(ctx, p.Ledger, p); err != nil {
			return err
		}
	}
	for _, r := range g.Recounts {
		if err := k.recounts.Set(ctx, r.Ledger, r.Number); err != nil {
			return err
		}
	}
	return k.importLegs(ctx, g)
}

func (k *Keeper) importOutbox(ctx context.Context, g *bridge.GenesisState) error {
	chainID := sdk.UnwrapSDKContext(ctx).ChainID()
	for _, r := range g.Records {
		i, err := order.DecodeInstruction(r.Instruction)
		if err != nil {
			return err
		}
		if i.ChainID != chainID {
			return bridge.ErrInvalidGenesis.Wrapf("record %d of %s is of chain %q, this is %q: keep the chain id", r.Number, r.Ledger, i.ChainID, chainID)
		}
		if err := k.records.Set(ctx, collections.Join(r.Ledger, r.Number), r); err != nil {
			return err
		}
		if err := k.heads.Set(ctx, r.Ledger, r.Number); err != nil {
			return err
		}
	}
	for _, t := range g.Trackings {
		if _, known := k.handlers[t.Owner]; !known {
			return bridge.ErrUnknownOwner.Wrapf("instruction %d of %s belongs to %q", t.Number, t.Ledger, t.Owner)
		}
		if err := k.save(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads the whole state, in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*bridge.GenesisState, error) {
	g := new(bridge.GenesisState)
	var err error
	if g.Ledgers, err = values(ctx, k.ledgers); err != nil {
		return nil, err
	}
	if g.Records, err = values(ctx, k.records); err != nil {
		return nil, err
	}
	if g.Trackings, err = values(ctx, k.trackings); err != nil {
		return nil, err
	}
	if g.Votes, err = values(ctx, k.votes); err != nil {
		return nil, err
	}
	if g.Suspensions, err = values(ctx, k.suspensions); err != nil {
		return nil, err
	}
	if g.PendingChanges, err = values(ctx, k.pending); err != nil {
		return nil, err
	}
	err = k.recounts.Walk(ctx, nil, func(ledger string, next uint64) (bool, error) {
		g.Recounts = append(g.Recounts, bridge.InstructionKey{Ledger: ledger, Number: next})
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	return g, k.exportLegs(ctx, g)
}

// values reads a whole collection. Export alone may do that.
func values[K, V any](ctx context.Context, c interface {
	Walk(context.Context, collections.Ranger[K], func(K, V) (bool, error)) error
},
) ([]V, error) {
	var all []V
	err := c.Walk(ctx, nil, func(_ K, v V) (bool, error) {
		all = append(all, v)
		return false, nil
	})
	return all, err
}
