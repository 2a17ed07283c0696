package keeper

import (
	"context"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/x/bridge"
)

// SetChannel makes a ledger be reached by another channel.
func (s msgServer) SetChannel(ctx context.Context, m *bridge.MsgSetChannel) (*bridge.MsgSetChannelResponse, error) {
	l, err := s.governed(ctx, m.Authority, m.Ledger)
	if err != nil {
		return nil, err
	}
	if l.Link != bridge.LINK_IBC {
		return nil, bridge.ErrNotDispatched.Wrapf("%s has %s", l.Id, l.Link)
	}
	l.Channel = &m.Channel
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if err := s.checkLedgerChannel(ctx, l.Id, m.Channel); err != nil {
		return nil, err
	}
	if err := s.ledgers.Set(ctx, l.Id, l); err != nil {
		return nil, err
	}
	return &bridge.MsgSetChannelResponse{}, emit(ctx, &bridge.EventChannelSet{Ledger: l.Id, ChannelId: m.Channel.ChannelId})
}

// SendAgain queues a POST or VOID whose packet came to nothing.
func (s msgServer) SendAgain(ctx context.Context, m *bridge.MsgSendAgain) (*bridge.MsgSendAgainResponse, error) {
	l, err := s.Ledger(ctx, m.Ledger)
	if err != nil {
		return nil, err
	}
	if l.Link != bridge.LINK_IBC {
		return nil, bridge.ErrNotDispatched.Wrapf("%s has %s", l.Id, l.Link)
	}
	if _, err := s.record(ctx, m.Ledger, m.Number); err != nil {
		return nil, err
	}
	d, i, err := s.dispatch(ctx, m.Ledger, m.Number)
	if err != nil {
		return nil, err
	}
	if err := bridge.CheckAgain(d, i, l.Channel.ChannelId); err != nil {
		return nil, err
	}
	return &bridge.MsgSendAgainResponse{}, s.moveDispatch(ctx, d, bridge.DispatchAgain)
}

// SetPeer takes another hub's instructions from a channel.
func (s msgServer) SetPeer(ctx context.Context, m *bridge.MsgSetPeer) (*bridge.MsgSetPeerResponse, error) {
	if err := s.authorise(m.Authority); err != nil {
		return nil, err
	}
	return &bridge.MsgSetPeerResponse{}, s.setPeer(ctx, m.Peer)
}

// RemovePeer takes another hub's instructions no more.
func (s msgServer) RemovePeer(ctx context.Context, m *bridge.MsgRemovePeer) (*bridge.MsgRemovePeerResponse, error) {
	if err := s.authorise(m.Authority); err != nil {
		return nil, err
	}
	return &bridge.MsgRemovePeerResponse{}, s.removePeer(ctx, m.ChainId, m.Ledger)
}

// Peers are the hubs whose instructions this chain's own ledger carries out, by channel.
func (q queryServer) Peers(ctx context.Context, r *bridge.QueryPeersRequest) (*bridge.QueryPeersResponse, error) {
	peers, page, err := query.CollectionPaginate(ctx, q.k.peers, bounded(r.Pagination),
		func(_ string, p bridge.Peer) (bridge.Peer, error) { return p, nil })
	return &bridge.QueryPeersResponse{Peers: peers, Pagination: page}, err
}
