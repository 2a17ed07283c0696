package main

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

func chainHalted(ctx context.Context, s *stage) error {
	chains, err := s.chains(ctx, "chain-a", "chain-b", "chain-c")
	if err != nil {
		return err
	}
	r := s.relayer()
	if err := r.Init(ctx, chains...); err != nil {
		return err
	}
	hub, halting, other := chains[0], chains[1], chains[2]
	for _, far := range []*ibcnet.Chain{halting, other} {
		if err := r.Link(ctx, hub, far, port); err != nil {
			return err
		}
	}
	sick := ibcnet.FirstChannel(hub, halting, port)
	sound := ibcnet.Channel{Chains: [2]*ibcnet.Chain{other, hub}, Port: port, IDs: [2]string{"channel-0", "channel-1"}}
	process, err := s.start(ctx, r)
	if err != nil {
		return err
	}
	if err := sick.SendBoth(ctx, ibcnet.Flow{Each: 10, Every: pause, Users: users / 2, Count: 5}); err != nil {
		return err
	}
	if err := halting.Freeze(); err != nil {
		return err
	}
	frozen := time.Now()
	toHalted := loadOf(ctx, func(ctx context.Context) error { return sick.Send(ctx, 0, gentle(0)) })
	meanwhile := loadOf(ctx, func(ctx context.Context) error { return sound.SendBoth(ctx, gentle(users/2)) })
	if err := s.readiness(ctx, r, false); err != nil {
		return err
	}
	s.say("chain-b halted: not ready after %.1f s", time.Since(frozen).Seconds())
	if err := relayed(ctx, sound, 20); err != nil {
		return err
	}
	if err := toHalted.end(); err != nil {
		return err
	}
	if err := halting.Thaw(); err != nil {
		return err
	}
	thawed := time.Now()
	if err := s.readiness(ctx, r, true); err != nil {
		return err
	}
	s.say("ready %.1f s after it went on", time.Since(thawed).Seconds())
	if err := meanwhile.end(); err != nil {
		return err
	}
	if _, err := s.settled(ctx, sick, process); err != nil {
		return err
	}
	s.say("all of that %.1f s after it went on; on the other path, meanwhile", time.Since(thawed).Seconds())
	_, err = s.settled(ctx, sound, process)
	return err
}

// gentle is what is sent while a chain is halted, which takes half a minute to be called an outage.
func gentle(first int) ibcnet.Flow {
	return ibcnet.Flow{Each: 10, Every: time.Second, First: first, Users: users / 2}
}

// readiness waits until /readyz says so.
func (s *stage) readiness(ctx context.Context, r ibcnet.Relayer, ready bool) error {
	what := map[bool]string{true: "the relayer to be ready again", false: "the relayer to say that it is not ready"}[ready]
	return localnet.Until(ctx, what, func() (bool, error) { return s.ready(ctx, r) == ready, nil })
}

// What waits when the relayer starts, and within which time the node must have taken its first transaction: the goal is two seconds; a
// machine that runs both chains besides may take twice that.
const (
	waiting    = 2000
	sentWithin = 4 * time.Second
)

func manyPending(ctx context.Context, s *stage) error {
	r, ch, err := s.linked(ctx, nil)
	if err != nil {
		return err
	}
	first, err := s.start(ctx, r)
	if err != nil {
		return err
	}
	if err := first.Kill(ctx); err != nil {
		return err
	}
	for from, c := range ch.Chains {
		count := map[int]int{0: waiting, 1: waiting / 10}[from] // some go the other way
		txs, err := c.TransferTxs(ctx, ibcnet.Transfers{
			Port: ch.Port, Channel: ch.IDs[from], Receiver: ibcnet.Address(ch.Chains[1-from].Prefix, ibcnet.Key(ibcnet.User(0))),
			Count: count, PerTx: count / users, Timeout: ibcnet.Day,
		})
		if err == nil {
			err = c.Deliver(ctx, txs...)
		}
		if err != nil {
			return err
		}
	}
	took, err := s.firstBatch(ctx, r, ch)
	if err != nil {
		return err
	}
	if took > sentWithin {
		return fmt.Errorf("the first batch was sent after %s: that is more than %s", took, sentWithin)
	}
	process, err := s.start(ctx, r)
	if err != nil {
		return err
	}
	_, err = s.settled(ctx, ch, process)
	return err
}

// firstBatch starts the relayer, tells when the second chain's node had taken a transaction of packets, waits until a block holds
// packets, and kills it again in the midst of its work.
func (s *stage) firstBatch(ctx context.Context, r ibcnet.Relayer, ch ibcnet.Channel) (sent time.Duration, err error) {
	destination := ch.Chains[1]
	seen, err := destination.Height(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	process, err := r.Start()
	if err != nil {
		return 0, err
	}
	s.later(process.Stop)
	err = localnet.Until(ctx, "the first batch", func() (bool, error) {
		if pool, err := destination.Client().NumUnconfirmedTxs(ctx); sent == 0 && err == nil && pool.Count > 0 {
			sent = time.Since(began)
		}
		height, err := destination.Height(ctx)
		if err != nil {
			return false, err
		}
		txs, err := destination.Txs(ctx, seen, height)
		seen = height
		for _, tx := range txs {
			if received := tx.Messages["/ibc.core.channel.v1.MsgRecvPacket"]; !tx.Failed && received > 0 {
				if sent == 0 { // so quick that it was not seen waiting
					sent = time.Since(began)
				}
				s.say("%d packets waited: %.2f s after the process started the first transaction was sent, at %.2f s a block held its %d",
					waiting, sent.Seconds(), time.Since(began).Seconds(), received)
				return true, nil
			}
		}
		return false, err
	})
	if err != nil {
		return 0, err
	}
	return sent, process.Kill(ctx)
}
