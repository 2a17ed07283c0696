package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/bridge"
)

// planNotaries puts another set into force after the ledger's longest prepare time, so that no settlement that was
// agreed under the old set ends under the new one unseen. A plan that was there is replaced. Guards 3 to 5 of
// MsgSetNotaries.
func (k *Keeper) planNotaries(ctx context.Context, l bridge.Ledger, set []bridge.Notary, threshold uint32) error {
	if l.Link != bridge.LINK_NOTARIES {
		return bridge.ErrNotAttested.Wrapf("%s has %s", l.Id, l.Link)
	}
	if err := bridge.ValidateNotaries(set, threshold); err != nil {
		return err
	}
	if err := bridge.ValidateNoneSuspended(set); err != nil {
		return err
	}
	for _, n := range set {
		s, err := k.suspensions.Get(ctx, collections.Join(l.Id, n.Id))
		if err == nil {
			return bridge.ErrNotarySpent.Wrapf("%s on %s, because: %s; its words never count again: give the notary another id", n.Id, l.Id, s.Reason)
		}
		if !errors.Is(err, collections.ErrNotFound) {
			return err
		}
	}
	effective := sdk.UnwrapSDKContext(ctx).BlockTime().Add(l.LongestPrepare)
	change := bridge.PendingChange{Ledger: l.Id, Notaries: set, Threshold: threshold, Effective: effective}
	if err := k.pending.Set(ctx, l.Id, change); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventNotariesPlanned{
		Ledger: l.Id, Threshold: threshold, Notaries: uint32(len(set)), EffectiveUnixNs: effective.UnixNano(),
	})
}

// install puts a planned set into force and has the ledger's instructions recounted.
func (k *Keeper) install(ctx context.Context, change bridge.PendingChange) error {
	l, err := k.Ledger(ctx, change.Ledger)
	if err != nil {
		return err
	}
	if err := k.retire(ctx, l, change); err != nil {
		return err
	}
	l.Notaries, l.Threshold = change.Notaries, change.Threshold
	for i, n := range l.Notaries {
		s, err := k.suspensions.Get(ctx, collections.Join(l.Id, n.Id))
		if errors.Is(err, collections.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		l.Notaries[i].Suspended, l.Notaries[i].SuspendedReason = true, s.Reason
	}
	if err := k.ledgers.Set(ctx, l.Id, l); err != nil {
		return err
	}
	if err := k.pending.Remove(ctx, l.Id); err != nil {
		return err
	}
	if err := k.recounts.Set(ctx, l.Id, 0); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventNotariesChanged{Ledger: l.Id, Threshold: l.Threshold, Notaries: uint32(len(l.Notaries))})
}

// retire spends the ids that a planned set leaves out. Votes belong to an id, and the hub cannot tell whose an id is but by its
// place in the set: given to another institution later, it would bring the old one's words back to count.
func (k *Keeper) retire(ctx context.Context, l bridge.Ledger, change bridge.PendingChange) error {
	next := bridge.Ledger{Notaries: change.Notaries}
	for _, n := range l.Notaries {
		if n.Suspended || next.NotaryIndex(n.Id) >= 0 {
			continue
		}
		s := bridge.Suspension{Ledger: l.Id, Notary: n.Id, Reason: bridge.ReasonLeft, Height: sdk.UnwrapSDKContext(ctx).BlockHeight()}
		if err := k.suspensions.Set(ctx, collections.Join(l.Id, n.Id), s); err != nil {
			return err
		}
	}
	return nil
}

// suspendNotary takes a notary out of force at once. Its words that are not applied lapse: no instruction is applied
// without a fresh count, and the recount tells of those that were counted before. l is changed too.
func (k *Keeper) suspendNotary(ctx context.Context, l *bridge.Ledger, s bridge.Suspension) error {
	s.Ledger, s.Height = l.Id, sdk.UnwrapSDKContext(ctx).BlockHeight()
	i := l.NotaryIndex(s.Notary)
	if i < 0 {
		return unknownNotary(*l, s.Notary)
	}
	l.Notaries[i].Suspended, l.Notaries[i].SuspendedReason = true, s.Reason
	if err := k.ledgers.Set(ctx, l.Id, *l); err != nil {
		return err
	}
	if err := k.suspensions.Set(ctx, collections.Join(l.Id, s.Notary), s); err != nil {
		return err
	}
	if err := k.recounts.Set(ctx, l.Id, 0); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventNotarySuspended{Ledger: l.Id, Notary: s.Notary, Reason: s.Reason})
}

// inForce is a notary that may speak for the ledger now. Guard 3 of MsgAttest.
func inForce(l bridge.Ledger, id string) (bridge.Notary, error) {
	i := l.NotaryIndex(id)
	if i < 0 {
		return bridge.Notary{}, unknownNotary(l, id)
	}
	if n := l.Notaries[i]; n.Suspended {
		return bridge.Notary{}, bridge.ErrNotarySuspended.Wrapf("%s of %s, because: %s", id, l.Id, n.SuspendedReason)
	}
	return l.Notaries[i], nil
}

func unknownNotary(l bridge.Ledger, id string) error {
	return bridge.ErrUnknownNotary.Wrapf("%q is not in the set of %s: see `query bridge ledger %s`", id, l.Id, l.Id)
}
