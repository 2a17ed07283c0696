package main

import (
	"context"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// faults are the stories of nodes and chains that do not do their part.
var faults = []story{
	{"node-killed", "the node that is asked first is cut off while packets flow, and comes back", nodeKilled},
}

// behind starts two linked chains, the second of which the relayer reaches through two proxies alone.
func (s *stage) behind(ctx context.Context) (r ibcnet.Relayer, ch ibcnet.Channel, proxies [2]*proxy, err error) {
	t, err := s.toxiproxy(ctx)
	if err != nil {
		return r, ch, proxies, err
	}
	r, ch, err = s.linked(ctx, func(r *ibcnet.Relayer, ch ibcnet.Channel) error {
		far := ch.Chains[1]
		for i, name := range []string{"first", "second"} {
			if proxies[i], err = t.before(ctx, name, far.RPC); err != nil {
				return err
			}
			r.RPC[far.ID] = append(r.RPC[far.ID], proxies[i].Listen)
		}
		return nil
	})
	return r, ch, proxies, err
}

func nodeKilled(ctx context.Context, s *stage) error {
	r, ch, proxies, err := s.behind(ctx)
	if err != nil {
		return err
	}
	relayer, err := s.start(ctx, r)
	if err != nil {
		return err
	}
	flow := packets(ctx, ch)
	if err := s.relayed(ctx, ch, 50); err != nil {
		return err
	}
	if err := proxies[0].cut(ctx); err != nil {
		return err
	}
	if err := s.relayed(ctx, ch, 200); err != nil {
		return err
	}
	if err := proxies[0].mend(ctx); err != nil {
		return err
	}
	if err := flow.end(); err != nil {
		return err
	}
	_, err = s.settled(ctx, ch, relayer)
	return err
}

// relayed waits until that many more packets of the first chain were sent, and those of now have ended.
func (s *stage) relayed(ctx context.Context, ch ibcnet.Channel, more uint64) error {
	source := ch.Chains[0]
	from, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
	if err != nil {
		return err
	}
	return localnet.Until(ctx, "packets to be relayed", func() (bool, error) {
		next, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
		if err != nil || next < from+more {
			return false, err
		}
		oldest, err := source.OldestPending(ctx, ch.Port, ch.IDs[0])
		return oldest == 0 || oldest >= from+more/2, err
	})
}
