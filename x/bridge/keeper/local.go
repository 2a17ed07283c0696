package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// Dispatching runs do, then executes what do appended for the hub's own ledger, and what the outcomes of that append. What
// others left there is for the end of block: nobody's transaction pays for it, or runs out of gas over it.
//
// CONTRACT: a message handler does all that it writes in here; a HandleOutcome or an Execute never calls it.
func (k *Keeper) Dispatching(ctx context.Context, do func(context.Context) error) error {
	newest, err := k.heads.Get(ctx, bridge.HubLedger)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if err := do(ctx); err != nil {
		return err
	}
	return k.dispatchFrom(ctx, newest+1)
}

// DispatchLocal executes whatever is new for the hub's own ledger, the oldest first. For the end of block.
//
// CONTRACT: a message handler calls Dispatching instead; a HandleOutcome or an Execute calls neither.
func (k *Keeper) DispatchLocal(ctx context.Context) error { return k.dispatchFrom(ctx, 0) }

// dispatchFrom executes what is new for the hub's own ledger from a number on and applies each outcome, in one
// CacheContext per instruction, until nothing is left (an outcome may append more) or the limit is reached. What fails is
// told and queued; what is left over is for the end of block.
func (k *Keeper) dispatchFrom(ctx context.Context, first uint64) error {
	for range bridge.MaxLocalDispatches {
		number, ok, err := k.nextFresh(ctx, first)
		if err != nil || !ok {
			return err
		}
		if err := k.execute(ctx, number); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) nextFresh(ctx context.Context, first uint64) (number uint64, ok bool, err error) {
	from := new(collections.Range[uint64]).StartInclusive(first)
	err = k.trackings.Indexes.fresh.Walk(ctx, from, func(n uint64) (bool, error) {
		number, ok = n, true
		return true, nil
	})
	return number, ok, err
}

// execute executes one of the hub's own instructions and applies its outcome, or queues it.
func (k *Keeper) execute(ctx context.Context, number uint64) error {
	t, err := k.trackings.Get(ctx, collections.Join(bridge.HubLedger, number))
	if err != nil || t.Progress != bridge.PROGRESS_OPEN {
		return err
	}
	if err := isolated(ctx, func(ctx context.Context) error { return k.executeAndDeliver(ctx, t) }); err != nil {
		return k.failed(ctx, t, err)
	}
	return nil
}

func (k *Keeper) executeAndDeliver(ctx context.Context, t bridge.Tracking) error {
	if k.local == nil {
		return bridge.ErrNoLocalLedger
	}
	r, err := k.record(ctx, t.Ledger, t.Number)
	if err != nil {
		return err
	}
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil {
		return err
	}
	result, err := k.local.Execute(ctx, i)
	if err != nil {
		return err
	}
	if !i.Kind.Allowed(result.Outcome) {
		return bridge.ErrOutcomeNotAllowed.Wrapf("the local ledger answered %s to a %s", result.Outcome, i.Kind)
	}
	result.Number, result.Instruction = t.Number, i
	return k.deliver(ctx, t, bridge.StepExecute, result)
}
