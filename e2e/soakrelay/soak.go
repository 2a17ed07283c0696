package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// The first channel between two fresh chains.
const (
	port    = "transfer"
	channel = "channel-0"
)

const (
	users        = 50
	relayerKeys  = 2
	setUpLimit   = 3 * time.Minute
	sendEvery    = time.Second
	settleLimit  = 5 * time.Minute // for what is pending when the killing ends
	shortTimeout = 4 * time.Second // of every shortEvery-th transaction
	longTimeout  = 24 * time.Hour
	shortEvery   = 5
	livesAtMost  = 8 * time.Second // between two kills; at least a block
	deadAtMost   = 4 * time.Second
)

type options struct {
	bin   string
	lasts time.Duration
	pause time.Duration
	rate  int
	seed  uint64
}

// soak is one run.
type soak struct {
	options
	dir     string
	chains  [2]*ibcnet.Chain
	relayer ibcnet.Relayer
	process localnet.Process
	kills   int
}

func (s *soak) all(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.end(context.WithoutCancel(ctx))) }()
	if err := s.setUp(ctx); err != nil {
		return err
	}
	fmt.Printf("two chains are linked; the relayer is killed for %s, seed %d\n", s.lasts, s.seed)
	if err := s.disturb(ctx); err != nil {
		return err
	}
	fmt.Printf("killed %d times; now it runs on until nothing is pending\n", s.kills)
	began := time.Now()
	if err := s.settle(ctx); err != nil {
		return err
	}
	fmt.Printf("nothing is pending after %.1f s more\n", time.Since(began).Seconds())
	return s.check(ctx)
}

// end stops every process.
func (s *soak) end(ctx context.Context) error {
	var errs []error
	if s.process.PID != 0 {
		errs = append(errs, s.process.Stop(ctx))
	}
	for _, c := range s.chains {
		if c != nil {
			errs = append(errs, c.Stop(ctx))
		}
	}
	return errors.Join(errs...)
}

func (s *soak) setUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, setUpLimit)
	defer cancel()
	for i, id := range []string{"chain-a", "chain-b"} {
		var err error
		s.chains[i], err = ibcnet.Start(ctx, ibcnet.Spec{
			ID: id, Dir: filepath.Join(s.dir, id), Binary: filepath.Join(s.bin, "simd"), Pause: s.pause, Users: users, Relayer: relayerKeys,
		})
		if err != nil {
			return err
		}
	}
	s.relayer = ibcnet.Relayer{Program: filepath.Join(s.bin, "corridor"), Dir: filepath.Join(s.dir, "relayer"), Keys: relayerKeys}
	if err := s.relayer.Init(ctx, s.chains[0], s.chains[1]); err != nil {
		return err
	}
	return s.relayer.Link(ctx, s.chains[0], s.chains[1], port)
}

// disturb sends packets both ways and kills the relayer, until the time is over.
func (s *soak) disturb(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.lasts)
	defer cancel()
	ends := make(chan error, 3)
	for i := range s.chains {
		go func() { ends <- s.send(ctx, s.chains[i], s.chains[1-i]) }()
	}
	go func() { ends <- s.kill(ctx) }()
	var errs []error
	for range cap(ends) {
		if err := <-ends; err != nil {
			errs = append(errs, err)
			cancel()
		}
	}
	return errors.Join(errs...)
}

// send has users send until ctx ends.
func (s *soak) send(ctx context.Context, from, to *ibcnet.Chain) error {
	tick := time.NewTicker(sendEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		t := ibcnet.Transfers{
			Port: port, Channel: channel, Receiver: ibcnet.Address(to.Prefix, ibcnet.Key(ibcnet.User(0))),
			Count: s.rate, PerTx: s.rate, FirstUser: n % users, Timeout: longTimeout,
		}
		if n%shortEvery == 0 {
			t.Timeout = shortTimeout
		}
		txs, err := from.TransferTxs(ctx, t)
		if err == nil {
			err = from.Submit(ctx, txs...)
		}
		if ctx.Err() != nil {
			return nil // the time is over
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// kill starts the relayer and kills it, again and again, until ctx ends.
func (s *soak) kill(ctx context.Context) error {
	dice := rand.New(rand.NewPCG(s.seed, 0))
	for {
		var err error
		if s.process, err = s.relayer.Start(); err != nil {
			return err
		}
		if !wait(ctx, s.pause+time.Duration(dice.Int64N(int64(livesAtMost)))) {
			return nil // it lives on
		}
		if !s.process.Alive() {
			return fmt.Errorf("the relayer ended by itself; the end of its log %s:\n%s", s.process.Log, localnet.LastLines(s.process.Log))
		}
		if err := s.process.Kill(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		s.kills++
		if !wait(ctx, time.Duration(dice.Int64N(int64(deadAtMost)))) {
			s.process, err = s.relayer.Start()
			return err
		}
	}
}

// wait tells whether the time passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// settle waits until nothing is pending on either chain.
func (s *soak) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for _, c := range s.chains {
		err := localnet.Until(ctx, "the packets of "+c.ID+" to end", func() (bool, error) {
			if !s.process.Alive() {
				return false, fmt.Errorf("the relayer ended by itself; the end of its log %s:\n%s", s.process.Log, localnet.LastLines(s.process.Log))
			}
			pending, err := c.Pending(ctx, port, channel)
			return !pending, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
