package ledgerlink

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/sdk"
)

// Times between two batches that a ledger did not take. That another notary's came first is usual, and soon over.
const (
	firstRetake   = 10 * time.Millisecond
	longestRetake = time.Second
)

// bookState is what the link knows of the ledger's order book.
type bookState struct {
	number  uint64 // of the newest instruction that the ledger is known to have
	taking  bool
	retries int
	due     time.Time // no batch before
}

// booked tells whether the ledger may act on an instruction: a ledger that checks orders has to have taken it first.
func (l *Link) booked(number uint64) bool { return l.Orders == nil || number <= l.book.number }

// take proves to the ledger, in the background, what the hub ordered; one batch at a time, so that instructions gather meanwhile. It tells
// when it may be tried again.
func (l *Link) take(ctx context.Context, now time.Time) (wake time.Time) {
	if l.book.taking || now.Before(l.book.due) {
		return l.book.due
	}
	l.book.taking = true
	wanted := l.hub.Work[len(l.hub.Work)-1].Number
	l.background(ctx, func(ctx context.Context) func() {
		book, err := l.bring(ctx, wanted)
		return func() { l.taken(book, err) }
	})
	return now.Add(longestRetake)
}

// bring asks the ledger what it has, and gives it what is missing. Several notaries do so at once: what one has brought, the others need
// not.
func (l *Link) bring(ctx context.Context, wanted uint64) (sdk.Book, error) {
	book, err := l.Orders.Book(ctx)
	if err != nil || book.Number >= wanted {
		return book, err
	}
	batch, err := l.Prover.Batch(ctx, book)
	if err != nil {
		return book, fmt.Errorf("no proof for the ledger: %w", err)
	}
	taken, err := l.Orders.Take(ctx, batch)
	if err != nil {
		return book, err
	}
	return taken, nil
}

// taken keeps how far the ledger's book goes.
func (l *Link) taken(book sdk.Book, err error) {
	l.book.taking = false
	l.book.number = max(l.book.number, book.Number)
	l.Report.took(err)
	if err == nil {
		l.book.retries, l.book.due = 0, time.Time{}
		return
	}
	l.book.due = time.Now().Add(doubled(firstRetake, l.book.retries, longestRetake))
	if l.book.retries++; l.book.retries == loudRetake {
		l.Log.Error("the ledger does not take the proof of what the hub ordered; it acts on nothing newer until it does",
			"book", book.Number, "height", book.Height, "code", sdk.CodeOf(err), "error", err)
		return
	}
	l.Log.Debug("the ledger did not take a batch; asking it what it has and making another", "code", sdk.CodeOf(err), "error", err)
}

// loudRetake is how many batches in a row may come to nothing before it is told: another notary's may have come first.
const loudRetake = 5
