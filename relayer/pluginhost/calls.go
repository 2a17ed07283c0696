package pluginhost

import (
	"context"
	"errors"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/sony/gobreaker/v2"
)

var (
	_ sdk.Ledger        = (*Host)(nil)
	_ sdk.BalanceReader = (*Host)(nil)
	_ sdk.OrderBook     = (*Host)(nil)

	errClosed = errors.New("the host is closed")
)

// Describe implements sdk.Ledger.
func (h *Host) Describe(ctx context.Context) (sdk.Description, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Description, error) { return p.Describe(ctx) })
}

// ConsentKey implements sdk.Ledger.
func (h *Host) ConsentKey(ctx context.Context, a sdk.Account) (sdk.PublicKey, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.PublicKey, error) { return p.ConsentKey(ctx, a) })
}

// Hold implements sdk.Ledger.
func (h *Host) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Entry, error) { return p.Hold(ctx, o) })
}

// Refuse implements sdk.Ledger.
func (h *Host) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Entry, error) { return p.Refuse(ctx, o) })
}

// Post implements sdk.Ledger.
func (h *Host) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Entry, error) { return p.Post(ctx, o) })
}

// Void implements sdk.Ledger.
func (h *Host) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Entry, error) { return p.Void(ctx, o) })
}

// Lookup implements sdk.Ledger.
func (h *Host) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Entry, error) { return p.Lookup(ctx, id) })
}

// Balance implements sdk.BalanceReader; Denied where the adapter does not read balances.
func (h *Host) Balance(ctx context.Context, a sdk.Account) (sdk.Balance, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Balance, error) { return p.Balance(ctx, a) })
}

// Book implements sdk.OrderBook; Denied where the adapter keeps no order book.
func (h *Host) Book(ctx context.Context) (sdk.Book, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Book, error) { return p.Book(ctx) })
}

// Take implements sdk.OrderBook; Denied where the adapter keeps no order book.
func (h *Host) Take(ctx context.Context, batch []byte) (sdk.Book, error) {
	return call(ctx, h, func(ctx context.Context, p *sdk.Process) (sdk.Book, error) { return p.Take(ctx, batch) })
}

// call makes one bounded call on the process that serves now. Where none does, or the breaker is open, it is
// Unavailable: nothing was sent.
func call[T any](ctx context.Context, h *Host, do func(context.Context, *sdk.Process) (T, error)) (T, error) {
	var nothing T
	h.mu.RLock()
	p, failure := h.now, h.failure
	h.mu.RUnlock()
	if p == nil {
		return nothing, &sdk.Error{Code: sdk.Unavailable, Message: "no adapter serves ledger " + h.config.LedgerID, Err: failure}
	}
	ctx, cancel := context.WithTimeout(ctx, h.config.CallTimeout)
	defer cancel()
	answer, err := p.breaker.Execute(func() (any, error) { return do(ctx, p.Process) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nothing, &sdk.Error{Code: sdk.Unavailable, Message: "ledger " + h.config.LedgerID + " failed several times in a row and is left alone for a moment", Err: err}
	}
	if err != nil {
		return nothing, err
	}
	return answer.(T), nil
}

// healthy tells whether an answer speaks for the adapter and its ledger: every definite one does, and a
// call that its own caller gave up says nothing against them.
func healthy(err error) bool {
	switch sdk.CodeOf(err) {
	case sdk.Unavailable, sdk.Unknown:
		return errors.Is(err, context.Canceled)
	}
	return true
}
