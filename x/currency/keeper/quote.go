package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/currency"
)

// FirmQuote is a published quote and its terms, or ErrUnknownQuote.
func (k Keeper) FirmQuote(ctx context.Context, id order.Hash) (currency.FirmQuote, order.Quote, error) {
	f, err := k.quotes.Get(ctx, id[:])
	if errors.Is(err, collections.ErrNotFound) {
		return f, order.Quote{}, currency.ErrUnknownQuote.Wrapf("quote %s", id)
	}
	if err != nil {
		return f, order.Quote{}, err
	}
	terms, err := order.DecodeQuote(f.Quote)
	return f, terms, err
}

// Take takes an amount, in the receive currency's minor units, of what a quote has left. It refuses what is unknown,
// withdrawn, expired at the block's time, or more than is left (ErrUnknownQuote, ErrWithdrawn, ErrExpired, ErrSizeExceeded).
//
// CONTRACT: the caller takes for one leg once.
func (k Keeper) Take(ctx context.Context, id order.Hash, amountMinor uint64) error {
	before, terms, err := k.FirmQuote(ctx, id)
	if err != nil {
		return err
	}
	after, err := before.Take(terms, sdk.UnwrapSDKContext(ctx).BlockTime(), amountMinor)
	if err != nil {
		return err
	}
	if err := k.quotes.Set(ctx, id[:], after); err != nil {
		return err
	}
	return emit(ctx, &currency.EventQuoteTaken{
		QuoteId: id.String(), AmountMinor: amountMinor, RemainingMinor: after.RemainingMinor,
	})
}

// Return gives back what Take took. It never makes more of a quote than it was: ErrReturnedTooMuch.
//
// CONTRACT: the caller returns for one leg once.
func (k Keeper) Return(ctx context.Context, id order.Hash, amountMinor uint64) error {
	before, terms, err := k.FirmQuote(ctx, id)
	if err != nil {
		return err
	}
	after, err := before.Return(terms, amountMinor)
	if err != nil {
		return err
	}
	if err := k.quotes.Set(ctx, id[:], after); err != nil {
		return err
	}
	return emit(ctx, &currency.EventQuoteReturned{
		QuoteId: id.String(), AmountMinor: amountMinor, RemainingMinor: after.RemainingMinor,
	})
}

// insert writes a quote that was not there before, with everything that leads to it.
func (k Keeper) insert(ctx context.Context, f currency.FirmQuote, terms order.Quote) error {
	if err := k.quotes.Set(ctx, f.Id, f); err != nil {
		return err
	}
	if err := k.ofPair.Set(ctx, collections.Join3(terms.PayCurrency, terms.ReceiveCurrency, f.Id)); err != nil {
		return err
	}
	if currency.Expired(terms, sdk.UnwrapSDKContext(ctx).BlockTime()) {
		return k.due.Set(ctx, collections.Join(currency.PruneTime(terms), f.Id))
	}
	if err := k.due.Set(ctx, collections.Join(terms.ExpiryUnixNs, f.Id)); err != nil {
		return err
	}
	if f.Withdrawn {
		return nil
	}
	open, err := k.openQuotes(ctx, terms.Provider)
	if err != nil {
		return err
	}
	return k.open.Set(ctx, terms.Provider, open+1)
}

// openQuotes is how many quotes of a provider are neither withdrawn nor expired.
func (k Keeper) openQuotes(ctx context.Context, provider string) (uint64, error) {
	n, err := k.open.Get(ctx, provider)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// closeQuote counts a provider's quote as open no longer.
func (k Keeper) closeQuote(ctx context.Context, provider string) error {
	n, err := k.openQuotes(ctx, provider)
	if err != nil {
		return err
	}
	if n <= 1 {
		return k.open.Remove(ctx, provider)
	}
	return k.open.Set(ctx, provider, n-1)
}

// dueAtExpiry is where a quote waits for its expiry.
func dueAtExpiry(terms order.Quote) dueKey {
	id := terms.ID()
	return collections.Join(terms.ExpiryUnixNs, id[:])
}
