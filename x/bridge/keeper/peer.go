package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// Receive carries a peer's packet out and returns the answer, for a successful acknowledgement. An error, for an error
// acknowledgement, means that nothing changed. The guards are those of the far side in x/bridge/ibc/README.md.
//
// CONTRACT: the caller drops what was written with an error, as core IBC does.
func (k *Keeper) Receive(ctx context.Context, channelID string, raw []byte) (answer []byte, err error) {
	peer, err := k.peers.Get(ctx, channelID)
	if errors.Is(err, collections.ErrNotFound) {
		return nil, bridge.ErrUnknownPeer.Wrapf("nothing is taken from %s until governance sets a peer for it", channelID)
	}
	if err != nil {
		return nil, err
	}
	if err := k.checkChannel(ctx, peer.Channel); err != nil {
		return nil, err
	}
	packet, err := order.DecodeLegPacket(raw)
	if err != nil {
		return nil, bridge.ErrPacketForm.Wrap(err.Error())
	}
	if err := peer.Sent(packet.Instruction); err != nil {
		return nil, err
	}
	result, err := k.carryOut(ctx, packet)
	if err != nil {
		return nil, err
	}
	i := packet.Instruction
	if !i.Kind.Allowed(result.Outcome) {
		return nil, bridge.ErrOutcomeNotAllowed.Wrapf("this chain's ledger answered %s to a %s", result.Outcome, i.Kind)
	}
	if err := emit(ctx, &bridge.EventPeerInstruction{
		ChainId: i.ChainID, Ledger: i.Ledger, EntryId: i.Entry.String(), Kind: i.Kind.String(), Outcome: result.Outcome.String(), Reason: result.Reason,
	}); err != nil {
		return nil, err
	}
	return order.LegAnswer{
		InstructionHash: i.Hash(), Outcome: result.Outcome,
		LedgerReference: cut(result.LedgerReference, order.MaxNoteBytes), Reason: cut(result.Reason, order.MaxNoteBytes),
	}.Encode(), nil
}

// carryOut has this chain's ledger do what a peer's packet wants, a HOLD only with its payer's consent.
func (k *Keeper) carryOut(ctx context.Context, p order.LegPacket) (bridge.Result, error) {
	if k.peerside == nil {
		return bridge.Result{}, bridge.ErrNoLocalLedger
	}
	i := p.Instruction
	if i.Kind == order.Hold {
		return k.carryOutHold(ctx, p)
	}
	result, err := k.peerside.ExecutePeer(ctx, i)
	if err != nil || result.Outcome != order.Voided {
		return result, err
	}
	return result, k.giveQuoteBack(ctx, i.Entry.String())
}

func (k *Keeper) carryOutHold(ctx context.Context, p order.LegPacket) (bridge.Result, error) {
	i := p.Instruction
	key, err := k.peerside.ConsentKey(ctx, i.Payer)
	if err != nil {
		return bridge.Result{}, err
	}
	quote, refusal := bridge.CheckHold(p, key, sdk.UnwrapSDKContext(ctx).BlockTime())
	if refusal == nil && quote != nil {
		if refusal, err = k.checkQuoteSize(ctx, *quote, i); err != nil {
			return bridge.Result{}, err
		}
	}
	if refusal != nil {
		return k.peerside.RefusePeer(ctx, i, refusal.Error())
	}
	result, err := k.peerside.ExecutePeer(ctx, i)
	if err != nil || result.Outcome != order.Held || quote == nil {
		return result, err
	}
	return result, k.takeQuote(ctx, *quote, i)
}

// checkQuoteSize is guard 10. An entry that is there already has been counted.
func (k *Keeper) checkQuoteSize(ctx context.Context, q order.Quote, i order.Instruction) (refusal, err error) {
	counted, err := k.quotedHolds.Has(ctx, i.Entry.String())
	if err != nil || counted {
		return nil, err
	}
	id := q.ID()
	used, err := k.quoteUse(ctx, id[:])
	if err != nil {
		return nil, err
	}
	return bridge.CheckQuoteSize(q, used, i.AmountMinor), nil
}

