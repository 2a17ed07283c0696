package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// bench measures what its options ask for.
type bench struct {
	options
	dir  string
	load string // the machine's, when it began

	base    *pair         // linked, nothing sent; stopped
	loaded  map[int]*pair // besides, N packets are pending; stopped
	copies  int
	results []result
	ceils   []ceiling
}

// cell is what a median is taken over.
type cell struct {
	Relayer string        `json:"relayer"`
	Load    string        `json:"load"`
	Block   time.Duration `json:"block_nanoseconds"`
	Packets int           `json:"packets"`
}

func (c cell) String() string {
	return fmt.Sprintf("%s, %d packets %s, blocks of %s", c.Relayer, c.Packets, c.Load, c.Block)
}

func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}

func (b *bench) say(format string, args ...any) {
	if b.verbose {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

func (b *bench) measure(ctx context.Context) error {
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for _, block := range b.blocks {
		for _, load := range b.loads {
			counts := b.counts
			if load == live {
				counts = counts[:1]
			}
			for _, n := range counts {
				if err := b.turns(ctx, cell{Load: load, Block: block, Packets: n}); err != nil {
					return err
				}
			}
		}
		if b.ceiling {
			if err := b.ceilings(ctx, block, b.counts[0]); err != nil {
				return fmt.Errorf("ceiling at blocks of %s: %w", block, err)
			}
		}
	}
	return nil
}

// turns runs every relayer on the same load, taking turns.
func (b *bench) turns(ctx context.Context, c cell) error {
	settings := map[string]setting{}
	for _, name := range b.relayers {
		c.Relayer = name
		var err error
		if settings[name], err = b.setting(ctx, c); err != nil {
			return err
		}
	}
	for range b.runs {
		for _, name := range b.relayers {
			c.Relayer = name
			r, err := b.once(ctx, c, settings[name])
			if err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
			b.results = append(b.results, r)
		}
	}
	return nil
}

// setting finds the best setting of a relayer for a load, by trying where there is a choice.
func (b *bench) setting(ctx context.Context, c cell) (setting, error) {
	if c.Relayer != rly {
		return setting{}, nil
	}
	best, rate := rlyCandidates[c.Load][0].fits(c.Block), 0.0
	if !b.tune {
		return best, nil
	}
	for i, candidate := range rlyCandidates[c.Load] {
		if candidate = candidate.fits(c.Block); i > 0 && candidate == best {
			continue
		}
		r, err := b.once(ctx, c, candidate)
		if err != nil {
			return best, fmt.Errorf("%s: trying %s: %w", c, candidate, err)
		}
		b.say("%s: with %s %.0f packets/s", c, candidate, r.PerSecond)
		if r.PerSecond > rate {
			best, rate = candidate, r.PerSecond
		}
	}
	return best, nil
}

// prepare makes the chains that runs are copies of.
func (b *bench) prepare(ctx context.Context) error {
	b.say("making and linking two chains")
	var err error
	if b.base, err = newPair(ctx, filepath.Join(b.dir, "base"), b.options); err == nil {
		err = rlyRelayer{filepath.Join(b.bin, "rly")}.link(ctx, b.base)
	}
	if stopped := b.base.stop(ctx); err == nil {
		err = stopped
	}
	b.loaded = map[int]*pair{}
	return err
}

// backlog gives the stopped pair on which n packets are pending.
func (b *bench) backlog(ctx context.Context, n int) (*pair, error) {
	if p := b.loaded[n]; p != nil {
		return p, nil
	}
	b.say("committing %d packets", n)
	p, err := b.base.copy(ctx, filepath.Join(b.dir, fmt.Sprintf("loaded-%d", n)), fastPause, 0)
	if err == nil {
		var txs [][]byte
		if txs, err = p.transfers(ctx, n, b.perTxOf(preloaded)); err == nil {
			err = p.a.Deliver(ctx, txs...)
		}
	}
	if stopped := p.stop(ctx); err == nil {
		err = stopped
	}
	b.loaded[n] = p
	return p, err
}

// goldenRatio spreads the multiples of it evenly over an interval, however many there are.
const goldenRatio = 0.618

// fresh starts a copy of a stopped pair at a block interval. The second chain starts a part of an interval later, another one each time:
// chains are not in step, and a packet between two that are takes a block more.
func (b *bench) fresh(ctx context.Context, from *pair, block time.Duration) (*pair, error) {
	b.copies++
	_, part := math.Modf(goldenRatio * float64(b.copies/len(b.relayers)))
	later := time.Duration(part * float64(block))
	return from.copy(ctx, filepath.Join(b.dir, fmt.Sprintf("run-%d", b.copies)), block, later)
}

// discard ends a run's processes and removes its folder, unless it is to be looked at.
func (b *bench) discard(ctx context.Context, p *pair) error {
	err := p.stop(ctx)
	if b.keep {
		return err
	}
	if gone := os.RemoveAll(p.dir); err == nil {
		err = gone
	}
	return err
}

func (b *bench) contender(name string) contender {
	if name == rly {
		return rlyRelayer{filepath.Join(b.bin, "rly")}
	}
	return corridorRelayer{filepath.Join(b.bin, "corridor")}
}

// processorTimes are what the processes of a run have had so far.
type processorTimes struct{ relayer, a, b time.Duration }

func (t processorTimes) minus(o processorTimes) processorTimes {
	return processorTimes{t.relayer - o.relayer, t.a - o.a, t.b - o.b}
}

// nodes reads both nodes' times.
func (p *pair) nodes() (t processorTimes, err error) {
	if t.a, err = ibcnet.CPU(p.a.Process()); err == nil {
		t.b, err = ibcnet.CPU(p.b.Process())
	}
	return t, err
}
