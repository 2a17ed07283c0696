package demoibc

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
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
	transfers    = 100         // each way
	perTx        = 20          // of them in one transaction
	patience     = time.Minute // for one step
	longTimeout  = 10 * time.Minute
	shortTimeout = 3 * time.Second
)

// story is the demonstration in progress.
type story struct {
	Options
	dir     string
	hub     *ibcnet.Chain
	stock   *ibcnet.Chain
	relayer ibcnet.Relayer
	process localnet.Process
}

func (s *story) tell(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.begin, s.link, s.bothWays, s.timeout, s.home} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) say(format string, args ...any) { fmt.Fprintf(s.Out, format+"\n", args...) }

// title begins a step.
func (s *story) title(n int, what string) { s.say("\n── %d. %s", n, what) }

// showCommand shows a command of the relayer's as a user would have typed it, and what it said.
func (s *story) showCommand(arguments []string, out []byte) {
	for i, a := range arguments {
		arguments[i] = strings.TrimPrefix(a, s.relayer.Dir+string(filepath.Separator))
	}
	s.say("   $ corridor %s", strings.Join(arguments, " "))
	for line := range strings.Lines(strings.TrimRight(string(out), "\n")) {
		fmt.Fprint(s.Out, "     "+strings.ReplaceAll(line, s.relayer.Dir+string(filepath.Separator), ""))
	}
	s.say("")
}

// link is step 1.
func (s *story) link(ctx context.Context) error {
	s.title(1, "One file from two addresses; then clients, a connection and a channel")
	if err := s.relayer.Init(ctx, s.hub, s.stock); err != nil {
		return err
	}
	if err := s.relayer.Link(ctx, s.hub, s.stock, port); err != nil {
		return err
	}
	s.say("   $ corridor relay run")
	return s.start()
}

func (s *story) start() error {
	var err error
	s.process, err = s.relayer.Start()
	return err
}

// address is the user's on a chain; both users have the same key.
func (s *story) address(c *ibcnet.Chain) string {
	return ibcnet.Address(c.Prefix, ibcnet.Key(ibcnet.User(0)))
}

// bothWays is step 2.
func (s *story) bothWays(ctx context.Context) error {
	s.title(2, fmt.Sprintf("%d transfers of one unit each way", transfers))
	before, err := s.money(ctx)
	if err != nil {
		return err
	}
	from, err := s.heights(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	for _, way := range [][2]*ibcnet.Chain{{s.hub, s.stock}, {s.stock, s.hub}} {
		if err := s.send(ctx, way[0], way[1], ibcnet.Transfers{Count: transfers, Timeout: longTimeout}); err != nil {
			return err
		}
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	s.say("   all acknowledged %.1f s after the first was submitted", time.Since(began).Seconds())
	after, err := s.money(ctx)
	if err != nil {
		return err
	}
	if err := s.showMoney(before, after); err != nil {
		return err
	}
	if err := s.showPackets(ctx, from, transfers, 0); err != nil {
		return err
	}
	return moved(before, after, changes{
		{s.hub.ID, s.hub.Denom}: -transfers, {s.stock.ID, voucher(s.hub)}: transfers,
		{s.stock.ID, s.stock.Denom}: -transfers, {s.hub.ID, voucher(s.stock)}: transfers,
	})
}

// timeout is step 3.
func (s *story) timeout(ctx context.Context) error {
	s.title(3, fmt.Sprintf("A transfer that nobody carries within %s is refunded", shortTimeout))
	if err := s.process.Stop(ctx); err != nil {
		return err
	}
	s.say("   the relayer is stopped")
	before, err := s.money(ctx)
	if err != nil {
		return err
	}
	from, err := s.heights(ctx)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(shortTimeout)
	if err := s.send(ctx, s.hub, s.stock, ibcnet.Transfers{Count: 1, Timeout: shortTimeout}); err != nil {
		return err
	}
	waiting, err := s.money(ctx)
	if err != nil {
		return err
	}
	s.say("   sent: the bank has %s %s, one less; it lies in the channel's escrow", waiting[account{s.hub.ID, s.hub.Denom}], s.hub.Denom)
	err = localnet.Until(ctx, "the deadline on "+s.stock.ID, func() (bool, error) {
		now, err := s.stock.Now(ctx)
		return now.After(deadline), err
	})
	if err != nil {
		return err
	}
	s.say("   the deadline has passed on %s; the relayer is started again", s.stock.ID)
	if err := s.start(); err != nil {
		return err
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	after, err := s.money(ctx)
	if err != nil {
		return err
	}
	if err := s.showPackets(ctx, from, 0, 1); err != nil {
		return err
	}
	s.say("   refunded: the bank has %s %s again", after[account{s.hub.ID, s.hub.Denom}], s.hub.Denom)
	return moved(before, after, changes{})
}

// home is step 4.
func (s *story) home(ctx context.Context) error {
	s.title(4, "The vouchers go home, and are the money that they stood for")
	before, err := s.money(ctx)
	if err != nil {
		return err
	}
	for _, way := range [][2]*ibcnet.Chain{{s.stock, s.hub}, {s.hub, s.stock}} {
		t := ibcnet.Transfers{Count: 1, Timeout: longTimeout, Denom: voucher(way[1]), Amount: transfers}
		if err := s.send(ctx, way[0], way[1], t); err != nil {
			return err
		}
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	after, err := s.money(ctx)
	if err != nil {
		return err
	}
	if err := s.showMoney(before, after); err != nil {
		return err
	}
	return moved(before, after, changes{
		{s.hub.ID, s.hub.Denom}: transfers, {s.stock.ID, voucher(s.hub)}: -transfers,
		{s.stock.ID, s.stock.Denom}: transfers, {s.hub.ID, voucher(s.stock)}: -transfers,
	})
}

// send submits transfers and waits for their blocks.
func (s *story) send(ctx context.Context, from, to *ibcnet.Chain, t ibcnet.Transfers) error {
	t.Port, t.Channel, t.Receiver, t.PerTx, t.OneUser = port, channel, s.address(to), perTx, true
	txs, err := from.TransferTxs(ctx, t)
	if err != nil {
		return err
	}
	return from.Deliver(ctx, txs...)
}

// settled waits until nothing is pending on either chain.
func (s *story) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, c := range []*ibcnet.Chain{s.hub, s.stock} {
		err := localnet.Until(ctx, "the packets of "+c.ID, func() (bool, error) {
			if !s.process.Alive() {
				return false, fmt.Errorf("the relayer has ended; the end of its log %s:\n%s", s.process.Log, localnet.LastLines(s.process.Log))
			}
			pending, err := c.Pending(ctx, port, channel)
			return !pending, err
		})
		if err != nil {
			return fmt.Errorf("%w; the end of the relayer's log:\n%s", err, localnet.LastLines(s.process.Log))
		}
	}
	return nil
}
