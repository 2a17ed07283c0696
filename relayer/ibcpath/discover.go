package ibcpath

import (
	"context"
	"fmt"

	"github.com/cosmos/cosmos-sdk/types/query"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// discover reads which channels there are on the connection, and returns those that were not known.
func (p *Path) discover(ctx context.Context) ([]*channel, error) {
	var ends [2]map[ChannelEnd]*channeltypes.IdentifiedChannel
	p.mu.Lock()
	heads := p.book.heads
	p.mu.Unlock()
	for end := range p.ends {
		if err := p.readDelay(ctx, end); err != nil {
			return nil, err
		}
		var err error
		if ends[end], err = p.channelsOf(ctx, end, heads[end].Height); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []*channel
	for at, here := range ends[0] {
		there := ends[1][ChannelEnd{here.Counterparty.PortId, here.Counterparty.ChannelId}]
		if there == nil || !usable(here, there) {
			continue
		}
		c := Channel{
			Ends:    [2]ChannelEnd{at, {there.PortId, there.ChannelId}},
			Ordered: here.Ordering == channeltypes.ORDERED,
		}
		closed := [2]int64{closedBy(here, heads[0]), closedBy(there, heads[1])}
		if known := p.book.byEnd[0][at]; known != nil {
			known.close(closed)
			continue
		}
		ch := newChannel(c, closed)
		if !p.opts.Filter.channel(p.route(ch)) {
			continue
		}
		p.book.channels = append(p.book.channels, ch)
		p.book.byEnd[0][c.Ends[0]], p.book.byEnd[1][c.Ends[1]] = ch, ch
		found = append(found, ch)
		p.log.Info("channel", "a", c.Ends[0], "b", c.Ends[1], "ordered", c.Ordered)
	}
	return found, nil
}

// close notes ends that were found closed and were not known to be.
func (ch *channel) close(closed [2]int64) {
	for end, at := range closed {
		if ch.closedAt[end] == 0 {
			ch.closedAt[end] = at
		}
	}
}

// usable tells whether packets can be, or could have been, sent over a channel: both ends are through the handshake.
func usable(ends ...*channeltypes.IdentifiedChannel) bool {
	for _, end := range ends {
		if end.State == channeltypes.UNINITIALIZED || end.State == channeltypes.INIT || end.State == channeltypes.TRYOPEN {
			return false
		}
	}
	return true
}

// closedBy is the block by which a channel end was closed; 0 if it is not.
func closedBy(end *channeltypes.IdentifiedChannel, at Head) int64 {
	if end.State == channeltypes.CLOSED {
		return at.Height
	}
	return 0
}

// channelsOf are the channels on one end's connection.
func (p *Path) channelsOf(ctx context.Context, end int, height int64) (map[ChannelEnd]*channeltypes.IdentifiedChannel, error) {
	found := map[ChannelEnd]*channeltypes.IdentifiedChannel{}
	err := paged(func(page *query.PageRequest) (*query.PageResponse, error) {
		got, err := channelsAt(p.ends[end].Chain, height).ConnectionChannels(ctx, &channeltypes.QueryConnectionChannelsRequest{
			Connection: p.ends[end].ConnectionID, Pagination: page,
		})
		if err != nil {
			return nil, fmt.Errorf("list channels of %s on %s: %w", p.ends[end].ConnectionID, p.ends[end].Chain.ID(), err)
		}
		for _, each := range got.Channels {
			found[ChannelEnd{each.PortId, each.ChannelId}] = each
		}
		return got.Pagination, nil
	})
	return found, err
}
