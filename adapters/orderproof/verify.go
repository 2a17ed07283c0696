package orderproof

import (
	"bytes"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
)

// Verified is what a batch has proved. A ledger keeps Root, Number and Head, and acts on the instructions.
type Verified struct {
	Root         Root       // the header to believe from now on
	Time         time.Time  // of that header
	Number       uint64     // of the newest instruction
	Head         order.Hash // the chained hash up to it
	Instructions []Numbered // those that were shown, ascending
}

// Numbered is a proven instruction with its number in the ledger's outbox.
type Numbered struct {
	Number      uint64
	Instruction order.Instruction
	Raw         []byte
}

// Verify proves the batch for one ledger from a root. The guards are in the order of errors.go. It keeps nothing, so
// verifying a batch twice gives the same answer; whether it brings anything new is for the caller to see.
func (b Batch) Verify(params Params, ledger string, root Root, now time.Time) (Verified, error) {
	b, shown, err := b.checked()
	if err != nil {
		return Verified{}, err
	}
	header, err := b.Path.verify(params, root, now)
	if err != nil {
		return Verified{}, err
	}
	if err := b.Head.Verify(header.AppHash); err != nil {
		return Verified{}, err
	}
	proven, err := b.record(params.ChainID, ledger, shown)
	if err != nil {
		return Verified{}, err
	}
	if err := b.chain(proven); err != nil {
		return Verified{}, err
	}
	return Verified{Root: NewRoot(header), Time: header.Time, Number: proven.number, Head: proven.chainHash, Instructions: shown}, nil
}

// record reads the proven record, and refuses what is not of this chain and ledger.
func (b Batch) record(chainID, ledger string, shown []Numbered) (record, error) {
	proven, err := readRecord(b.Head.Value)
	if err != nil {
		return record{}, fmt.Errorf("%w: key %X of store %q holds %w", ErrOtherLedger, b.Head.Key, b.Head.Store, err)
	}
	if b.Head.Store != RecordStore || proven.ledger != ledger || !bytes.Equal(b.Head.Key, RecordKey(ledger, proven.number)) {
		return record{}, fmt.Errorf("%w: the proof is of key %X in store %q, a record of %q; want one of %q", ErrOtherLedger, b.Head.Key, b.Head.Store, proven.ledger, ledger)
	}
	for _, each := range shown {
		if i := each.Instruction; i.ChainID != chainID || i.Ledger != ledger {
			return record{}, fmt.Errorf("%w: instruction %d is for ledger %q of chain %q, want %q of %q", ErrOtherLedger, each.Number, i.Ledger, i.ChainID, ledger, chainID)
		}
	}
	return proven, nil
}

// chain recomputes the chained hash over the items.
func (b Batch) chain(proven record) error {
	if proven.number != b.last() {
		return fmt.Errorf("%w: the proven record is number %d, the items end at %d", ErrChain, proven.number, b.last())
	}
	hash := b.Before
	for i, item := range b.Items {
		hash = order.OutboxNextOf(hash, b.From+uint64(i), item.Hash)
	}
	if hash != proven.chainHash || order.HashInstruction(proven.instruction) != b.Items[len(b.Items)-1].Hash {
		return fmt.Errorf("%w: instructions %d to %d chain to %s, the proven record says %s", ErrChain, b.From, b.last(), hash, proven.chainHash)
	}
	return nil
}
