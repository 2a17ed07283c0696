package sim

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Book is what the ledger believes of the hub, and how far it knows the hub's instructions.
type Book struct {
	ChainID string `json:"chain_id"`
	Height  int64  `json:"height"` // of the newest header that it believes
	Hash    string `json:"hash"`   // of that header, hex
	Number  uint64 `json:"number"` // of the newest instruction taken

	root orderproof.Root
	head order.Hash // the chained hash of Number
}

// loadBook reads the book; nil without an error means that there is none.
func loadBook(ctx context.Context, tx *sql.Tx) (*Book, error) {
	var b Book
	var head []byte
	err := tx.QueryRowContext(ctx, `SELECT chain_id, height, hash, number, head FROM book`).
		Scan(&b.ChainID, &b.root.Height, &b.root.Hash, &b.Number, &head)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.Height, b.Hash = b.root.Height, strings.ToUpper(hex.EncodeToString(b.root.Hash))
	copy(b.head[:], head)
	return &b, nil
}

// openBook begins the book at the configuration's root, or goes on with the one that is there. A root in the
// configuration that is higher than the book's is the operator's word and replaces it: so a ledger that was away for
// longer than the trusting period comes back.
func (l *Ledger) openBook(ctx context.Context, tx *sql.Tx) error {
	known, err := loadBook(ctx, tx)
	hub := l.config.Hub
	switch {
	case err != nil:
		return err
	case hub == nil && known == nil:
		return nil
	case hub == nil:
		return fmt.Errorf("this ledger checks orders of %s, and the configuration has no hub any more; put the section back", known.ChainID)
	case known == nil:
		start := order.OutboxStart(hub.ChainID, l.config.Ledger)
		_, err := tx.ExecContext(ctx, `INSERT INTO book (one, chain_id, height, hash, number, head, opened_at) VALUES (1, ?, ?, ?, 0, ?, ?)`,
			hub.ChainID, hub.root.Height, hub.root.Hash, start[:], l.timestamp())
		return err
	case known.ChainID != hub.ChainID:
		return fmt.Errorf("it holds orders of chain %s, the configuration's hub.chain_id is %s; name another folder", known.ChainID, hub.ChainID)
	case hub.root.Height == known.Height && hub.root.String() != known.root.String():
		return fmt.Errorf("hub.root: the configuration says %s, the ledger believes %s: one of them is not the hub's; ask its operators", hub.root, known.root)
	case hub.root.Height > known.Height:
		_, err := tx.ExecContext(ctx, `UPDATE book SET height = ?, hash = ?`, hub.root.Height, hub.root.Hash)
		return err
	}
	return nil
}

// Book is the ledger's book. Denied: it keeps none.
func (l *Ledger) Book(ctx context.Context) (b Book, err error) {
	if l.config.Hub == nil {
		return Book{}, noBook()
	}
	err = l.store.Snapshot(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := loadBook(ctx, tx)
		if err == nil {
			b = *known
		}
		return err
	})
	return b, err
}

func noBook() error {
	return simkit.Errorf(simkit.Denied, "this ledger checks no orders and keeps no book: its configuration has no hub")
}

// actor is who changes an entry, and on which of the hub's instructions.
type actor struct {
	caller      string
	instruction uint64 // its number in the book; 0: the ledger believes its notaries
}

// ordered finds the instruction in the book; that the hub decided it is what the book was proven. Denied: it is not there
// yet, or never will be. A ledger without a hub asks nothing.
func (l *Ledger) ordered(ctx context.Context, tx *sql.Tx, i order.Instruction) (number uint64, err error) {
	if l.config.Hub == nil {
		return 0, nil
	}
	hash := i.Hash()
	err = tx.QueryRowContext(ctx, `SELECT number FROM instruction WHERE hash = ? ORDER BY number LIMIT 1`, hash[:]).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, simkit.Errorf(simkit.Denied, "not proven: the hub's order to %s entry %s is not in this ledger's book; take a batch that holds it first", i.Kind, i.Entry)
	}
	return number, err
}

// entryFor reads the entry that an instruction is about, and who acts on it now; nil without an error means that the id is
// unknown. Denied: the ledger checks orders, and this one is not proven.
func (l *Ledger) entryFor(ctx context.Context, tx *sql.Tx, i order.Instruction, caller string) (*Entry, actor, error) {
	by := actor{caller: caller}
	var err error
	if by.instruction, err = l.ordered(ctx, tx, i); err != nil {
		return nil, by, err
	}
	known, err := loadEntry(ctx, tx, i.Entry)
	return known, by, err
}