func (k *Keeper) quoteUse(ctx context.Context, id []byte) (uint64, error) {
	used, err := k.quoteUses.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return used, err
}

// takeQuote counts a hold under its quote, once.
func (k *Keeper) takeQuote(ctx context.Context, q order.Quote, i order.Instruction) error {
	entry, id := i.Entry.String(), q.ID()
	if counted, err := k.quotedHolds.Has(ctx, entry); err != nil || counted {
		return err
	}
	return k.addQuotedHold(ctx, bridge.QuotedHold{EntryId: entry, QuoteId: id[:], AmountMinor: i.AmountMinor})
}

func (k *Keeper) addQuotedHold(ctx context.Context, h bridge.QuotedHold) error {
	used, err := k.quoteUse(ctx, h.QuoteId)
	if err != nil {
		return err
	}
	if err := k.quotedHolds.Set(ctx, h.EntryId, h); err != nil {
		return err
	}
	return k.quoteUses.Set(ctx, h.QuoteId, used+h.AmountMinor)
}

// giveQuoteBack counts a hold no more that was given back.
func (k *Keeper) giveQuoteBack(ctx context.Context, entry string) error {
	h, err := k.quotedHolds.Get(ctx, entry)
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	used, err := k.quoteUse(ctx, h.QuoteId)
	if err != nil {
		return err
	}
	if err := k.quotedHolds.Remove(ctx, entry); err != nil {
		return err
	}
	if used == h.AmountMinor {
		return k.quoteUses.Remove(ctx, h.QuoteId)
	}
	return k.quoteUses.Set(ctx, h.QuoteId, used-h.AmountMinor)
}

// setPeer takes a hub's instructions from a channel, in place of the one before. Guards 2 to 4 of MsgSetPeer.
func (k *Keeper) setPeer(ctx context.Context, p bridge.Peer) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if own := sdk.UnwrapSDKContext(ctx).ChainID(); p.Channel.ChainId == own {
		return bridge.ErrInvalidPeer.Wrapf("%s is this chain", own)
	}
	if err := k.checkChannel(ctx, p.Channel); err != nil {
		return err
	}
	peers, before := 0, ""
	if err := k.peers.Walk(ctx, nil, func(channelID string, other bridge.Peer) (bool, error) { // at most MaxPeers
		peers++
		same := other.Channel.ChainId == p.Channel.ChainId && other.Ledger == p.Ledger
		if same {
			before = channelID
		}
		if channelID == p.Channel.ChannelId && !same {
			return true, bridge.ErrChannelTaken.Wrapf("%s carries the legs of %s for %s", channelID, other.Channel.ChainId, other.Ledger)
		}
		return false, nil
	}); err != nil {
		return err
	}
	if before == "" && peers >= bridge.MaxPeers {
		return bridge.ErrTooManyPeers.Wrapf("%d are set: remove one first", peers)
	}
	if before != "" {
		if err := k.peers.Remove(ctx, before); err != nil {
			return err
		}
	}
	if err := k.peers.Set(ctx, p.Channel.ChannelId, p); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventPeerSet{ChainId: p.Channel.ChainId, Ledger: p.Ledger, ChannelId: p.Channel.ChannelId})
}

// removePeer takes a hub's instructions no more. Guard 2 of MsgRemovePeer.
func (k *Keeper) removePeer(ctx context.Context, chainID, ledger string) error {
	found := ""
	if err := k.peers.Walk(ctx, nil, func(channelID string, p bridge.Peer) (bool, error) { // at most MaxPeers
		if p.Channel.ChainId == chainID && p.Ledger == ledger {
			found = channelID
		}
		return found != "", nil
	}); err != nil {
		return err
	}
	if found == "" {
		return bridge.ErrUnknownPeer.Wrapf("ledger %q of chain %q: see `query bridge peers`", ledger, chainID)
	}
	if err := k.peers.Remove(ctx, found); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventPeerRemoved{ChainId: chainID, Ledger: ledger})
}
