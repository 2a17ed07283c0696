package main

import (
	"testing"
	"time"
)

func TestRatiosCompareTheSameLoadOnly(t *testing.T) {
	at := func(relayer, load string, n int) cell {
		return cell{Relayer: relayer, Load: load, Block: time.Second, Packets: n}
	}
	b := &bench{results: []result{
		{cell: at(us, preloaded, 1000), PerSecond: 200, CPU: 2, NodeA: 1},
		{cell: at(us, preloaded, 1000), PerSecond: 100, CPU: 4, NodeA: 3},
		{cell: at(us, preloaded, 1000), PerSecond: 300, CPU: 3, NodeA: 2},
		{cell: at(rly, preloaded, 1000), PerSecond: 40, CPU: 12, NodeA: 16},
		{cell: at(us, live, 1000), PerSecond: 80, SingleBlocks: 3},
	}, ceils: []ceiling{{Block: time.Second, Packets: 1000, Seconds: 10}}}
	want := map[string]float64{
		"rate, us / rly": 5, "relayer CPU, us / rly": 0.25, "source node CPU, us / rly": 0.125,
		"rate, us / ceiling": 0.8, "one packet, blocks": 3,
	}
	for _, r := range b.ratios(b.summaries()) {
		if want[r.Name] != r.Measured {
			t.Errorf("%s: %s is %g, want %g", r.cell, r.Name, r.Measured, want[r.Name])
		}
		if r.verdict() != "yes" {
			t.Errorf("%s: %s %g does not reach %s %g", r.cell, r.Name, r.Measured, r.sign(), r.Goal)
		}
		delete(want, r.Name)
	}
	if len(want) > 0 {
		t.Errorf("not told: %v", want)
	}
}

func TestWrongFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--relayers", "us,hermes"}, {"--load", "dead"}, {"--block", "1"}, {"--n", "0"}, {"--n", "1e3"}, {"--runs", "0"}, {"--output", "xml"},
	} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
