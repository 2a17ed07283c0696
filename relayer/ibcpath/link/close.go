package link

import (
	"context"
	"fmt"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// Close closes a channel of the path on both chains, begun on the first one where neither has, and returns how many transactions it
// took. Packets that were not received by then can only time out. Not every application allows it: transfer does not.
func Close(ctx context.Context, ends [2]ibcpath.End, channel ibcpath.Channel, observe func(Progress)) (int, error) {
	l := &linker{ends: ends, observe: observe, tries: map[string]int{}}
	for side, end := range channel.Ends {
		l.spec.Ports[side] = end.Port
		l.channel[side].id = end.Channel
	}
	for range maxTransactions {
		if err := l.lookAtChannel(ctx); err != nil {
			return l.transactions, err
		}
		now, err := nextOfClosing(l.channel)
		if err != nil || now.done() {
			return l.transactions, err
		}
		if err := l.do(ctx, now); err != nil {
			if err := l.judge(now, err); err != nil {
				return l.transactions, err
			}
		}
	}
	return l.transactions, fmt.Errorf("channel %s on %s is not closed after %d transactions", channel.Ends[0].Channel, ends[0].Chain.ID(),
		maxTransactions)
}

// lookAtChannel reads how far both ends are.
func (l *linker) lookAtChannel(ctx context.Context) error {
	for side := range 2 {
		if err := l.catchUp(ctx, side); err != nil {
			return err
		}
		port, id := l.spec.Ports[side], l.channel[side].id
		raw, err := l.ends[side].Chain.Value(ctx, host.ChannelKey(port, id), l.height[side])
		if err != nil {
			return err
		}
		if raw == nil {
			return fmt.Errorf("%s has no channel %s on port %s: name one that it has", l.ends[side].Chain.ID(), id, port)
		}
		var end channeltypes.Channel
		if err := end.Unmarshal(raw); err != nil {
			return fmt.Errorf("channel %s on %s: %w", id, l.ends[side].Chain.ID(), err)
		}
		l.channel[side] = half{id: id, far: end.Counterparty.ChannelId, stage: stageOf(end.State)}
	}
	return nil
}
