package keeper

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"
	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/corridor-network/corridor/x/bridge"
)

// packetKey names a packet that this chain sent: channel and sequence.
type packetKey = collections.Pair[string, uint64]

// legSides is who else takes part in legs that travel: registered while the app is wired.
type legSides struct {
	channels bridge.Channels
	peerside bridge.PeerLedger
	orders   map[string]bridge.OrderSource // by owner
}

// legStores is what is remembered of ledgers behind channels, and of peers.
type legStores struct {
	dispatches  collections.Map[instructionKey, bridge.Dispatch]
	waiting     collections.KeySet[instructionKey] // exactly the dispatches that are WAITING
	openPackets collections.Map[packetKey, bridge.OpenPacket]
	stalls      collections.Map[string, bridge.Stall]
	peers       collections.Map[string, bridge.Peer]       // by this chain's channel
	quotedHolds collections.Map[string, bridge.QuotedHold] // by entry id
	quoteUses   collections.Map[[]byte, uint64]            // by quote id: the sum of its quoted holds
}

func newLegStores(sb *collections.SchemaBuilder, cdc codec.BinaryCodec) legStores {
	pair := collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)
	return legStores{
		dispatches:  collections.NewMap(sb, bridge.DispatchesPrefix, "dispatches", pair, codec.CollValue[bridge.Dispatch](cdc)),
		waiting:     collections.NewKeySet(sb, bridge.WaitingPrefix, "waiting", pair),
		openPackets: collections.NewMap(sb, bridge.OpenPacketsPrefix, "open_packets", pair, codec.CollValue[bridge.OpenPacket](cdc)),
		stalls:      collections.NewMap(sb, bridge.StallsPrefix, "stalls", collections.StringKey, codec.CollValue[bridge.Stall](cdc)),
		peers:       collections.NewMap(sb, bridge.PeersPrefix, "peers", collections.StringKey, codec.CollValue[bridge.Peer](cdc)),
		quotedHolds: collections.NewMap(sb, bridge.QuotedHoldsPrefix, "quoted_holds", collections.StringKey, codec.CollValue[bridge.QuotedHold](cdc)),
		quoteUses:   collections.NewMap(sb, bridge.QuoteUsesPrefix, "quote_uses", collections.BytesKey, collections.Uint64Value),
	}
}

// RegisterChannels gives the bridge IBC. It panics on a second one.
func (k *Keeper) RegisterChannels(c bridge.Channels) {
	if k.channels != nil || c == nil {
		panic("bridge: legs travel by exactly one IBC")
	}
	k.channels = c
}

// RegisterPeerLedger makes l carry out the instructions of peers. It panics on a second one.
func (k *Keeper) RegisterPeerLedger(l bridge.PeerLedger) {
	if k.peerside != nil || l == nil {
		panic("bridge: exactly one ledger of this chain carries out what peers want")
	}
	k.peerside = l
}

// RegisterOrders makes s say what the HOLDs of owner come with. It panics on a second one.
func (k *Keeper) RegisterOrders(owner string, s bridge.OrderSource) {
	if _, twice := k.orders[owner]; twice || owner == "" || s == nil {
		panic(fmt.Sprintf("bridge: orders of %q: want one source, not nil, under a name", owner))
	}
	k.orders[owner] = s
}

// checkLedgerChannel verifies that a channel can carry a ledger's legs and is no other ledger's.
func (k *Keeper) checkLedgerChannel(ctx context.Context, ledger string, c bridge.LegChannel) error {
	if err := k.checkChannel(ctx, c); err != nil {
		return err
	}
	return k.ledgers.Walk(ctx, nil, func(id string, l bridge.Ledger) (bool, error) { // at most MaxLedgers
		if l.Channel != nil && l.Channel.ChannelId == c.ChannelId && id != ledger {
			return true, bridge.ErrChannelTaken.Wrapf("%s carries the legs of ledger %s", c.ChannelId, id)
		}
		return false, nil
	})
}

// checkChannel verifies that a channel is, now, what governance or the genesis file said.
func (k *Keeper) checkChannel(ctx context.Context, c bridge.LegChannel) error {
	if k.channels == nil {
		return bridge.ErrLinkNotSupported.Wrap("this app is wired without the leg app")
	}
	end, err := k.channels.End(ctx, c.ChannelId)
	if err != nil {
		return err
	}
	return bridge.CheckChannel(c, end)
}

// cause is an error in words that are the same on every node: an error's own text may say what only this one knows.
func cause(err error) string {
	var registered *errorsmod.Error
	if errors.As(err, &registered) {
		return fmt.Sprintf("%s/%d: %s", registered.Codespace(), registered.ABCICode(), registered.Error())
	}
	return "internal error: see the log"
}
