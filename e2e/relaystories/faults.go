package main

import (
	"context"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// faults are the stories of nodes and chains that do not do their part.
var faults = []story{
	{"node-killed", "the node that is asked first is cut off while packets flow, and comes back", nodeKilled},
	{"node-lagging", "the node that is asked first takes seconds to answer", nodeLagging},
	{"node-erring", "every node's answers are cut short, lost and reset, again and again", nodeErring},
	{"node-lying", "a node shows a fork that the chain's own validator signed", nodeLying},
	{"chain-halted", "one of three chains halts and goes on", chainHalted},
	{"many-pending", "the relayer is killed, and starts again with 2,000 packets waiting", manyPending},
}

// scene is two linked chains between which a relayer runs and packets flow. It reaches the second through two proxies alone.
type scene struct {
	*stage
	relayer ibcnet.Relayer
	process localnet.Process
	channel ibcnet.Channel
	nodes   [2]*proxy
	load    load
}

// behind makes the scene, without the relayer and the packets.
func (s *stage) behind(ctx context.Context) (*scene, error) {
	t, err := s.toxiproxy(ctx)
	if err != nil {
		return nil, err
	}
	sc := &scene{stage: s}
	sc.relayer, sc.channel, err = s.linked(ctx, func(r *ibcnet.Relayer, ch ibcnet.Channel) error {
		far := ch.Chains[1]
		for i, name := range []string{"first", "second"} {
			if sc.nodes[i], err = t.before(ctx, name, far.RPC); err != nil {
				return err
			}
			r.RPC[far.ID] = append(r.RPC[far.ID], sc.nodes[i].Listen)
		}
		return nil
	})
	return sc, err
}

// begin starts the relayer and the packets, and waits until some have ended.
func (sc *scene) begin(ctx context.Context) (err error) {
	if sc.process, err = sc.start(ctx, sc.relayer); err != nil {
		return err
	}
	sc.load = packets(ctx, sc.channel)
	return relayed(ctx, sc.channel, 20)
}

// finish ends the packets, and sees each to its end.
func (sc *scene) finish(ctx context.Context) (ibcnet.Ended, error) {
	if err := sc.load.end(); err != nil {
		return ibcnet.Ended{}, err
	}
	return sc.settled(ctx, sc.channel, sc.process)
}
