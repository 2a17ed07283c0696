package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/bridge"
)

// EndBlock does what is due, a bounded amount of it. It never fails: a returned error would halt the chain. What
// goes wrong is logged and comes up again in the next block.
func (k *Keeper) EndBlock(ctx context.Context) {
	k.bestEffort(ctx, "install due notaries", k.installDue)
	k.bestEffort(ctx, "recount", k.recountSome)
	k.bestEffort(ctx, "retry", k.retryDue)
	k.bestEffort(ctx, "dispatch to the hub's own ledger", k.DispatchLocal)
	k.bestEffort(ctx, "dispatch by channels", k.dispatchSome)
}

// bestEffort runs a step, or one item of it, in isolation, so that one that always fails stops no other. Even running out of gas, which a block's end has no limit of, ends the step
// and not the chain.
func (k *Keeper) bestEffort(ctx context.Context, what string, step func(context.Context) error) {
	defer func() {
		if r := recover(); r != nil {
			logger(ctx).Error("end of block: what panicked has left nothing behind", "step", what, "panic", fmt.Sprint(r))
		}
	}()
	if err := isolated(ctx, step); err != nil {
		logger(ctx).Error("end of block: what failed has left nothing behind", "step", what, "error", err)
	}
}

// installDue puts planned sets into force whose time has come, the oldest first.
func (k *Keeper) installDue(ctx context.Context) error {
	now := sdk.UnwrapSDKContext(ctx).BlockTime().UnixNano()
	var due []string
	iterator, err := k.pending.Indexes.effective.Iterate(ctx, nil)
	if err != nil {
		return err
	}
	defer iterator.Close()
	for ; iterator.Valid() && len(due) < bridge.MaxChangesPerBlock; iterator.Next() {
		key, err := iterator.FullKey()
		if err != nil {
			return err
		}
		if key.K1() > now {
			break
		}
		due = append(due, key.K2())
	}
	for _, ledger := range due {
		k.bestEffort(ctx, "install notaries of "+ledger, func(ctx context.Context) error {
			change, err := k.pending.Get(ctx, ledger)
			if err != nil {
				return err
			}
			return k.install(ctx, change)
		})
	}
	return nil
}

// recountSome advances instructions of ledgers whose notaries changed, ledger by ledger, oldest instruction first.
func (k *Keeper) recountSome(ctx context.Context) error {
	type cursor struct {
		ledger string
		next   uint64
	}
	var cursors []cursor
	err := k.recounts.Walk(ctx, nil, func(ledger string, next uint64) (bool, error) { // at most MaxLedgers
		cursors = append(cursors, cursor{ledger, next})
		return false, nil
	})
	if err != nil {
		return err
	}
	left := bridge.MaxRecountsPerBlock
	for _, c := range cursors {
		if left == 0 {
			return nil
		}
		done, err := k.recount(ctx, c.ledger, c.next, left)
		if err != nil {
			return err
		}
		left -= done
	}
	return nil
}

// recount advances up to limit instructions of one ledger from a number on, and remembers where to go on.
func (k *Keeper) recount(ctx context.Context, ledger string, from uint64, limit int) (done int, err error) {
	l, err := k.Ledger(ctx, ledger)
	if err != nil {
		return 0, err
	}
	numbers, err := k.unappliedFrom(ctx, ledger, from, limit)
	if err != nil {
		return 0, err
	}
	for _, n := range numbers {
		k.bestEffort(ctx, fmt.Sprintf("recount instruction %d of %s", n, ledger), func(ctx context.Context) error {
			_, err := k.advance(ctx, l, n)
			return err
		})
		done++
	}
	if done < limit {
		return done, k.recounts.Remove(ctx, ledger)
	}
	return done, k.recounts.Set(ctx, ledger, numbers[done-1]+1)
}

// unappliedFrom are the oldest instructions of a ledger from a number on that are not applied.
func (k *Keeper) unappliedFrom(ctx context.Context, ledger string, from uint64, limit int) ([]uint64, error) {
	var numbers []uint64
	rng := collections.NewPrefixedPairRange[string, uint64](ledger).StartInclusive(from)
	err := k.trackings.Indexes.unapplied.Walk(ctx, rng, func(key instructionKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return len(numbers) == limit, nil
	})
	return numbers, err
}

// retryDue tries again what failed and has waited long enough, the longest due first.
func (k *Keeper) retryDue(ctx context.Context) error {
	height := uint64(sdk.UnwrapSDKContext(ctx).BlockHeight())
	var due []dueKey
	err := k.trackings.Indexes.due.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1() > height {
			return true, nil
		}
		due = append(due, key)
		return len(due) == bridge.MaxRetriesPerBlock, nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		k.bestEffort(ctx, fmt.Sprintf("retry instruction %d of %s", key.K3(), key.K2()), func(ctx context.Context) error {
			return k.retry(ctx, key.K2(), key.K3())
		})
	}
	return nil
}

// retry makes one more attempt at a failed instruction.
func (k *Keeper) retry(ctx context.Context, ledger string, number uint64) error {
	if ledger == bridge.HubLedger {
		return k.execute(ctx, number)
	}
	l, err := k.Ledger(ctx, ledger)
	if err != nil {
		return err
	}
	_, err = k.advance(ctx, l, number)
	return err
}

// retryNow is retry whose failure is the caller's error, with nothing written.
func (k *Keeper) retryNow(ctx context.Context, t bridge.Tracking) error {
	if t.Ledger == bridge.HubLedger {
		return k.tried(isolated(ctx, func(ctx context.Context) error { return k.executeAndDeliver(ctx, t) }), t)
	}
	l, err := k.Ledger(ctx, t.Ledger)
	if err != nil {
		return err
	}
	verdict, ok, err := k.verifiers[l.Link].Verdict(ctx, l, t.Number)
	if err != nil {
		return err
	}
	if !ok || uint32(verdict.Outcome) != t.Outcome {
		_, err = k.advance(ctx, l, t.Number) // the words lapsed: that is what there is to do
		return err
	}
	return k.tried(isolated(ctx, func(ctx context.Context) error { return k.apply(ctx, t) }), t)
}

func (k *Keeper) tried(err error, t bridge.Tracking) error {
	if err == nil {
		return nil
	}
	return bridge.ErrApplyFailed.Wrapf("instruction %d of %s, owner %s: %s", t.Number, t.Ledger, t.Owner, err)
}
