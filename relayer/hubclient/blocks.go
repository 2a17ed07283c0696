package hubclient

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	cmttypes "github.com/cometbft/cometbft/types"
)

// How blocks are followed.
const (
	pollInterval     = time.Second // between two questions for the newest block
	longestSilence   = time.Minute // of a subscription, before it is taken for dead
	firstReconnect   = 200 * time.Millisecond
	longestReconnect = 10 * time.Second
)

// Follow gives new blocks until ctx ends. The channel holds the newest block only: a slow reader misses blocks, never
// the newest. A websocket event is a hint that makes it quick; a timer makes it sure.
func (c *Client) Follow(ctx context.Context, log *slog.Logger) <-chan Block {
	hints := make(chan Block, 1)
	if c.node.RPC != "" {
		go keep(ctx, func() (connected bool) {
			connected, err := c.subscribe(ctx, hints)
			if ctx.Err() == nil {
				log.Debug("the block subscription broke; connecting again", "node", c.node.RPC, "error", err)
			}
			return connected
		})
	}
	out := make(chan Block, 1)
	go func() {
		defer close(out)
		tick := time.NewTicker(pollInterval)
		defer tick.Stop()
		follow(ctx, out, hints, tick.C, func() (Block, error) {
			b, err := c.Latest(ctx)
			if err != nil && ctx.Err() == nil {
				log.Warn("the hub node does not answer; asking again", "node", c.node.GRPC, "error", err)
			}
			return b, err
		})
	}()
	return out
}

// follow merges hints and what is asked at every tick. A hint is taken although its height was given before: asked, a node can name a
// block that it has yet to execute, while it hints at those that it has executed.
func follow(ctx context.Context, out chan Block, hints <-chan Block, tick <-chan time.Time, latest func() (Block, error)) {
	var last int64
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-hints:
			if b.Height >= last {
				last = b.Height
				replace(out, b)
			}
		case <-tick:
			if b, err := latest(); err == nil && b.Height > last {
				last = b.Height
				replace(out, b)
			}
		}
	}
}

// keep calls connect until ctx ends, and waits longer each time that no connection came about.
func keep(ctx context.Context, connect func() (connected bool)) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = firstReconnect, longestReconnect
	for ctx.Err() == nil {
		if connect() {
			wait.Reset()
		}
		timer := time.NewTimer(wait.NextBackOff())
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// subscribe forwards block events over the node's websocket. It returns when that ends; its error says why. connected tells whether
// an event came.
func (c *Client) subscribe(ctx context.Context, hints chan Block) (connected bool, err error) {
	rpc, err := rpchttp.New(c.node.RPC, "/websocket")
	if err != nil {
		return false, err
	}
	if err := rpc.Start(); err != nil {
		return false, err
	}
	defer rpc.Stop() //nolint:errcheck // it is over either way
	events, err := rpc.Subscribe(ctx, "corridor", cmttypes.EventQueryNewBlockHeader.String(), 16)
	if err != nil {
		return false, err
	}
	idle := time.NewTimer(longestSilence)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return connected, ctx.Err()
		case <-idle.C:
			return connected, fmt.Errorf("no block for %s", longestSilence)
		case e, open := <-events:
			if !open {
				return connected, errors.New("the node ended it")
			}
			idle.Reset(longestSilence)
			connected = true
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
