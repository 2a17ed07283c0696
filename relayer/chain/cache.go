package chain

import (
	"context"
	"sync"
)

// cache keeps what was read of a few heights, and reads each once however many ask for it at the same time. What failed is
// forgotten, so that the next one who asks reads again.
type cache[T any] struct {
	ctx  context.Context // of the chain: who asked first may leave while others wait
	keep int

	mu      sync.Mutex
	entries map[int64]*entry[T]
	used    []int64 // least recently asked for first
}

type entry[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func newCache[T any](ctx context.Context, keep int) *cache[T] {
	return &cache[T]{ctx: ctx, keep: keep, entries: map[int64]*entry[T]{}}
}

// get gives what read gives for a height, now or before.
func (c *cache[T]) get(ctx context.Context, height int64, read func(context.Context) (T, error)) (T, error) {
	e := c.entry(height, read)
	select {
	case <-e.done:
		return e.value, e.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

func (c *cache[T]) entry(height int64, read func(context.Context) (T, error)) *entry[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, known := c.entries[height]
	c.touch(height)
	if known {
		return e
	}
	e = &entry[T]{done: make(chan struct{})}
	c.entries[height] = e
	go func() {
		e.value, e.err = read(c.ctx)
		if e.err != nil {
			c.forget(height, e)
		}
		close(e.done)
	}()
	return e
}

// touch makes a height the last one to be dropped, and drops the first if there are too many. The caller holds the lock.
func (c *cache[T]) touch(height int64) {
	for i, each := range c.used {
		if each == height {
			c.used = append(c.used[:i], c.used[i+1:]...)
			break
		}
	}
	c.used = append(c.used, height)
	if len(c.used) > c.keep {
		delete(c.entries, c.used[0])
		c.used = c.used[1:]
	}
}

func (c *cache[T]) forget(height int64, failed *entry[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[height] == failed {
		delete(c.entries, height)
	}
}
