package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

// How long linking goes on where others work on the same path.
const (
	maxTransactions = 40
	maxTries        = 2 // of one step, before its refusal is believed
)

// linker makes one path.
type linker struct {
	ends     [2]ibcpath.End
	given    [2]string // connections that the caller named
	spec     Spec
	observe  func(Progress)
	cautious bool

	channel      pair
	height       [2]int64 // the state that was read last
	sentAt       [2]int64 // the block of the last own transaction
	transactions int
	tries        map[string]int
}

// Link makes the path that the spec describes, from wherever the chains stand. Ends may name clients and connections to use; what
// they leave open is found or made. Each transaction is told to observe, which may be nil. Running it again does nothing
// where all is done.
func Link(ctx context.Context, ends [2]ibcpath.End, spec Spec, observe func(Progress)) (Result, error) {
	l := &linker{ends: ends, spec: spec, observe: observe, tries: map[string]int{}}
	l.given = [2]string{ends[0].ConnectionID, ends[1].ConnectionID}
	if err := l.settleClients(ctx); err != nil {
		return l.result(), err
	}
	err := l.run(ctx, func(v view) (step, error) { return next(v, spec) })
	return l.result(), err
}

// run does step after step until there is none.
func (l *linker) run(ctx context.Context, decide func(view) (step, error)) error {
	for range maxTransactions {
		v, err := l.look(ctx)
		if err != nil {
			return err
		}
		now, err := decide(v)
		if err != nil || now.done() {
			return err
		}
		if err := l.do(ctx, now); err != nil {
			if err := l.judge(now, err); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("not linked after %d transactions: somebody else works against it; look at connections %s and %s", maxTransactions,
		l.ends[0].ConnectionID, l.ends[1].ConnectionID)
}

// do makes one transaction.
func (l *linker) do(ctx context.Context, now step) error {
	messages, err := l.messages(ctx, now)
	if err != nil {
		return err
	}
	chain := l.ends[now.side].Chain
	sent, err := chain.Send(ctx, messages)
	if err != nil {
		return err
	}
	l.transactions++
	l.sentAt[now.side] = sent.Height
	if now.acts[0] == createClient {
		if l.ends[now.side].ClientID, err = lightclient.Created(sent.Events); err != nil {
			return fmt.Errorf("%s: transaction %s: %w", chain.ID(), sent.Hash, err)
		}
	}
	if l.observe != nil {
		l.observe(Progress{Chain: chain.ID(), Did: now.words(), Sent: sent, Ends: l.ends})
	}
	return nil
}

// judge decides whether a step that failed is worth another look at the chains: somebody else may have done it, or only the part
// that was put beside it is refused.
func (l *linker) judge(failed step, err error) error {
	var refusal *ibcpath.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if len(failed.acts) > 1 && failed.acts[0] != createClient && !l.cautious {
		l.cautious = true
		return nil
	}
	if l.tries[failed.name()]++; l.tries[failed.name()] < maxTries {
		return nil
	}
	return explain(failed, l.spec, refusal)
}

// result is the path as far as it is known.
func (l *linker) result() Result {
	result := Result{Ends: l.ends, Transactions: l.transactions}
	if l.spec.wantsChannel() {
		result.Channel.Ordered = l.spec.Ordered
		for side := range 2 {
			result.Channel.Ends[side] = ibcpath.ChannelEnd{Port: l.spec.Ports[side], Channel: l.channel[side].id}
		}
	}
	return result
}

// settleClients fills in the clients that are there already, and refuses those that are of no use.
func (l *linker) settleClients(ctx context.Context) error {
	for side := range 2 {
		if err := l.clientOfConnection(ctx, side); err != nil {
			return err
		}
	}
	for side := range 2 {
		own, far := &l.ends[side], l.ends[1-side]
		if own.ClientID == "" {
			if l.spec.Fresh {
				continue
			}
			wanted, err := lightclient.Create(ctx, far.Chain, l.spec.Clients[side])
			if err != nil {
				return err
			}
			if own.ClientID, err = lightclient.Find(ctx, own.Chain, far.Chain, wanted.State); err != nil {
				return fmt.Errorf("look for a client of %s on %s: %w", far.Chain.ID(), own.Chain.ID(), err)
			}
			continue
		}
		client, err := lightclient.Look(ctx, own.Chain, own.ClientID)
		if err != nil {
			return err
		}
		if client.State.ChainId != far.Chain.ID() {
			return fmt.Errorf("client %s on %s is of %s, not of %s: name another, or none", own.ClientID, own.Chain.ID(), client.State.ChainId,
				far.Chain.ID())
		}
		if err := client.Usable(time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// clientOfConnection takes clients from a connection that was named.
func (l *linker) clientOfConnection(ctx context.Context, side int) error {
	if l.given[side] == "" || l.ends[side].ClientID != "" && l.ends[1-side].ClientID != "" {
		return nil
	}
	end, err := l.connectionEnd(ctx, side, l.given[side])
	if err != nil {
		return err
	}
	for i, id := range map[int]string{side: end.ClientId, 1 - side: end.Counterparty.ClientId} {
		if l.ends[i].ClientID == "" {
			l.ends[i].ClientID = id
		}
	}
	return nil
}
