package sim

import (
	"context"
	"database/sql"
	"errors"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// takeFacts is everything that the rules of a batch look at before its proof.
type takeFacts struct {
	book    Book
	batch   orderproof.Batch
	differs uint64 // the first number of which the batch says something else than the book; 0: none
}

// last is the number of the batch's newest instruction.
func (f takeFacts) last() uint64 { return f.batch.From + uint64(len(f.batch.Items)) - 1 }

// bringsNothing tells that the ledger knows every instruction of the batch, and that its path leads to no header that
// could be believed next. Its proof is of no interest then, however old: another notary has brought the same.
func (f takeFacts) bringsNothing() bool {
	leads := f.book.root.Is(&f.batch.Path.Anchor.Header) && len(f.batch.Path.Steps) > 0
	return f.last() <= f.book.Number && f.differs == 0 && !leads
}

// Take verifies a batch and keeps what it proves. The proof is verified outside the ledger's one writer, so that holds do
// not wait for it; a book that has moved meanwhile is looked at again.
func (l *Ledger) Take(ctx context.Context, raw []byte, caller string) (Book, error) {
	if l.config.Hub == nil {
		return Book{}, noBook()
	}
	batch, err := orderproof.DecodeBatch(raw)
	if err != nil {
		return Book{}, simkit.Errorf(simkit.Invalid, "batch: %s", err)
	}
	for {
		f, err := l.gatherTake(ctx, batch)
		if err != nil || f.bringsNothing() {
			return f.book, err
		}
		proven, err := l.prove(f)
		if err != nil {
			return Book{}, err
		}
		switch err := l.keep(ctx, f, proven, caller); {
		case errors.Is(err, errMoved):
		case err != nil:
			return Book{}, err
		default:
			return l.Book(ctx)
		}
	}
}

// prove is the whole of what a batch must prove, in the order of the package's documentation.
func (l *Ledger) prove(f takeFacts) (orderproof.Verified, error) {
	if f.batch.From > f.book.Number+1 {
		return orderproof.Verified{}, simkit.Errorf(simkit.Denied, "batch: it begins at instruction %d, this ledger's book ends at %d; send from %d on",
			f.batch.From, f.book.Number, f.book.Number+1)
	}
	hub := l.config.Hub
	params := orderproof.Params{ChainID: hub.ChainID, TrustingPeriod: hub.TrustingPeriod, MaxClockDrift: hub.MaxClockDrift}
	proven, err := f.batch.Verify(params, l.config.Ledger, f.book.root, l.now())
	switch {
	case errors.Is(err, orderproof.ErrMalformed):
		return proven, simkit.Errorf(simkit.Invalid, "batch: %s", err)
	case errors.Is(err, orderproof.ErrRoot):
		return proven, simkit.Errorf(simkit.Denied, "batch: %s; ask for the book and prove from its header", err)
	case err != nil:
		return proven, simkit.Errorf(simkit.Denied, "batch: %s", err)
	case f.differs != 0:
		return proven, simkit.Errorf(simkit.Conflict, "batch: what it proves of instruction %d is not what was proven before: the hub has forked; stop, and call its operators", f.differs)
	}
	return proven, nil
}

// gatherTake reads the book, and compares what the batch says with what the ledger knows already.
func (l *Ledger) gatherTake(ctx context.Context, batch orderproof.Batch) (f takeFacts, err error) {
	f.batch = batch
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := loadBook(ctx, tx)
		if err != nil {
			return err
		}
		f.book = *known
		if batch.From > known.Number+1 {
			return nil // nothing to compare; and a number of somebody's may be beyond what the database counts
		}
		f.differs, err = firstDifference(ctx, tx, batch, order.OutboxStart(f.book.ChainID, l.config.Ledger))
		return err
	})
	return f, err
}

// firstDifference is the first number of which batch and book say different things; 0: they agree as far as both go.
func firstDifference(ctx context.Context, tx *sql.Tx, batch orderproof.Batch, start order.Hash) (uint64, error) {
	if batch.From == 1 && batch.Before != start {
		return 1, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT number, hash, chain_hash FROM instruction WHERE number BETWEEN ? AND ? ORDER BY number`,
		batch.From-1, batch.From+uint64(len(batch.Items))-1)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var n uint64
		var hash, chained []byte
		if err := rows.Scan(&n, &hash, &chained); err != nil {
			return 0, err
		}
		if n < batch.From && string(chained) != string(batch.Before[:]) {
			return n, nil
		}
		if n >= batch.From && string(hash) != string(batch.Items[n-batch.From].Hash[:]) {
			return n, nil
		}
	}
	return 0, rows.Err()
}

// errMoved: another batch was kept since the book was read.
var errMoved = errors.New("the book has moved")

// keep writes what was proven: the header that is believed next and the instructions, in one transaction.
func (l *Ledger) keep(ctx context.Context, f takeFacts, proven orderproof.Verified, caller string) error {
	return l.store.Atomically(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now, err := loadBook(ctx, tx)
		if err != nil {
			return err
		}
		if now.Number != f.book.Number || now.root.String() != f.book.root.String() {
			return errMoved
		}
		hash := f.batch.Before
		for i, item := range f.batch.Items {
			n := f.batch.From + uint64(i)
			hash = order.OutboxNextOf(hash, n, item.Hash)
			if n <= now.Number {
				continue
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO instruction (number, hash, chain_hash, height, taken_at, caller) VALUES (?, ?, ?, ?, ?, ?)`,
				n, item.Hash[:], hash[:], proven.Root.Height, l.timestamp(), caller); err != nil {
				return err
			}
		}
		head := now.head
		if proven.Number > now.Number {
			head = proven.Head
		}
		_, err = tx.ExecContext(ctx, `UPDATE book SET height = ?, hash = ?, number = ?, head = ?`,
			proven.Root.Height, proven.Root.Hash, max(proven.Number, now.Number), head[:])
		return err
	})
}
