package ibcpath

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How blocks are read.
const (
	blocksAtOnce  = 4                      // read ahead while catching up
	firstRetry    = 100 * time.Millisecond // after an error of a chain, doubled each time
	longestRetry  = 10 * time.Second
	hopelessAfter = 10 * time.Minute // of asking for one block in vain, what waits is listed anew
)

// follow learns from every block of a chain after the newest of now, in order and without a gap, until ctx ends.
func (p *Path) follow(ctx context.Context, end int) {
	chain := p.ends[end].Chain
	for head := range chain.Follow(ctx) {
		p.mu.Lock()
		if p.book.heads[end].Height == 0 {
			p.book.heads[end] = head
			p.advance(end)
		}
		from := p.book.heads[end].Height + 1
		p.mu.Unlock()
		p.wakeAll()
		p.catchUp(ctx, end, from, head)
	}
}

// catchUp learns from the blocks from a height to the head. Several are read at once, but learned from in order.
func (p *Path) catchUp(ctx context.Context, end int, from int64, head Head) {
	type reading struct {
		block Block
		err   error
	}
	ahead := make(map[int64]chan reading, blocksAtOnce)
	read := func(height int64) {
		answer := make(chan reading, 1)
		ahead[height] = answer
		go func() {
			block, err := p.ends[end].Chain.Block(ctx, height)
			answer <- reading{block, err}
		}()
	}
	retry := newBackoff()
	var failing time.Time
	for height := from; height <= head.Height && ctx.Err() == nil; {
		for next := height; next <= head.Height && next < height+blocksAtOnce; next++ {
			if ahead[next] == nil {
				read(next)
			}
		}
		got := <-ahead[height]
		delete(ahead, height)
		if got.err == nil {
			p.healthy(end, "blocks")
			p.apply(end, got.block)
			retry.Reset()
			failing = time.Time{}
			height++
			continue
		}
		p.sick(ctx, end, "blocks", fmt.Errorf("read block %d: %w", height, got.err))
		if failing.IsZero() {
			failing = time.Now()
		}
		if time.Since(failing) > hopelessAfter {
			p.skipTo(end, head)
			return
		}
		wait(ctx, retry.NextBackOff())
	}
}

// apply learns from a block.
func (p *Path) apply(end int, b Block) {
	events := eventsOf(b)
	p.mu.Lock()
	for _, e := range events {
		p.learn(end, b.Height, e)
	}
	p.book.heads[end] = Head{Height: b.Height, Time: b.Time}
	p.advance(end)
	p.mu.Unlock()
	p.wakeAll()
}

// skipTo gives up on blocks that no node has. What happened in them is found by listing everything anew.
func (p *Path) skipTo(end int, head Head) {
	p.mu.Lock()
	p.book.heads[end] = head
	p.advance(end)
	p.mu.Unlock()
	p.log.Warn("blocks could not be read; listing all packets that wait", "chain", p.ends[end].Chain.ID(), "to", head.Height)
	p.relist()
}

// newBackoff waits longer each time.
func newBackoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = firstRetry, longestRetry
	return b
}

// wait returns after d, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
