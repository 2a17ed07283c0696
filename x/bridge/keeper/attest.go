package keeper

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// attest checks a batch of words, the whole of it before anything is written, then takes word by word.
func (k *Keeper) attest(ctx context.Context, m *bridge.MsgAttest) (counted uint32, err error) {
	l, err := k.Ledger(ctx, m.Ledger)
	if err != nil {
		return 0, err
	}
	words, err := k.checkAttestation(ctx, l, m)
	if err != nil {
		return 0, err
	}
	err = k.Dispatching(ctx, func(ctx context.Context) error {
		counted, err = k.take(ctx, l, m.Notary, words)
		return err
	})
	return counted, err
}

// take hears word by word and advances what each is about.
func (k *Keeper) take(ctx context.Context, l bridge.Ledger, notary string, words []order.Word) (counted uint32, err error) {
	for _, w := range words {
		stands, err := k.hear(ctx, &l, notary, w)
		if err != nil {
			return counted, err
		}
		if !stands {
			break // the notary contradicted itself: the rest of its batch is worth nothing
		}
		newly, err := k.advance(ctx, l, w.Number)
		if err != nil {
			return counted, err
		}
		if newly {
			counted++
		}
	}
	return counted, nil
}

// checkAttestation is guards 2 to 6 of MsgAttest.
func (k *Keeper) checkAttestation(ctx context.Context, l bridge.Ledger, m *bridge.MsgAttest) ([]order.Word, error) {
	if l.Link != bridge.LINK_NOTARIES {
		return nil, bridge.ErrNotAttested.Wrapf("%s has %s", l.Id, l.Link)
	}
	notary, err := inForce(l, m.Notary)
	if err != nil {
		return nil, err
	}
	words, err := m.OrderWords()
	if err != nil {
		return nil, err
	}
	if err := m.CheckSignature(sdk.UnwrapSDKContext(ctx).ChainID(), notary.PublicKey, words); err != nil {
		return nil, err
	}
	for i, w := range words {
		r, err := k.record(ctx, l.Id, w.Number)
		if errors.Is(err, bridge.ErrUnknownInstruction) {
			return nil, bridge.ErrUnknownInstruction.Wrapf("word %d: instruction %d of %s", i, w.Number, l.Id)
		}
		if err != nil {
			return nil, err
		}
		if err := bridge.CheckWord(i, w, r); err != nil {
			return nil, err
		}
	}
	return words, nil
}

// hear stores a notary's word if it is its first about this instruction. stands is false where the word contradicts
// the one before, which suspends the notary; l is changed then.
func (k *Keeper) hear(ctx context.Context, l *bridge.Ledger, notary string, w order.Word) (stands bool, err error) {
	key := collections.Join3(l.Id, w.Number, notary)
	vote := bridge.Vote{
		Ledger: l.Id, Number: w.Number, Notary: notary, Outcome: uint32(w.Outcome),
		LedgerReference: w.LedgerReference, Reason: w.Reason, Height: sdk.UnwrapSDKContext(ctx).BlockHeight(),
	}
	before, err := k.votes.Get(ctx, key)
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return true, k.storeVote(ctx, *l, vote)
	case err != nil:
		return false, err
	case before.Outcome == vote.Outcome:
		return true, nil
	}
	return false, k.suspendNotary(ctx, l, bridge.Suspension{
		Notary: notary, First: &before, Second: &vote,
		Reason: fmt.Sprintf("said %s and then %s about instruction %d", order.Outcome(before.Outcome), w.Outcome, w.Number),
	})
}

func (k *Keeper) storeVote(ctx context.Context, l bridge.Ledger, v bridge.Vote) error {
	if err := k.votes.Set(ctx, collections.Join3(v.Ledger, v.Number, v.Notary), v); err != nil {
		return err
	}
	outcome := order.Outcome(v.Outcome).String()
	if err := emit(ctx, &bridge.EventWord{Ledger: v.Ledger, Number: v.Number, Notary: v.Notary, Outcome: outcome}); err != nil {
		return err
	}
	votes, err := k.votesInSet(ctx, l, v.Number)
	if err != nil {
		return err
	}
	other, found := bridge.Dissenter(l, votes, v)
	if !found {
		return nil
	}
	return emit(ctx, &bridge.EventDisagreed{
		Ledger: v.Ledger, Number: v.Number, Notary: v.Notary, Outcome: outcome,
		OtherNotary: other.Notary, OtherOutcome: order.Outcome(other.Outcome).String(),
	})
}
