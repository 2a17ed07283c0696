package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/bridge"
)

// importLegs writes what is remembered of ledgers behind channels and of peers, and takes the leg app's port.
func (k *Keeper) importLegs(ctx context.Context, g *bridge.GenesisState) error {
	if k.channels != nil {
		if err := k.channels.Bind(ctx); err != nil {
			return err
		}
	}
	for _, d := range g.Dispatches {
		if err := k.saveDispatch(ctx, d); err != nil {
			return err
		}
	}
	for _, p := range g.OpenPackets {
		if err := k.openPackets.Set(ctx, collections.Join(p.Packet.ChannelId, p.Packet.Sequence), p); err != nil {
			return err
		}
	}
	for _, s := range g.Stalls {
		if err := k.stalls.Set(ctx, s.Ledger, s); err != nil {
			return err
		}
	}
	for _, p := range g.Peers {
		if err := k.peers.Set(ctx, p.Channel.ChannelId, p); err != nil {
			return err
		}
	}
	for _, h := range g.QuotedHolds {
		if err := k.addQuotedHold(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// exportLegs reads them.
func (k *Keeper) exportLegs(ctx context.Context, g *bridge.GenesisState) (err error) {
	if g.Dispatches, err = values(ctx, k.dispatches); err != nil {
		return err
	}
	if g.OpenPackets, err = values(ctx, k.openPackets); err != nil {
		return err
	}
	if g.Stalls, err = values(ctx, k.stalls); err != nil {
		return err
	}
	if g.Peers, err = values(ctx, k.peers); err != nil {
		return err
	}
	g.QuotedHolds, err = values(ctx, k.quotedHolds)
	return err
}
