package main

import (
	"context"
	"fmt"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

const (
	payments    = 3     // by the interchain account, before the channel is closed and after
	fundsMinor  = 1_000 // of the interchain account
	gasOfAny    = 200_000
	accountEnd  = "channel-0" // the first channel on each chain
	closeByTime = "/ibc.core.channel.v1.MsgTimeoutOnClose"
)

// account is an interchain account on the second chain, whose owner is on the first.
type account struct {
	ibcnet.Account
	relayer  ibcnet.Relayer
	from, to *ibcnet.Chain
}

// closed is about the only channel that stock chains close: one that keeps order ends with its first timeout, under all packets that
// were sent after it. The relayer closes the other end, and what waits comes back long before its own timeout. The owner's chain is of
// ibc-go v8, the account's of v7.
func closed(ctx context.Context, s *stage) error {
	a, err := s.openAccount(ctx)
	if err != nil {
		return err
	}
	relayer, err := s.start(ctx, a.relayer)
	if err != nil {
		return err
	}
	for range payments {
		if err := a.pay(ctx, ibcnet.Day); err != nil {
			return err
		}
	}
	if err := a.settle(ctx, relayer); err != nil {
		return err
	}
	if err := relayer.Stop(ctx); err != nil {
		return err
	}
	if err := a.pay(ctx, shortTimeout); err != nil {
		return err
	}
	deadline := time.Now().Add(shortTimeout)
	for range payments {
		if err := a.pay(ctx, ibcnet.Day); err != nil {
			return err
		}
	}
	if err := passed(ctx, a.to, deadline); err != nil {
		return err
	}
	if relayer, err = s.start(ctx, a.relayer); err != nil {
		return err
	}
	if err := a.settle(ctx, relayer); err != nil {
		return err
	}
	return a.check(ctx, s)
}

// openAccount starts the chains and opens the account's channel between them, whose handshake its owner begins.
func (s *stage) openAccount(ctx context.Context) (*account, error) {
	ch, err := s.pair(ctx, stock("simd"), stock("simd7"))
	if err != nil {
		return nil, err
	}
	a := &account{relayer: s.relayer(), from: ch.Chains[0], to: ch.Chains[1]}
	if err := a.relayer.Init(ctx, a.from, a.to); err != nil {
		return nil, err
	}
	if err := a.relayer.Run(ctx, "relay", "link", a.from.ID, a.to.ID); err != nil {
		return nil, err
	}
	owner, err := a.from.Signer(ctx, ibcnet.Key(ibcnet.User(0)))
	if err != nil {
		return nil, err
	}
	a.Account = ibcnet.Account{Owner: owner, Connection: ibcnet.FirstPath[0].Connection}
	register, err := a.Register()
	if err != nil {
		return nil, err
	}
	if err := a.from.Deliver(ctx, register); err != nil {
		return nil, err
	}
	err = a.relayer.Run(ctx, "relay", "link", a.from.ID, a.to.ID, "--port", a.Port(), "--dst-port", ibcnet.HostPort, "--order", "ordered")
	if err != nil {
		return nil, err
	}
	if err := a.Find(ctx); err != nil {
		return nil, err
	}
	return a, a.fund(ctx)
}

// fund gives the account money.
func (a *account) fund(ctx context.Context) error {
	giver, err := a.to.Signer(ctx, ibcnet.Key(ibcnet.User(0)))
	if err != nil {
		return err
	}
	tx, err := giver.Sign(gasOfAny, &banktypes.MsgSend{FromAddress: giver.Address, ToAddress: a.Address, Amount: a.coins(fundsMinor)})
	if err != nil {
		return err
	}
	return a.to.Deliver(ctx, tx)
}

func (a *account) coins(minor int64) sdk.Coins {
	return sdk.NewCoins(sdk.NewInt64Coin(a.to.Denom, minor))
}

// pay has the account pay one unit to somebody who has nothing.
func (a *account) pay(ctx context.Context, timeout time.Duration) error {
	tx, err := a.Do(timeout, &banktypes.MsgSend{FromAddress: a.Address, ToAddress: a.payee(), Amount: a.coins(1)})
	if err != nil {
		return err
	}
	return a.from.Deliver(ctx, tx)
}

func (a *account) payee() string { return ibcnet.Address(a.to.Prefix, ibcnet.Key("nobody")) }

// settle waits until none of the account's packets is pending.
func (a *account) settle(ctx context.Context, relayer localnet.Process) error {
	return localnet.Until(ctx, "the account's packets to end", func() (bool, error) {
		if !relayer.Alive() {
			return false, fmt.Errorf("the relayer ended by itself; the end of its log %s:\n%s", relayer.Log, localnet.LastLines(relayer.Log))
		}
		pending, err := a.from.Pending(ctx, a.Port(), accountEnd)
		return !pending, err
	})
}

// check reads every block.
func (a *account) check(ctx context.Context, s *stage) error {
	var txs [2][]ibcnet.Tx
	for i, c := range []*ibcnet.Chain{a.from, a.to} {
		height, err := c.Height(ctx)
		if err != nil {
			return err
		}
		if txs[i], err = c.Txs(ctx, 0, height); err != nil {
			return err
		}
	}
	tally, err := ibcnet.Count(ibcnet.Fates(txs[0], txs[1], a.Port(), accountEnd))
	if err != nil {
		return err
	}
	onClose := 0
	for _, tx := range txs[0] {
		if !tx.Failed {
			onClose += tx.Messages[closeByTime]
		}
	}
	if tally.Acknowledged != payments || tally.TimedOut != payments+1 || onClose != payments {
		return fmt.Errorf("%d acknowledged, %d timed out, %d because the channel was closed; want %d, %d and %d",
			tally.Acknowledged, tally.TimedOut, onClose, payments, payments+1, payments)
	}
	for c, port := range map[*ibcnet.Chain]string{a.from: a.Port(), a.to: ibcnet.HostPort} {
		is, err := c.Closed(ctx, port, accountEnd)
		if err != nil {
			return err
		}
		if !is {
			return fmt.Errorf("the channel's end on %s is not closed", c.ID)
		}
	}
	paid, err := a.to.Balance(ctx, a.payee(), a.to.Denom)
	if err != nil {
		return err
	}
	if paid.Int64() != payments {
		return fmt.Errorf("%s was paid, want %d", paid, payments)
	}
	s.say("%d packets acknowledged; one timed out and closed the channel, %d that waited behind it came back at once; both ends are closed", payments, onClose)
	return nil
}
