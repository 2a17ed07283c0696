package hubclient

import (
	"context"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	cmttypes "github.com/cometbft/cometbft/types"
)

// pollInterval is how often the newest block is asked for where no event came.
const pollInterval = time.Second

// Follow gives new blocks until ctx ends. The channel holds the newest block only: a slow reader misses blocks, never
// the newest. A websocket event is a hint that makes it quick; a timer makes it sure.
func (c *Client) Follow(ctx context.Context, log *slog.Logger) <-chan Block {
	out := make(chan Block, 1)
	hints := make(chan Block, 1)
	go c.hint(ctx, log, hints)
	go func() {
		defer close(out)
		tick := time.NewTicker(pollInterval)
		defer tick.Stop()
		var last int64
		for {
			var b Block
			select {
			case <-ctx.Done():
				return
			case b = <-hints:
			case <-tick.C:
				var err error
				if b, err = c.Latest(ctx); err != nil {
					log.Warn("the hub node does not answer; asking again", "node", c.node.GRPC, "error", err)
					continue
				}
			}
			if b.Height > last {
				last = b.Height
				replace(out, b)
			}
		}
	}()
	return out
}

// hint forwards block events over the node's websocket, and connects again when it breaks.
func (c *Client) hint(ctx context.Context, log *slog.Logger, hints chan Block) {
	if c.node.RPC == "" {
		return
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := c.subscribe(ctx, hints)
		if ctx.Err() == nil {
			log.Debug("the block subscription broke; connecting again", "node", c.node.RPC, "error", err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(0))
	if err != nil && ctx.Err() == nil {
		log.Warn("no block events; polling alone", "node", c.node.RPC, "error", err)
	}
}

// subscribe returns when the subscription ends; its error says why.
func (c *Client) subscribe(ctx context.Context, hints chan Block) error {
	rpc, err := rpchttp.New(c.node.RPC, "/websocket")
	if err != nil {
		return backoff.Permanent(err)
	}
	if err := rpc.Start(); err != nil {
		return err
	}
	defer rpc.Stop() //nolint:errcheck // it is over either way
	events, err := rpc.Subscribe(ctx, "corridor", cmttypes.EventQueryNewBlockHeader.String(), 16)
	if err != nil {
		return err
	}
	idle := time.NewTimer(time.Minute)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return backoff.Permanent(ctx.Err())
		case <-idle.C:
			return context.DeadlineExceeded
		case e, open := <-events:
			if !open {
				return context.Canceled
			}
			idle.Reset(time.Minute)
			if h, ok := e.Data.(cmttypes.EventDataNewBlockHeader); ok {
				replace(hints, Block{Height: h.Header.Height, Time: h.Header.Time})
			}
		}
	}
}

// replace puts b into a channel of one, in place of what is there.
func replace(ch chan Block, b Block) {
	for {
		select {
		case ch <- b:
			return
		default:
		}
		select {
		case <-ch:
		default:
		}
	}
}
