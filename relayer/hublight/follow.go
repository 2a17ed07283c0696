package hublight

import (
	"context"
	"fmt"
	"sync"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
)

// How blocks are followed.
const (
	pollInterval     = time.Second // between two questions for a node's newest header
	longestSilence   = time.Minute // of a subscription, before it is taken for dead
	firstReconnect   = 200 * time.Millisecond
	longestReconnect = 10 * time.Second
)

// Follow believes new headers as they come, until ctx ends, and gives each newest one. The channel holds one: a slow reader misses
// headers, never the newest. It keeps the trust file up to date.
func (c *Client) Follow(ctx context.Context) <-chan *cmttypes.LightBlock {
	out := make(chan *cmttypes.LightBlock, 1)
	var running sync.WaitGroup
	for _, p := range c.peers {
		hints := make(chan int64, 1)
		running.Go(func() { p.keepSubscribed(ctx, hints) })
		running.Go(func() { c.followNode(ctx, p, hints) })
	}
	go func() {
		defer close(out)
		defer running.Wait()
		c.announce(ctx, out)
	}()
	return out
}

// followNode asks a node for each header that it hints at, and for its newest at every tick.
func (c *Client) followNode(ctx context.Context, p *peer, hints <-chan int64) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	_ = c.visit(ctx, p, 0) // judged
	for {
		height := int64(0) // a hint may be a lie as well; what the node then shows counts
		select {
		case <-ctx.Done():
			return
		case height = <-hints:
		case <-tick.C:
		}
		c.mu.Lock()
		rests := time.Now().Before(p.lieUntil) || time.Now().Before(p.downTill)
		c.mu.Unlock()
		if !rests {
			_ = c.visit(ctx, p, height) // judged
		}
	}
}

// announce gives what is newly believed.
func (c *Client) announce(ctx context.Context, out chan *cmttypes.LightBlock) {
	var last int64
	for ctx.Err() == nil {
		wait, changed, err := c.promote(time.Now())
		if block, _ := c.Believed(); err == nil && block != nil && block.Height > last {
			last = block.Height
			select {
			case <-out:
			default:
			}
			out <- block
			if err := c.save(saveEvery); err != nil {
				c.log.Error("the trust file cannot be written; going on without", "error", err)
			}
			continue
		}
		if changed == nil { // forked: until ctx ends
			c.mu.Lock()
			changed = c.changed
			c.mu.Unlock()
		}
		if wait == 0 {
			wait = pollInterval
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// keepSubscribed connects to a node's events until ctx ends, and waits longer each time that none came.
func (p *peer) keepSubscribed(ctx context.Context, hints chan int64) {
	wait := firstReconnect
	for ctx.Err() == nil {
		if heard, _ := p.subscribe(ctx, hints); heard {
			wait = firstReconnect
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		wait = min(2*wait, longestReconnect)
	}
}

// subscribe forwards the heights of block events until the node ends it. heard tells whether one came.
func (p *peer) subscribe(ctx context.Context, hints chan int64) (heard bool, err error) {
	ws, err := newSubscription(p.RPC)
	if err != nil {
		return false, err
	}
	defer ws.Stop() //nolint:errcheck // it is over either way
	events, err := ws.Subscribe(ctx, "corridor", cmttypes.EventQueryNewBlockHeader.String(), 16)
	if err != nil {
		return false, err
	}
	idle := time.NewTimer(longestSilence)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return heard, ctx.Err()
		case <-idle.C:
			return heard, fmt.Errorf("no block for %s", longestSilence)
		case e, open := <-events:
			if !open {
				return heard, fmt.Errorf("the node ended it")
			}
			idle.Reset(longestSilence)
			if h, ok := e.Data.(cmttypes.EventDataNewBlockHeader); ok {
				heard = true
				replaceHint(hints, h.Header.Height)
			}
		}
	}
}

// replaceHint puts a height into a channel of one, in place of what is there.
func replaceHint(ch chan int64, height int64) {
	for {
		select {
		case ch <- height:
			return
		default:
		}
		select {
		case <-ch:
		default:
		}
	}
}
