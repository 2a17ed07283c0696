package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// What the first path between two fresh chains is called on both.
const (
	client     = "07-tendermint-0"
	connection = "connection-0"
	port       = "transfer"
	channel    = "channel-0"
)

// While chains are only made, linked and loaded, they make blocks this fast.
const fastPause = 200 * time.Millisecond

// relayerKeys is how many signers a relayer may have on each chain.
const relayerKeys = 4

// pair is two linked chains; transfers go from the first to the second.
type pair struct {
	dir   string
	a, b  *ibcnet.Chain
	users int
}

func (p *pair) each(do func(c **ibcnet.Chain, name string) error) error {
	var group sync.WaitGroup
	errs := make([]error, 2)
	group.Go(func() { errs[0] = do(&p.a, "chain-a") })
	group.Go(func() { errs[1] = do(&p.b, "chain-b") })
	group.Wait()
	return errors.Join(errs...)
}

// newPair starts two chains that know nothing of each other.
func newPair(ctx context.Context, dir string, o options) (*pair, error) {
	p := &pair{dir: dir, users: o.users()}
	err := p.each(func(c **ibcnet.Chain, name string) error {
		var err error
		*c, err = ibcnet.Start(ctx, ibcnet.Spec{
			ID: name, Dir: filepath.Join(dir, name), Binary: filepath.Join(o.bin, "simd"), Pause: fastPause,
			Users: p.users + 1, Relayer: relayerKeys,
		})
		return err
	})
	return p, err
}

// copy starts a pair that goes on from where this stopped one was, the second chain that much later.
func (p *pair) copy(ctx context.Context, dir string, pause, later time.Duration) (*pair, error) {
	twin := &pair{dir: dir, users: p.users}
	from := map[string]*ibcnet.Chain{"chain-a": p.a, "chain-b": p.b}
	err := twin.each(func(c **ibcnet.Chain, name string) error {
		if c == &twin.b {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(later):
			}
		}
		var err error
		*c, err = from[name].Copy(ctx, filepath.Join(dir, name), pause)
		return err
	})
	return twin, err
}

func (p *pair) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return p.each(func(c **ibcnet.Chain, _ string) error {
		if *c == nil {
			return nil
		}
		return (*c).Stop(ctx)
	})
}

// transfers makes the load's transactions, one user each.
func (p *pair) transfers(ctx context.Context, count, perTx int) ([][]byte, error) {
	return p.a.TransferTxs(ctx, ibcnet.Transfers{
		Port: port, Channel: channel, Receiver: ibcnet.Address(p.b.Prefix, ibcnet.Key(ibcnet.User(0))),
		Count: count, PerTx: perTx, Timeout: 24 * time.Hour,
	})
}

// single makes one packet.
func (p *pair) single(ctx context.Context) ([][]byte, error) {
	return p.a.TransferTxs(ctx, ibcnet.Transfers{
		Port: port, Channel: channel, Receiver: ibcnet.Address(p.b.Prefix, ibcnet.Key(ibcnet.User(0))),
		Count: 1, PerTx: 1, FirstUser: p.users, Timeout: 24 * time.Hour,
	})
}

// pollEvery is how often the first chain is asked whether packets are pending.
const (
	pollEvery   = 25 * time.Millisecond
	askPatience = 10 * time.Second
)

// watch waits until the channel's packets up to a sequence were sent and none is pending, and tells when the first one was
// seen pending and when the last one no more; done is zero if that was not so within patience. died tells that there is nothing
// to wait for.
func (p *pair) watch(ctx context.Context, upTo uint64, patience time.Duration, died func() error) (first, done time.Time, err error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	end := time.NewTimer(patience)
	defer end.Stop()
	sent := false
	for {
		asking, cancel := context.WithTimeout(ctx, askPatience)
		pending, err := p.a.Pending(asking, port, channel)
		cancel()
		now := time.Now()
		if err != nil && ctx.Err() == nil {
			pending, err = true, nil // a relayer's queries may choke a node for a while
		}
		if err != nil {
			return first, done, err
		}
		if pending && first.IsZero() {
			first = now
		}
		if !pending && sent {
			return first, now, nil
		}
		if !sent { // asked after pending: what is not pending later was sent and is done
			next, err := p.a.NextSequenceSend(ctx, port, channel)
			sent = err == nil && next > upTo
		}
		if err := died(); err != nil {
			return first, done, err
		}
		select {
		case <-ctx.Done():
			return first, done, fmt.Errorf("waiting for packets up to %d: %w", upTo, ctx.Err())
		case <-end.C:
			return first, time.Time{}, nil
		case <-tick.C:
		}
	}
}

// alive gives what watch asks for: whether the relayer still runs.
func alive(p localnet.Process) func() error {
	return func() error {
		if p.Alive() {
			return nil
		}
		return fmt.Errorf("%s has ended; the end of its log %s:\n%s", p.Name, p.Log, localnet.LastLines(p.Log))
	}
}
