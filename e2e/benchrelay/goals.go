package main

import (
	"math"
	"slices"
	"time"
)

// ratio is a figure beside what it should be.
type ratio struct {
	cell
	Name     string  `json:"name"`
	Measured float64 `json:"measured"`
	Goal     float64 `json:"goal"`
	AtMost   bool    `json:"at_most"`
}

func (r ratio) sign() string {
	if r.AtMost {
		return "≤"
	}
	return "≥"
}

func (r ratio) verdict() string {
	if r.AtMost && r.Measured <= r.Goal || !r.AtMost && r.Measured >= r.Goal {
		return "yes"
	}
	return "no"
}

// Goals, as multiples of rly where the name does not say otherwise.
const (
	goalPreloaded     = 5
	goalPreloadedMany = 10 // from manyPackets on
	goalLive          = 2
	goalOfCeiling     = 0.8
	goalCPU           = 1.0 / 3
	goalNodeCPU       = 1.0 / 3
	goalMemory        = 0.5 // from manyPackets on
	goalBlocksSlow    = 3   // a single packet, at blocks of a second
	goalBlocksFast    = 4
	manyPackets       = 10_000
)

// ratios are the goals' figures, for what was measured.
func (b *bench) ratios(all []summary) []ratio {
	var found []ratio
	for _, s := range all {
		if s.Relayer != us {
			continue
		}
		add := func(name string, measured, goal float64, atMost bool) {
			if !math.IsNaN(measured) && !math.IsInf(measured, 0) {
				found = append(found, ratio{cell: s.cell, Name: name, Measured: math.Round(measured*1000) / 1000, Goal: math.Round(goal*1000) / 1000, AtMost: atMost})
			}
		}
		if s.Load == live {
			if top := b.ceilingOf(s.Block); top > 0 {
				add("rate, us / ceiling", s.PerSecond/top, goalOfCeiling, false)
			}
			if s.SingleBlocks > 0 {
				add("one packet, blocks", s.SingleBlocks, blocksGoal(s.Block), true)
			}
		}
		peer := slices.IndexFunc(all, func(o summary) bool {
			return o.Relayer == rly && o.Load == s.Load && o.Block == s.Block && o.Packets == s.Packets
		})
		if peer < 0 {
			continue
		}
		p := all[peer]
		add("rate, us / rly", s.PerSecond/p.PerSecond, rateGoal(s.cell), false)
		add("relayer CPU, us / rly", s.CPU/p.CPU, goalCPU, true)
		if s.Load == preloaded {
			add("source node CPU, us / rly", s.NodeA/p.NodeA, goalNodeCPU, true)
		}
		if s.Packets >= manyPackets {
			add("peak memory, us / rly", s.MemoryMiB/p.MemoryMiB, goalMemory, true)
		}
	}
	return found
}

func rateGoal(c cell) float64 {
	switch {
	case c.Load == live:
		return goalLive
	case c.Packets >= manyPackets:
		return goalPreloadedMany
	}
	return goalPreloaded
}

func blocksGoal(block time.Duration) float64 {
	if block >= time.Second {
		return goalBlocksSlow
	}
	return goalBlocksFast
}

// ceilingOf is the median ceiling at a block interval; 0 if it was not measured.
func (b *bench) ceilingOf(block time.Duration) float64 {
	var rates []float64
	for _, c := range b.ceils {
		if c.Block == block {
			rates = append(rates, c.PerSecond())
		}
	}
	return median(rates)
}
