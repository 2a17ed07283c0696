package sdk

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
)

// OptionalOrders is the name under which Description.Optional has an OrderBook. A ledger whose order check is
// "ledger" must have it, for otherwise nothing could ever be done there.
const OptionalOrders = "orders"

// MaxBatchBytes bounds a batch, as package orderproof encodes it.
const MaxBatchBytes = 1 << 20

const headerHashBytes = 32

// OrderBook is an optional part of a Ledger: the book of what the hub ordered, each order proven. A ledger that has one
// acts on nothing else: Hold, Refuse, Post and Void of an instruction that is not in its book are Denied.
//
// CONTRACT: what the ledger believes of the hub moves by Take alone, forward alone, and is durable before Take answers.
type OrderBook interface {
	// Book is what the ledger believes of the hub, and how far it knows the hub's orders.
	Book(context.Context) (Book, error)
	// Take verifies a batch (package orderproof) and keeps it. A batch that brings nothing new is a no-op, however old
	// its header: two notaries may send the same. Invalid: it does not decode. Denied: the proof does not hold, it starts
	// from another header than Book's, or it leaves instructions out; ask Book, and make another from that. Conflict: what it
	// proves contradicts the book, so the hub has forked. An error changes nothing, and its Book is the zero value.
	Take(ctx context.Context, batch []byte) (Book, error)
}

// Book is a ledger's knowledge of the hub.
type Book struct {
	ChainID string // the hub's
	Height  int64  // of the newest header that the ledger believes
	Hash    []byte // of that header, 32 bytes
	Number  uint64 // of the newest instruction taken; 0: none yet
}

// Validate checks a book by itself.
func (b Book) Validate() error {
	switch {
	case !text(b.ChainID, order.MaxTextBytes):
		return Errorf(Invalid, "book: chain id: want 1 to %d characters", order.MaxTextBytes)
	case b.Height <= 0:
		return Errorf(Invalid, "book: height: %d is none", b.Height)
	case len(b.Hash) != headerHashBytes:
		return Errorf(Invalid, "book: hash: want %d bytes, got %d", headerHashBytes, len(b.Hash))
	}
	return nil
}

// checkedBook is the OrderBook of a checked ledger.
type checkedBook struct {
	id     string
	orders OrderBook
}

// Book makes a checked ledger with orders an OrderBook.
func (c *checkedBook) Book(ctx context.Context) (b Book, err error) {
	defer contain(&err)
	b, err = c.orders.Book(ctx)
	return c.answer(b, err)
}

// Take makes a checked ledger with orders an OrderBook.
func (c *checkedBook) Take(ctx context.Context, batch []byte) (b Book, err error) {
	defer contain(&err)
	if len(batch) == 0 || len(batch) > MaxBatchBytes {
		return Book{}, Errorf(Invalid, "batch: want 1 to %d bytes, got %d", MaxBatchBytes, len(batch))
	}
	b, err = c.orders.Take(ctx, batch)
	return c.answer(b, err)
}

func (c *checkedBook) answer(b Book, err error) (Book, error) {
	if err != nil {
		return Book{}, classify(err)
	}
	if err := b.Validate(); err != nil {
		return Book{}, Errorf(Unknown, "ledger %s answered with a book that is none: %v", c.id, err)
	}
	return b, nil
}

// noOrders is the answer of a connection to an adapter that keeps no book.
func noOrders() error {
	return Errorf(Denied, "this adapter keeps no order book: its ledger does not check orders")
}
