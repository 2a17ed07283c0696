package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// Verifier is how what happened on a ledger is proved: one implementation per link. It is asked again each time
// before an outcome is applied, so its answer may change as long as the outcome is not applied.
type Verifier interface {
	// Verdict is what is proved of an instruction by now; ok is false while nothing is.
	Verdict(ctx context.Context, l bridge.Ledger, number uint64) (v bridge.Verdict, ok bool, err error)
}

// notaries proves by k equal words of notaries in force.
type notaries struct{ k *Keeper }

// Verdict counts.
func (n notaries) Verdict(ctx context.Context, l bridge.Ledger, number uint64) (bridge.Verdict, bool, error) {
	votes, err := n.k.votesInSet(ctx, l, number)
	if err != nil {
		return bridge.Verdict{}, false, err
	}
	v, ok := bridge.Count(l, votes)
	return v, ok, nil
}

// packets proves by what came back of the instruction's packet, which a light client verified.
type packets struct{ k *Keeper }

// Verdict reads the evidence. Once there, it never changes.
func (p packets) Verdict(ctx context.Context, l bridge.Ledger, number uint64) (bridge.Verdict, bool, error) {
	d, err := p.k.dispatches.Get(ctx, collections.Join(l.Id, number))
	if err != nil || d.State != bridge.DISPATCH_STATE_ANSWERED {
		return bridge.Verdict{}, false, err
	}
	return bridge.Verdict{Outcome: order.Outcome(d.Outcome), LedgerReference: d.LedgerReference, Reason: d.Reason}, true, nil
}

// votesInSet are the votes about one instruction by notaries of the ledger's set.
func (k *Keeper) votesInSet(ctx context.Context, l bridge.Ledger, number uint64) ([]bridge.Vote, error) {
	var votes []bridge.Vote
	for _, n := range l.Notaries {
		v, err := k.votes.Get(ctx, collections.Join3(l.Id, number, n.Id))
		if errors.Is(err, collections.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		votes = append(votes, v)
	}
	return votes, nil
}
