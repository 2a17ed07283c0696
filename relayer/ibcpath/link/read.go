package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cosmos/cosmos-sdk/types/query"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How much of a chain is searched for handshakes to go on with. What lies beyond is left alone, and a new handshake begun.
const (
	maxConnections = 200 // of a client, the newest
	pageSize       = 100
	maxPages       = 50 // of a connection's channels
)

// headTimeout is how long a chain may take for a block before linking gives up with words.
const headTimeout = 2 * time.Minute

// look reads what both chains say in their newest state, own transactions included.
func (l *linker) look(ctx context.Context) (view, error) {
	for side := range 2 {
		if err := l.catchUp(ctx, side); err != nil {
			return view{}, err
		}
	}
	v := view{clients: [2]string{l.ends[0].ClientID, l.ends[1].ClientID}, cautious: l.cautious}
	if v.clients[0] == "" || v.clients[1] == "" {
		return v, nil
	}
	var err error
	if v.connection, err = l.findConnection(ctx); err != nil {
		return view{}, err
	}
	l.ends[0].ConnectionID, l.ends[1].ConnectionID = v.connection[0].id, v.connection[1].id
	if l.spec.wantsChannel() {
		v.channel, err = l.findChannel(ctx, v.connection)
	}
	l.channel = v.channel
	return v, err
}

// catchUp notes the chain's newest block; it waits for that of the last own transaction.
func (l *linker) catchUp(ctx context.Context, side int) error {
	head, err := l.await(ctx, side, max(l.sentAt[side], 1))
	l.height[side] = head.Height
	return err
}

// await waits for a block.
func (l *linker) await(ctx context.Context, side int, height int64) (ibcpath.Head, error) {
	waiting, stop := context.WithTimeoutCause(ctx, headTimeout, fmt.Errorf("none came for %s: is the chain halted?", headTimeout))
	defer stop()
	return ibcpath.Newest(waiting, l.ends[side].Chain, height)
}

// findConnection is the furthest handshake over the pair of clients.
func (l *linker) findConnection(ctx context.Context) (pair, error) {
	var found [2][]half
	for side := range 2 {
		ids, err := l.connectionIDs(ctx, side)
		if err != nil {
			return pair{}, err
		}
		for _, id := range ids {
			end, err := l.connectionEnd(ctx, side, id)
			if err != nil {
				return pair{}, err
			}
			if end.ClientId == l.ends[side].ClientID && end.Counterparty.ClientId == l.ends[1-side].ClientID && l.spec.takesConnection(end) {
				found[side] = append(found[side], half{id: id, far: end.Counterparty.ConnectionId, stage: stage(end.State)})
			}
		}
	}
	best := furthest(found[0], found[1])
	for side, given := range l.given {
		if given != "" && best[side].id != given {
			return pair{}, fmt.Errorf("connection %s on %s does not belong to clients %s and %s with a delay of %s, or its other end is "+
				"gone: name the right one, or none", given, l.ends[side].Chain.ID(), l.ends[0].ClientID, l.ends[1].ClientID, l.spec.Delay)
		}
	}
	return best, nil
}

// connectionIDs are those that may be gone on with: the one that was given, or all of the client.
func (l *linker) connectionIDs(ctx context.Context, side int) ([]string, error) {
	if l.given[side] != "" {
		return []string{l.given[side]}, nil
	}
	raw, err := l.ends[side].Chain.Value(ctx, host.ClientConnectionsKey(l.ends[side].ClientID), l.height[side])
	if err != nil {
		return nil, err
	}
	var paths connectiontypes.ClientPaths
	if err := paths.Unmarshal(raw); err != nil {
		return nil, fmt.Errorf("connections of client %s on %s: %w", l.ends[side].ClientID, l.ends[side].Chain.ID(), err)
	}
	return paths.Paths[max(len(paths.Paths)-maxConnections, 0):], nil
}

func (l *linker) connectionEnd(ctx context.Context, side int, id string) (connectiontypes.ConnectionEnd, error) {
	var end connectiontypes.ConnectionEnd
	raw, err := l.ends[side].Chain.Value(ctx, host.ConnectionKey(id), l.height[side])
	if err == nil && raw == nil {
		err = errors.New("there is none of that name")
	}
	if err == nil {
		err = end.Unmarshal(raw)
	}
	if err != nil {
		return end, fmt.Errorf("connection %s on %s: %w", id, l.ends[side].Chain.ID(), err)
	}
	return end, nil
}

// findChannel is the furthest handshake on the connection that is as the spec wants it.
func (l *linker) findChannel(ctx context.Context, connection pair) (pair, error) {
	var found [2][]half
	for side := range 2 {
		if connection[side].stage == absent {
			continue
		}
		channels, err := l.channels(ctx, side, connection[side].id)
		if err != nil {
			return pair{}, err
		}
		for _, each := range channels {
			end := channeltypes.Channel{Ordering: each.Ordering, Counterparty: each.Counterparty, Version: each.Version}
			if at := stageOf(each.State); at != closed && l.spec.takesChannel(side, each.PortId, end) {
				found[side] = append(found[side], half{id: each.ChannelId, far: each.Counterparty.ChannelId, stage: at})
			}
		}
	}
	return furthest(found[0], found[1]), nil
}

// channels are those of a connection, in the order of their numbers.
func (l *linker) channels(ctx context.Context, side int, connection string) ([]*channeltypes.IdentifiedChannel, error) {
	chain := l.ends[side].Chain
	channels := channeltypes.NewQueryClient(chain.At(l.height[side]))
	page := &query.PageRequest{Limit: pageSize}
	var found []*channeltypes.IdentifiedChannel
	for range maxPages {
		answer, err := channels.ConnectionChannels(ctx, &channeltypes.QueryConnectionChannelsRequest{Connection: connection, Pagination: page})
		if err != nil {
			return nil, fmt.Errorf("channels of connection %s on %s: %w", connection, chain.ID(), err)
		}
		found = append(found, answer.Channels...)
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Limit: pageSize, Key: answer.Pagination.NextKey}
	}
	slices.SortStableFunc(found, func(a, b *channeltypes.IdentifiedChannel) int {
		return int(number(a.ChannelId)) - int(number(b.ChannelId))
	})
	return found, nil
}

// number is that in a channel's id; ids that have none come first.
func number(channel string) uint64 {
	n, err := channeltypes.ParseChannelSequence(channel)
	if err != nil {
		return 0
	}
	return n
}

// stageOf takes a channel that is being upgraded for an open one.
func stageOf(state channeltypes.State) stage {
	if state == channeltypes.FLUSHING || state == channeltypes.FLUSHCOMPLETE {
		return opened
	}
	return stage(state)
}
