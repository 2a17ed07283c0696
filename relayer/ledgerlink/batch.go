package ledgerlink

import (
	"context"
	"fmt"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/bridge"
)

// batchItems bounds a batch: so many of the largest instructions are well below orderproof.MaxBatchBytes.
const batchItems = 500

// freshHead is how many headers old a proof of the newest record may be that is used again. The light client keeps more.
const freshHead = 50

// Prover is a hub that can prove to a ledger what it ordered.
type Prover interface {
	// Batch makes what OrderBook.Take takes, for a book as the ledger gave it.
	Batch(context.Context, sdk.Book) ([]byte, error)
}

// Batch implements Prover: everything that the hub has ordered since what the book holds, as far as one batch takes it, proved from
// the header that the ledger believes.
func (n *LightNode) Batch(ctx context.Context, book sdk.Book) ([]byte, error) {
	if book.ChainID != n.light.ChainID() {
		return nil, fmt.Errorf("ledger %s believes chain %s, this notary serves %s: check hub.chain_id here and there", n.ledger, book.ChainID, n.light.ChainID())
	}
	n.mu.Lock()
	known, head, headAt := n.outbox, n.head, n.headAt
	n.mu.Unlock()
	last := min(known.last(), book.Number+batchItems)
	if last <= book.Number {
		return nil, fmt.Errorf("ledger %s has taken %d instructions, this notary has read %d: it reads on", n.ledger, book.Number, known.last())
	}
	believed, err := n.light.Believed()
	if err != nil {
		return nil, err
	}
	if believed.Height < book.Height {
		return nil, fmt.Errorf("ledger %s believes header %d, this notary %d: it reads on", n.ledger, book.Height, believed.Height)
	}
	b := orderproof.Batch{From: book.Number + 1, Head: head}
	if err := n.light.Read(ctx, func(ctx context.Context, s *hublight.State) (err error) {
		at := headAt
		if last != known.last() || at < book.Height || s.Header.Height-at > freshHead {
			at = s.Header.Height
			if b.Head, err = s.Prove(ctx, bridge.StoreKey, bridge.RecordKey(n.ledger, last)); err != nil {
				return noAbsence(err)
			}
		}
		b.Items = nil
		if err := n.fill(ctx, s, known, &b, last); err != nil {
			return err
		}
		b.Path, err = n.light.Path(ctx, orderproof.Root{Height: book.Height, Hash: book.Hash}, at)
		return err
	}); err != nil {
		return nil, err
	}
	return b.Encode()
}

// fill adds the instructions up to a number.
func (n *LightNode) fill(ctx context.Context, s *hublight.State, run outbox, b *orderproof.Batch, last uint64) error {
	if b.From < run.from { // more than is remembered: read again, for this batch alone
		before, err := beforeOf(ctx, s, n.ledger, b.From)
		if err != nil {
			return err
		}
		all, err := records(ctx, s, n.ledger, b.From, last)
		if err != nil {
			return err
		}
		_, head, err := readRecord(b.Head)
		if err != nil {
			return err
		}
		if run, err = chained(all, b.From, before, head, s.Header.Time); err != nil {
			return hublight.Lief("outbox of ledger %s: %w", n.ledger, err)
		}
	}
	b.Before = run.before
	if p, ok := run.at(b.From - 1); ok {
		b.Before = p.chain
	}
	for number := b.From; number <= last; number++ {
		p, ok := run.at(number)
		if !ok {
			return fmt.Errorf("record %d of ledger %s is not known", number, n.ledger)
		}
		b.Items = append(b.Items, orderproof.NewItem(p.raw))
	}
	return nil
}
