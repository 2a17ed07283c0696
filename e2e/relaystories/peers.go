package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// peers are the stories of other people's chains and relayers.
var peers = []story{
	{"hub-hub", "two hubs of ours", hubHub},
	{"simd7-simd8", "ibc-go's stock chains of two major versions; a transfer from each that nobody carries in time is refunded", simd7simd8},
	{"rly-on-ours", "the other relayer on a path that ours made", rlyOnOurs},
	{"rly-on-hub", "the other relayer between our hub and a stock chain, on a path that ours made", rlyOnHub},
	{"ours-on-rlys", "our relayer on a path that the other one made", oursOnRlys},
	{"close", "an interchain account between two major versions: a timeout closes its channel under packets that wait", closed},
}

const (
	each         = 60 // packets that each chain sends
	perTx        = 20 // of them in one transaction
	shortTimeout = 3 * time.Second
	moneyMinor   = 1_000_000 // of a hub's user
)

// maker starts a chain of some kind.
type maker func(ctx context.Context, s *stage, id string) (*ibcnet.Chain, error)

// stock makes chains of ibc-go's test daemon of one major version.
func stock(program string) maker {
	return func(ctx context.Context, s *stage, id string) (*ibcnet.Chain, error) {
		return ibcnet.Start(ctx, ibcnet.Spec{
			ID: id, Dir: filepath.Join(s.dir, id), Binary: s.program(program), Pause: pause, Users: 2, Relayer: relayerKeys,
		})
	}
}

// hub makes hubs of ours.
func hub(ctx context.Context, s *stage, id string) (*ibcnet.Chain, error) {
	return ibcnet.StartHub(ctx, ibcnet.HubSpec{
		ID: id, Dir: filepath.Join(s.dir, id), Bin: s.bin, Relayer: relayerKeys, MoneyMinor: moneyMinor,
	})
}

// pair starts two chains of those kinds side by side.
func (s *stage) pair(ctx context.Context, a, b maker) (ibcnet.Channel, error) {
	ch := ibcnet.FirstChannel(nil, nil, port)
	var errs [2]error
	var both sync.WaitGroup
	for i, make := range []maker{a, b} {
		both.Go(func() {
			ch.Chains[i], errs[i] = make(ctx, s, []string{"chain-a", "chain-b"}[i])
			if c := ch.Chains[i]; c != nil {
				s.later(c.Stop)
			}
		})
	}
	both.Wait()
	return ch, errors.Join(errs[:]...)
}

// linkedPair is a pair between which our relayer made a path.
func (s *stage) linkedPair(ctx context.Context, a, b maker) (ibcnet.Relayer, ibcnet.Channel, error) {
	r := s.relayer()
	ch, err := s.pair(ctx, a, b)
	if err != nil {
		return r, ch, err
	}
	if err := r.Init(ctx, ch.Chains[:]...); err != nil {
		return r, ch, err
	}
	return r, ch, r.Link(ctx, ch.Chains[0], ch.Chains[1], port)
}

// user is whose money goes to and fro: the same key on both chains.
func user(c *ibcnet.Chain) string { return ibcnet.Address(c.Prefix, ibcnet.Key(ibcnet.User(0))) }

// give has the user of one end send packets to the one of the other end, and waits for their blocks.
func give(ctx context.Context, ch ibcnet.Channel, from, count int, timeout time.Duration) error {
	source, destination := ch.Chains[from], ch.Chains[1-from]
	txs, err := source.TransferTxs(ctx, ibcnet.Transfers{
		Port: ch.Port, Channel: ch.IDs[from], Receiver: user(destination), Count: count, PerTx: perTx, OneUser: true, Timeout: timeout,
	})
	if err != nil {
		return err
	}
	return source.Deliver(ctx, txs...)
}

// bothWays sends packets from each end, waits until a relayer that runs has ended them all, and checks in the blocks that all were
// acknowledged, as many of each end as given.
func (s *stage) bothWays(ctx context.Context, ch ibcnet.Channel, relayer localnet.Process, all int) error {
	for from := range ch.Chains {
		if err := give(ctx, ch, from, each, ibcnet.Day); err != nil {
			return err
		}
	}
	ended, err := s.settled(ctx, ch, relayer)
	if err != nil {
		return err
	}
	for i, tally := range ended.Tallies {
		if tally.Acknowledged != all {
			return fmt.Errorf("of the packets from %s %d were acknowledged, want %d", ch.Chains[i].ID, tally.Acknowledged, all)
		}
	}
	return nil
}

// ours starts our relayer and has it carry packets both ways.
func (s *stage) ours(ctx context.Context, r ibcnet.Relayer, ch ibcnet.Channel) (localnet.Process, error) {
	relayer, err := s.start(ctx, r)
	if err != nil {
		return relayer, err
	}
	return relayer, s.bothWays(ctx, ch, relayer, each)
}

func hubHub(ctx context.Context, s *stage) error {
	r, ch, err := s.linkedPair(ctx, hub, hub)
	if err != nil {
		return err
	}
	_, err = s.ours(ctx, r, ch)
	return err
}

