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

// singleUser is the first user of those that send single packets; the loads' users come before it.
const singleUser = maxPackets / perTx

// pair is two linked chains; transfers go from the first to the second.
type pair struct {
	dir  string
	a, b *ibcnet.Chain
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
func newPair(ctx context.Context, dir, bin string) (*pair, error) {
	p := &pair{dir: dir}
	err := p.each(func(c **ibcnet.Chain, name string) error {
		var err error
		*c, err = ibcnet.Start(ctx, ibcnet.Spec{
			ID: name, Dir: filepath.Join(dir, name), Binary: filepath.Join(bin, "simd"), Pause: fastPause,
			Users: singleUser + 1, Relayer: relayerKeys,
		})
		return err
	})
	return p, err
}

// copy starts a pair that goes on from where this stopped one was.
func (p *pair) copy(ctx context.Context, dir string, pause time.Duration) (*pair, error) {
	twin := &pair{dir: dir}
	from := map[string]*ibcnet.Chain{"chain-a": p.a, "chain-b": p.b}
	err := twin.each(func(c **ibcnet.Chain, name string) error {
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
func (p *pair) transfers(ctx context.Context, count int) ([][]byte, error) {
	return p.a.TransferTxs(ctx, ibcnet.Transfers{
		Port: port, Channel: channel, Receiver: ibcnet.Address(p.b.Prefix, ibcnet.Key(ibcnet.User(0))),
		Count: count, PerTx: perTx, Timeout: 24 * time.Hour,
	})
}

// single makes one packet.
func (p *pair) single(ctx context.Context) ([][]byte, error) {
	return p.a.TransferTxs(ctx, ibcnet.Transfers{
		Port: port, Channel: channel, Receiver: ibcnet.Address(p.b.Prefix, ibcnet.Key(ibcnet.User(0))),
		Count: 1, PerTx: 1, FirstUser: singleUser, Timeout: 24 * time.Hour,
	})
}

// pollEvery is how often the first chain is asked whether packets are pending.
const pollEvery = 25 * time.Millisecond

// watch waits until the channel's packets up to a sequence were sent and none is pending, and tells when the first one was
// seen pending and when the last one no more. died tells that there is nothing to wait for.
func (p *pair) watch(ctx context.Context, upTo uint64, died func() error) (first, done time.Time, err error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	sent := false
	for {
		pending, err := p.a.Pending(ctx, port, channel)
		now := time.Now()
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
			if err != nil {
				return first, done, err
			}
			sent = next > upTo
		}
		if err := died(); err != nil {
			return first, done, err
		}
		select {
		case <-ctx.Done():
			return first, done, fmt.Errorf("waiting for packets up to %d: %w", upTo, ctx.Err())
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
