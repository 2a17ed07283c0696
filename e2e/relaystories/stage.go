package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/pathset"
)

// What stories have unless they say otherwise.
const (
	port        = "transfer"
	pause       = 200 * time.Millisecond // between blocks
	users       = 40
	relayerKeys = 2
	patience    = 2 * time.Minute // with one story
)

// stage is where one story is played: its folder, what runs there, and what was said.
type stage struct {
	bin, dir string
	said     []string

	mu   sync.Mutex
	ends []func(context.Context) error
}

// say adds to the story's line.
func (s *stage) say(format string, args ...any) {
	s.said = append(s.said, fmt.Sprintf(format, args...))
}

// program is the path of one that make has built.
func (s *stage) program(name string) string { return filepath.Join(s.bin, name) }

// later has something ended when the story is over, the last first.
func (s *stage) later(end func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, end)
}

// end ends all that runs.
func (s *stage) end(ctx context.Context) error {
	var errs []error
	for _, end := range slices.Backward(s.ends) {
		errs = append(errs, end(ctx))
	}
	return errors.Join(errs...)
}

// chains starts fresh chains of stock simd side by side.
func (s *stage) chains(ctx context.Context, ids ...string) ([]*ibcnet.Chain, error) {
	chains, errs := make([]*ibcnet.Chain, len(ids)), make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			chains[i], errs[i] = ibcnet.Start(ctx, ibcnet.Spec{
				ID: id, Dir: filepath.Join(s.dir, id), Binary: s.program("simd"), Pause: pause, Users: users, Relayer: relayerKeys,
			})
			if c := chains[i]; c != nil {
				s.later(c.Stop)
			}
		})
	}
	all.Wait()
	return chains, errors.Join(errs...)
}

// relayer is corridor's, without a file yet.
func (s *stage) relayer() ibcnet.Relayer {
	return ibcnet.Relayer{Program: s.program("corridor"), Dir: filepath.Join(s.dir, "relayer"), Keys: relayerKeys, RPC: map[string][]string{}}
}

// linked starts two chains and makes a path between them; before is what is to be known of their nodes before the relayer's file is
// written, and may be nil.
func (s *stage) linked(ctx context.Context, before func(*ibcnet.Relayer, ibcnet.Channel) error) (ibcnet.Relayer, ibcnet.Channel, error) {
	r := s.relayer()
	chains, err := s.chains(ctx, "chain-a", "chain-b")
	if err != nil {
		return r, ibcnet.Channel{}, err
	}
	ch := ibcnet.FirstChannel(chains[0], chains[1], port)
	if before != nil {
		if err := before(&r, ch); err != nil {
			return r, ch, err
		}
	}
	if err := r.Init(ctx, chains...); err != nil {
		return r, ch, err
	}
	return r, ch, r.Link(ctx, chains[0], chains[1], port)
}

// start runs the relayer until the story ends, and waits until it is ready.
func (s *stage) start(ctx context.Context, r ibcnet.Relayer) (localnet.Process, error) {
	p, err := r.Start()
	if err != nil {
		return p, err
	}
	s.later(p.Stop)
	return p, localnet.Until(ctx, "the relayer to be ready", func() (bool, error) { return s.ready(ctx, r), nil })
}

// ready is what /readyz says.
func (s *stage) ready(ctx context.Context, r ibcnet.Relayer) bool {
	code, _, err := r.Ask(ctx, "/readyz")
	return err == nil && code == 200
}

// load is packets that go both ways while something happens.
type load struct {
	stop  context.CancelFunc
	ended chan error
}

// packets sends them both ways until the load is stopped.
func packets(ctx context.Context, ch ibcnet.Channel) load {
	return loadOf(ctx, func(ctx context.Context) error { return ch.SendBoth(ctx, usual) })
}

// usual is 40 packets a second each way: a few hundred in a story, and little work for two cores.
var usual = ibcnet.Flow{Each: 10, Every: 250 * time.Millisecond, Users: users}

func loadOf(ctx context.Context, send func(context.Context) error) load {
	ctx, stop := context.WithCancel(ctx)
	l := load{stop: stop, ended: make(chan error, 1)}
	go func() { l.ended <- send(ctx) }()
	return l
}

// end sends no more.
func (l load) end() error {
	l.stop()
	return <-l.ended
}

// settled waits until nothing is pending, and reads every block.
func (s *stage) settled(ctx context.Context, ch ibcnet.Channel, relayer localnet.Process) (ibcnet.Ended, error) {
	if err := ch.Settle(ctx, relayer); err != nil {
		return ibcnet.Ended{}, err
	}
	ended, err := ch.Ended(ctx)
	if err != nil {
		return ended, err
	}
	packets := ended.Tallies[0].Packets + ended.Tallies[1].Packets
	timedOut := ended.Tallies[0].TimedOut + ended.Tallies[1].TimedOut
	s.say("%d packets each ended once", packets)
	if timedOut > 0 {
		s.say("%d of them timed out", timedOut)
	}
	s.say("median %.2f s, longest %.2f s", max(ended.Tallies[0].Median, ended.Tallies[1].Median).Seconds(),
		max(ended.Tallies[0].Longest, ended.Tallies[1].Longest).Seconds())
	return ended, nil
}

// relayed waits until that many more packets of the first chain were sent and have ended.
func relayed(ctx context.Context, ch ibcnet.Channel, more uint64) error {
	source := ch.Chains[0]
	from, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
	if err != nil {
		return err
	}
	return localnet.Until(ctx, fmt.Sprintf("packets of %s on %s to be relayed", source.ID, ch.IDs[0]), func() (bool, error) {
		next, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
		if err != nil || next < from+more {
			return false, err
		}
		oldest, err := source.OldestPending(ctx, ch.Port, ch.IDs[0])
		return oldest == 0 || oldest >= from+more, err
	})
}

// sent waits until that many more packets of the first chain were sent.
func sent(ctx context.Context, ch ibcnet.Channel, more uint64) error {
	source := ch.Chains[0]
	from, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
	if err != nil {
		return err
	}
	return localnet.Until(ctx, "packets of "+source.ID+" to be sent", func() (bool, error) {
		next, err := source.NextSequenceSend(ctx, ch.Port, ch.IDs[0])
		return next >= from+more, err
	})
}

// says waits until `relay status -o json` says that of a node, and tells how long that took.
func says(ctx context.Context, r ibcnet.Relayer, node string, state chain.EndpointState) (time.Duration, error) {
	began := time.Now()
	last := ""
	err := localnet.Until(ctx, fmt.Sprintf("relay status to say that %s is %s", node, state), func() (bool, error) {
		status, err := r.Status(ctx)
		if err != nil {
			return false, err
		}
		last = fmt.Sprint(status.Endpoints)
		return status.Running && slices.ContainsFunc(status.Endpoints, func(e pathset.EndpointStatus) bool {
			return e.Node == node && e.State == state
		}), nil
	})
	if err != nil {
		err = fmt.Errorf("%w: it says %s", err, last)
	}
	return time.Since(began), err
}
