package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// maxRaces bounds how often a batch is made again because another moved the book meanwhile.
const maxRaces = 100

// hub is what the suite has a ledger's hub order. It is safe for concurrent use.
type hub struct {
	prove func(from sdk.Book, instructions ...order.Instruction) ([]byte, error)

	mu     sync.Mutex
	proven map[order.Hash]bool // what some adapter's Take has answered for
}

// proving is a ledger that checks orders, as a notary drives it: each order is proven before it is given, so that every
// test of the suite is one of such a ledger too. Tests of the book itself use what is under it.
type proving struct {
	sdk.Ledger
	book sdk.OrderBook
	id   string
	hub  *hub
}

// asNotary gives a ledger that checks orders the notary's part; any other is left as it is.
func asNotary(t testing.TB, l sdk.Ledger, h *hub) sdk.Ledger {
	d, err := l.Describe(t.Context())
	require.NoError(t, err)
	if !slices.Contains(d.Optional, sdk.OptionalOrders) {
		return l
	}
	require.NotNil(t, h.prove, "the ledger checks orders: the harness needs Prove")
	book, ok := l.(sdk.OrderBook)
	require.True(t, ok, "the adapter advertises %q and does not have it", sdk.OptionalOrders)
	p := &proving{Ledger: l, book: book, id: d.Ledger, hub: h}
	if k, ok := l.(killer); ok {
		return struct {
			*proving
			killer
		}{p, k}
	}
	return p
}

// under is the ledger itself, with its book.
func (p *proving) under() *proving { return p }

// Hold proves the order, and gives it.
func (p *proving) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if err := p.ensure(ctx, o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return p.Ledger.Hold(ctx, o)
}

// Refuse proves the order, and refuses it.
func (p *proving) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if err := p.ensure(ctx, o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return p.Ledger.Refuse(ctx, o)
}

// Post proves the order, and gives it.
func (p *proving) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	if err := p.ensure(ctx, o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return p.Ledger.Post(ctx, o)
}

// Void proves the order, and gives it.
func (p *proving) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	if err := p.ensure(ctx, o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return p.Ledger.Void(ctx, o)
}

// ensure has the hub order this and proves it, unless that was done. What no hub could order is passed on as it is. The
// proof has its own time: a test that gives a call little means that call.
func (p *proving) ensure(ctx context.Context, i order.Instruction) error {
	hash := i.Hash()
	p.hub.mu.Lock()
	done := p.hub.proven[hash]
	p.hub.mu.Unlock()
	if done || i.Ledger != p.id || i.Validate() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if _, err := p.take(ctx, i); err != nil {
		return err
	}
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.hub.proven[hash] = true
	return nil
}

// take proves instructions from the book as it stands, again where another has moved it meanwhile.
func (p *proving) take(ctx context.Context, instructions ...order.Instruction) (sdk.Book, error) {
	for range maxRaces {
		book, err := p.book.Book(ctx)
		if err != nil {
			return sdk.Book{}, err
		}
		batch, err := p.hub.prove(book, instructions...)
		if err != nil {
			return sdk.Book{}, fmt.Errorf("the harness proves nothing: %w", err)
		}
		taken, err := p.book.Take(ctx, batch)
		now, bookErr := p.book.Book(ctx)
		moved := bookErr == nil && (now.Height != book.Height || now.Number != book.Number)
		if sdk.CodeOf(err) != sdk.Denied || !moved {
			return taken, err
		}
	}
	return sdk.Book{}, fmt.Errorf("the book moved %d times while a batch was made", maxRaces)
}
