package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/settlement"
)

// reschedule keeps a settlement's due time what its Run wants. Whatever was quarantined before starts afresh.
func (k Keeper) reschedule(ctx context.Context, run *settlement.Run) error {
	at, due := run.NextDue()
	if !due {
		return k.undue(ctx, run.Settlement.Id)
	}
	was, err := k.due.Get(ctx, run.Settlement.Id)
	if err == nil && was.Time.Equal(at) && was.Attempts == 0 {
		return nil
	}
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	return k.due.Set(ctx, run.Settlement.Id, settlement.DueItem{Time: at, Id: run.Settlement.Id})
}

func (k Keeper) undue(ctx context.Context, id []byte) error {
	has, err := k.due.Has(ctx, id)
	if err != nil || !has {
		return err
	}
	return k.due.Remove(ctx, id)
}

// LedgerResumed makes settlements that may wait for a ledger due at the end of this block. Those beyond the limit
// look again by themselves within settlement.GuardRecheck.
func (k Keeper) LedgerResumed(ctx context.Context, ledger string) error {
	ids, err := k.openOn(ctx, ledger, settlement.MaxResumed)
	if err != nil {
		return err
	}
	for _, id := range ids {
		s, err := k.Settlement(ctx, id)
		if err != nil {
			return err
		}
		if s.Waiting == "" {
			continue
		}
		if err := k.due.Set(ctx, id, settlement.DueItem{Time: moment(ctx).Time, Id: id}); err != nil {
			return err
		}
	}
	return nil
}

func (k Keeper) openOn(ctx context.Context, ledger string, most int) ([][]byte, error) {
	it, err := k.settlements.Indexes.ledger.ids.Iterate(ctx, collections.NewPrefixedPairRange[string, []byte](ledger))
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var ids [][]byte
	for ; it.Valid() && len(ids) < most; it.Next() {
		key, err := it.Key()
		if err != nil {
			return nil, err
		}
		ids = append(ids, key.K2())
	}
	return ids, nil
}

// EndBlock looks at settlements whose time has come, a bounded number of them, each in a store of its own: one that
// fails, or panics, is put off with an alarm. It has no error to return, for that would halt the chain.
func (k Keeper) EndBlock(ctx context.Context) {
	if err := isolated(ctx, k.endBlock); err != nil {
		logger(ctx).Error("due settlements are left for the next block", "error", err)
	}
}

func (k Keeper) endBlock(ctx context.Context) error {
	ids, err := k.dueBy(ctx, moment(ctx).Time)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		failure := isolated(ctx, func(ctx context.Context) error {
			_, err := k.step(ctx, id, nil)
			return err
		})
		if failure == nil {
			continue
		}
		if err := isolated(ctx, func(ctx context.Context) error { return k.quarantine(ctx, id, failure) }); err != nil {
			logger(ctx).Error("a due settlement failed and cannot be put off", "settlement", settlement.IDText(id), "error", err)
		}
	}
	if err := isolated(ctx, k.bridge.DispatchLocal); err != nil {
		logger(ctx).Error("hub instructions stay queued for the bridge's end of block", "error", err)
	}
	return nil
}

// isolated runs do in a store of its own: all that it writes stays, or nothing. A panic is its error; there is no gas to
// run out of at the end of a block.
func isolated(ctx context.Context, do func(context.Context) error) (err error) {
	cached, write := sdk.UnwrapSDKContext(ctx).CacheContext()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if err := do(cached); err != nil {
		return err
	}
	write()
	return nil
}

// dueBy are the ids of what is due, the earliest first.
func (k Keeper) dueBy(ctx context.Context, now time.Time) ([][]byte, error) {
	due := collections.NewPrefixUntilPairRange[int64, []byte](now.UnixNano())
	it, err := k.due.Indexes.time.Iterate(ctx, due)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var ids [][]byte
	for ; it.Valid() && len(ids) < settlement.MaxDuePerBlock; it.Next() {
		id, err := it.PrimaryKey()
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// quarantine puts a due settlement off, longer after every failure, and raises an alarm.
func (k Keeper) quarantine(ctx context.Context, id []byte, failure error) error {
	item, err := k.due.Get(ctx, id)
	if err != nil {
		return err
	}
	item.Time = moment(ctx).Time.Add(settlement.QuarantineDelay(item.Attempts))
	item.Attempts++
	if err := k.due.Set(ctx, id, item); err != nil {
		return err
	}
	reason := settlement.Clip(failure.Error(), settlement.MaxReasonBytes)
	logger(ctx).Error("a due settlement failed and is put off", "settlement", item.Id, "attempts", item.Attempts, "error", reason)
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&settlement.EventQuarantined{
		SettlementId: settlement.IDText(id), Attempts: item.Attempts, Error: reason,
	})
}
