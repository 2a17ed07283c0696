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

const (
	port         = "transfer"
	users        = 50
	relayerKeys  = 2
	setUpLimit   = 3 * time.Minute
	sendEvery    = time.Second
	settleLimit  = 5 * time.Minute // for what is pending when the killing ends
	shortTimeout = 4 * time.Second // of every shortEvery-th transaction
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
	channel ibcnet.Channel
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
	s.channel = ibcnet.FirstChannel(s.chains[0], s.chains[1], port)
	return s.relayer.Link(ctx, s.chains[0], s.chains[1], port)
}

// disturb sends packets both ways and kills the relayer, until the time is over.
func (s *soak) disturb(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.lasts)
	defer cancel()
	ends := make(chan error, 2)
	go func() {
		ends <- s.channel.SendBoth(ctx, ibcnet.Flow{Each: s.rate, Every: sendEvery, Users: users, Timeout: timeout})
	}()
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

// timeout is what a killed relayer misses now and then.
func timeout(transaction int) time.Duration {
	if transaction%shortEvery == 0 {
		return shortTimeout
	}
	return ibcnet.Day
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
	return s.channel.Settle(ctx, s.process)
}