func simd7simd8(ctx context.Context, s *stage) error {
	r, ch, err := s.linkedPair(ctx, stock("simd7"), stock("simd"))
	if err != nil {
		return err
	}
	relayer, err := s.ours(ctx, r, ch)
	if err != nil {
		return err
	}
	return s.refunded(ctx, r, ch, relayer)
}

// refunded stops the relayer while a packet of each end times out, and starts it again: everybody has what they had.
func (s *stage) refunded(ctx context.Context, r ibcnet.Relayer, ch ibcnet.Channel, relayer localnet.Process) error {
	before, err := money(ctx, ch)
	if err != nil {
		return err
	}
	if err := relayer.Stop(ctx); err != nil {
		return err
	}
	for from := range ch.Chains {
		if err := give(ctx, ch, from, 1, shortTimeout); err != nil {
			return err
		}
	}
	deadline := time.Now().Add(shortTimeout)
	for _, c := range ch.Chains {
		if err := passed(ctx, c, deadline); err != nil {
			return err
		}
	}
	if relayer, err = s.start(ctx, r); err != nil {
		return err
	}
	ended, err := s.settled(ctx, ch, relayer)
	if err != nil {
		return err
	}
	after, err := money(ctx, ch)
	if err != nil {
		return err
	}
	for i, c := range ch.Chains {
		if ended.Tallies[i].TimedOut != 1 || after[i] != before[i] {
			return fmt.Errorf("%s: %d packets timed out, want 1; the user has %s, and had %s before", c.ID, ended.Tallies[i].TimedOut, after[i], before[i])
		}
	}
	s.say("what timed out was refunded")
	return nil
}

// passed waits until a chain's time is past a moment.
func passed(ctx context.Context, c *ibcnet.Chain, moment time.Time) error {
	return localnet.Until(ctx, "the deadline on "+c.ID, func() (bool, error) {
		now, err := c.Now(ctx)
		return now.After(moment), err
	})
}

// money is what the users of both ends have of their chains' own.
func money(ctx context.Context, ch ibcnet.Channel) (has [2]string, err error) {
	for i, c := range ch.Chains {
		amount, err := c.Balance(ctx, user(c), c.Denom)
		if err != nil {
			return has, err
		}
		has[i] = amount.String()
	}
	return has, nil
}

// rlyMaxMsgs is how many messages the other relayer puts into a transaction; its default of 5 is slow.
const rlyMaxMsgs = 100

func (s *stage) rly() ibcnet.Rly {
	return ibcnet.Rly{Program: s.program("rly"), Dir: filepath.Join(s.dir, "rly"), Loop: pause / 2}
}

func rlyOnOurs(ctx context.Context, s *stage) error {
	_, ch, err := s.linkedPair(ctx, stock("simd"), stock("simd"))
	if err != nil {
		return err
	}
	return s.theirs(ctx, ch)
}

func rlyOnHub(ctx context.Context, s *stage) error {
	_, ch, err := s.linkedPair(ctx, hub, stock("simd"))
	if err != nil {
		return err
	}
	return s.theirs(ctx, ch)
}

// theirs has the other relayer carry packets both ways on the path that ours made.
func (s *stage) theirs(ctx context.Context, ch ibcnet.Channel) error {
	rly := s.rly()
	if err := rly.Init(ctx, ch.Chains, ibcnet.FirstPath); err != nil {
		return err
	}
	p, err := rly.Start(rlyMaxMsgs)
	if err != nil {
		return err
	}
	s.later(p.Stop)
	for from := range ch.Chains {
		if err := give(ctx, ch, from, 1, ibcnet.Day); err != nil {
			return err
		}
	}
	if err := ch.Settle(ctx, p); err != nil { // it takes seconds to begin, and says nothing when it has
		return err
	}
	return s.bothWays(ctx, ch, p, each+1)
}

func oursOnRlys(ctx context.Context, s *stage) error {
	ch, err := s.pair(ctx, stock("simd"), stock("simd"))
	if err != nil {
		return err
	}
	rly := s.rly()
	if err := rly.Init(ctx, ch.Chains, [2]ibcnet.PathEnd{}); err != nil {
		return err
	}
	if err := rly.Link(ctx, port, "ics20-1"); err != nil {
		return err
	}
	r := s.relayer()
	if err := r.Init(ctx, ch.Chains[:]...); err != nil {
		return err
	}
	if err := r.Adopt(ch.Chains, ibcnet.FirstPath); err != nil {
		return err
	}
	var said []byte
	r.Show = func(_ []string, out []byte) { said = out }
	if err := r.Link(ctx, ch.Chains[0], ch.Chains[1], port); err != nil {
		return err
	}
	if !bytes.Contains(said, []byte("nothing was sent")) {
		return fmt.Errorf("`corridor relay link` made something anew instead of taking what the other relayer had made: %s", said)
	}
	s.say("its clients are named in the file; `relay link` took what was there and sent nothing")
	_, err = s.ours(ctx, r, ch)
	return err
}
