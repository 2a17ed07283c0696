package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/bridge"
)

// dueKey orders failed attempts by the height from which they are tried again.
type dueKey = collections.Triple[uint64, string, uint64]

// queues are the partial indexes of trackings: only what still has to be done is in them, so they stay short
// however long an outbox grows. They hold exactly what the trackings say, as nothing else writes them.
type queues struct {
	unapplied collections.KeySet[instructionKey] // of every ledger but the hub, not applied
	due       collections.KeySet[dueKey]         // an attempt failed
	fresh     collections.KeySet[uint64]         // for the hub itself, not tried yet
}

func newQueues(sb *collections.SchemaBuilder) queues {
	return queues{
		unapplied: collections.NewKeySet(sb, bridge.UnappliedPrefix, "unapplied", collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)),
		due: collections.NewKeySet(sb, bridge.DuePrefix, "due",
			collections.TripleKeyCodec(collections.Uint64Key, collections.StringKey, collections.Uint64Key)),
		fresh: collections.NewKeySet(sb, bridge.FreshPrefix, "fresh", collections.Uint64Key),
	}
}

// IndexesList is what collections asks for.
func (q queues) IndexesList() []collections.Index[instructionKey, bridge.Tracking] {
	return []collections.Index[instructionKey, bridge.Tracking]{q}
}

// Reference moves an instruction from the queues it was in to those it belongs in now.
func (q queues) Reference(ctx context.Context, pk instructionKey, t bridge.Tracking, lazyOld func() (bridge.Tracking, error)) error {
	if err := q.Unreference(ctx, pk, lazyOld); err != nil {
		return err
	}
	if isUnapplied(t) {
		if err := q.unapplied.Set(ctx, pk); err != nil {
			return err
		}
	}
	if t.RetryHeight > 0 {
		if err := q.due.Set(ctx, dueKeyOf(t)); err != nil {
			return err
		}
	}
	if isFresh(t) {
		return q.fresh.Set(ctx, t.Number)
	}
	return nil
}

// Unreference takes an instruction out of the queues it is in.
func (q queues) Unreference(ctx context.Context, pk instructionKey, lazyOld func() (bridge.Tracking, error)) error {
	old, err := lazyOld()
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if isUnapplied(old) {
		if err := q.unapplied.Remove(ctx, pk); err != nil {
			return err
		}
	}
	if old.RetryHeight > 0 {
		if err := q.due.Remove(ctx, dueKeyOf(old)); err != nil {
			return err
		}
	}
	if isFresh(old) {
		return q.fresh.Remove(ctx, old.Number)
	}
	return nil
}

func isUnapplied(t bridge.Tracking) bool {
	return t.Ledger != bridge.HubLedger && t.Progress != bridge.PROGRESS_APPLIED
}

func isFresh(t bridge.Tracking) bool {
	return t.Ledger == bridge.HubLedger && t.Progress == bridge.PROGRESS_OPEN && t.RetryHeight == 0
}

func dueKeyOf(t bridge.Tracking) dueKey {
	return collections.Join3(uint64(t.RetryHeight), t.Ledger, t.Number)
}
