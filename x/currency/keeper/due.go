package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/currency"
)

// EndBlock works on quotes whose time has come, at most MaxDuePerBlock: an expired one no longer counts as open, and one
// of which nothing is taken is forgotten long after its latest prepare deadline. Nothing depends on how soon this
// happens. One that fails, or panics, leaves the queue with an alarm in the log. There is no error to return, for that
// would halt the chain.
func (k Keeper) EndBlock(ctx context.Context) {
	if err := isolated(ctx, k.endBlock); err != nil {
		sdk.UnwrapSDKContext(ctx).Logger().Error("alarm: due quotes are left for the next block", "error", err)
	}
}

func (k Keeper) endBlock(ctx context.Context) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	keys, err := k.dueUntil(ctx, currency.UnixNs(sdkCtx.BlockTime()))
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := k.due.Remove(ctx, key); err != nil {
			return err
		}
		if err := isolated(ctx, func(ctx context.Context) error { return k.workOn(ctx, key) }); err != nil {
			sdkCtx.Logger().Error("alarm: a quote cannot be closed", "quote", fmt.Sprintf("%x", key.K2()), "error", err)
		}
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

// dueUntil lists the earliest due times before now; a quote can still be taken of at its expiry itself.
func (k Keeper) dueUntil(ctx context.Context, now uint64) ([]dueKey, error) {
	var keys []dueKey
	err := k.due.Walk(ctx, nil, func(key dueKey) (bool, error) {
		if key.K1() >= now || len(keys) == currency.MaxDuePerBlock {
			return true, nil
		}
		keys = append(keys, key)
		return false, nil
	})
	return keys, err
}

func (k Keeper) workOn(ctx context.Context, key dueKey) error {
	f, terms, err := k.FirmQuote(ctx, order.Hash(key.K2()))
	if err != nil {
		return err
	}
	if key.K1() != terms.ExpiryUnixNs {
		return k.forget(ctx, f, terms)
	}
	if !f.Withdrawn {
		if err := k.closeQuote(ctx, terms.Provider); err != nil {
			return err
		}
	}
	return k.due.Set(ctx, collections.Join(currency.PruneTime(terms), f.Id))
}

// forget removes a quote of which nothing is taken. The others stay: they are the consent to what was settled.
func (k Keeper) forget(ctx context.Context, f currency.FirmQuote, terms order.Quote) error {
	if !f.Untouched(terms) {
		return nil
	}
	if err := k.ofPair.Remove(ctx, collections.Join3(terms.PayCurrency, terms.ReceiveCurrency, f.Id)); err != nil {
		return err
	}
	return k.quotes.Remove(ctx, f.Id)
}
