package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/relayer/chain"
)

func nodeKilled(ctx context.Context, s *stage) error {
	sc, err := s.behind(ctx)
	if err == nil {
		err = sc.begin(ctx)
	}
	if err != nil {
		return err
	}
	for _, node := range sc.nodes { // in the end over the one that was cut off first
		if err := node.cut(ctx); err != nil {
			return err
		}
		took, err := says(ctx, sc.relayer, node.Listen, chain.Down)
		if err != nil {
			return err
		}
		if err := relayed(ctx, sc.channel, 60); err != nil {
			return err
		}
		if err := node.mend(ctx); err != nil {
			return err
		}
		back, err := says(ctx, sc.relayer, node.Listen, chain.Well)
		if err != nil {
			return err
		}
		s.say("%s node down in status after %.1f s, well %.1f s after it came back", node.Name, took.Seconds(), back.Seconds())
	}
	_, err = sc.finish(ctx)
	return err
}

// lateness is what a node takes for each answer: a packet needs several, one after another.
const lateness = 3 * time.Second

func nodeLagging(ctx context.Context, s *stage) error {
	sc, err := s.behind(ctx)
	if err == nil {
		err = sc.begin(ctx)
	}
	if err != nil {
		return err
	}
	first := sc.nodes[0]
	if err := first.poison(ctx, "latency", map[string]any{"latency": lateness.Milliseconds()}); err != nil {
		return err
	}
	took, err := says(ctx, sc.relayer, first.Listen, chain.Slow)
	if err != nil {
		return err
	}
	s.say("slow in status after %.1f s", took.Seconds())
	if err := relayed(ctx, sc.channel, 200); err != nil {
		return err
	}
	if err := first.cure(ctx, "latency"); err != nil {
		return err
	}
	if _, err := says(ctx, sc.relayer, first.Listen, chain.Well); err != nil {
		return err
	}
	ended, err := sc.finish(ctx)
	if err != nil {
		return err
	}
	for i, tally := range ended.Tallies {
		if tally.Median > 2*lateness {
			return fmt.Errorf("packets of %s took %s in the median: the node that lags was asked all along", sc.channel.Chains[i].ID, tally.Median)
		}
	}
	return nil
}

func nodeErring(ctx context.Context, s *stage) error {
	sc, err := s.behind(ctx)
	if err == nil {
		err = sc.begin(ctx)
	}
	if err != nil {
		return err
	}
	const rounds = 2
	for range rounds {
		for _, each := range []struct {
			kind       string
			attributes map[string]any
		}{
			{"reset_peer", map[string]any{"timeout": 0}},
			{"limit_data", map[string]any{"bytes": 1500}},
			{"timeout", map[string]any{"timeout": 300}},
		} {
			for _, node := range sc.nodes {
				if err := node.poison(ctx, each.kind, each.attributes); err != nil {
					return err
				}
			}
			if err := sent(ctx, sc.channel, 40); err != nil {
				return err
			}
			for _, node := range sc.nodes {
				if err := node.cure(ctx, each.kind); err != nil {
					return err
				}
			}
			if err := sent(ctx, sc.channel, 20); err != nil {
				return err
			}
		}
	}
	s.say("connections reset, answers cut off and lost, %d times each on every node", rounds)
	_, err = sc.finish(ctx)
	return err
}

func nodeLying(ctx context.Context, s *stage) error {
	sc, err := s.behind(ctx)
	if err != nil {
		return err
	}
	honest := sc.channel.Chains[1]
	if err := honest.Stop(ctx); err != nil {
		return err
	}
	fork, err := honest.Copy(ctx, filepath.Join(s.dir, "fork"), pause)
	if err != nil {
		return err
	}
	s.later(fork.Stop)
	if err := honest.Restart(ctx); err != nil {
		return err
	}
	for _, node := range sc.nodes {
		if err := node.lead(ctx, honest.RPC); err != nil {
			return err
		}
	}
	if err := sc.begin(ctx); err != nil {
		return err
	}
	for i := range sc.nodes { // the one that is asked first at last
		node := sc.nodes[len(sc.nodes)-1-i]
		if err := node.lead(ctx, fork.RPC); err != nil {
			return err
		}
		took, err := says(ctx, sc.relayer, node.Listen, chain.Contradicts)
		if err != nil {
			return err
		}
		if err := relayed(ctx, sc.channel, 60); err != nil {
			return err
		}
		if err := node.lead(ctx, honest.RPC); err != nil {
			return err
		}
		if _, err := says(ctx, sc.relayer, node.Listen, chain.Well); err != nil {
			return err
		}
		s.say("%s node on a fork: named after %.1f s, packets go on", node.Name, took.Seconds())
	}
	_, err = sc.finish(ctx)
	return err
}
