package orderproof

import (
	"fmt"
	"math"

	"github.com/corridor-network/corridor/adapters/order"
)

const domainBatch = "corridor/order-proof/1"

// Batch proves the instructions From up to the newest of one ledger.
type Batch struct {
	Path   Path
	Head   Membership // of the newest record
	From   uint64
	Before order.Hash // the chained hash of From-1; order.OutboxStart where From is 1
	Items  []Item
}

// Item is one instruction, or only its hash where the receiver need not see it.
type Item struct {
	Raw  []byte     // canonical bytes; none: only the hash is given
	Hash order.Hash // sha256 of the canonical bytes; may be zero where Raw is given
}

// NewItem is an item that shows its instruction.
func NewItem(raw []byte) Item { return Item{Raw: raw, Hash: order.HashInstruction(raw)} }

// last is the number of the newest instruction.
func (b Batch) last() uint64 { return b.From + uint64(len(b.Items)) - 1 }

// checked copies the batch without what no header signs, refuses what could not be encoded, and gives the instructions
// that are shown.
func (b Batch) checked() (Batch, []Numbered, error) {
	if n := len(b.Items); n == 0 || n > MaxItems {
		return Batch{}, nil, malformed("a batch of %d items, want 1 to %d", n, MaxItems)
	}
	if b.From == 0 || b.From > math.MaxInt64 {
		return Batch{}, nil, malformed("a batch from number %d: instructions count from 1", b.From)
	}
	var err error
	if b.Path, err = b.Path.checked(); err != nil {
		return Batch{}, nil, fmt.Errorf("path: %w", err)
	}
	if err := b.Head.check(); err != nil {
		return Batch{}, nil, fmt.Errorf("newest record: %w", err)
	}
	items, shown := make([]Item, len(b.Items)), make([]Numbered, 0, len(b.Items))
	for i, item := range b.Items {
		items[i] = item
		if len(item.Raw) == 0 {
			if item.Hash == (order.Hash{}) {
				return Batch{}, nil, malformed("item %d: neither instruction nor hash", i)
			}
			continue
		}
		items[i].Hash = order.HashInstruction(item.Raw)
		if item.Hash != (order.Hash{}) && item.Hash != items[i].Hash {
			return Batch{}, nil, malformed("item %d: its hash is not that of its instruction", i)
		}
		instruction, err := order.DecodeInstruction(item.Raw)
		if err != nil {
			return Batch{}, nil, malformed("item %d: %v", i, err)
		}
		shown = append(shown, Numbered{Number: b.From + uint64(i), Instruction: instruction, Raw: item.Raw})
	}
	b.Items = items
	return b, shown, nil
}

// Encode gives the canonical bytes.
func (b Batch) Encode() ([]byte, error) {
	b, _, err := b.checked()
	if err != nil {
		return nil, err
	}
	path, err := EncodePath(b.Path)
	if err != nil {
		return nil, err
	}
	head, err := EncodeMembership(b.Head)
	if err != nil {
		return nil, err
	}
	e := newEncoder(domainBatch).bytes(path).bytes(head).number(b.From).bytes(b.Before[:]).number(uint64(len(b.Items)))
	for _, item := range b.Items {
		e.bytes(item.Raw)
		if len(item.Raw) == 0 {
			e.bytes(item.Hash[:])
		}
	}
	if len(e.buf) > MaxBatchBytes {
		return nil, malformed("a batch of %d bytes, at most %d allowed: send fewer items, or only their hashes", len(e.buf), MaxBatchBytes)
	}
	return e.buf, nil
}

// DecodeBatch reads canonical bytes. What it gives is well formed, and not verified.
func DecodeBatch(raw []byte) (Batch, error) {
	d := newDecoder(domainBatch, raw)
	path, head := d.bytes(), d.bytes()
	b := Batch{From: d.number()}
	d.fixed(b.Before[:])
	for range d.count(MaxItems) {
		item := Item{Raw: d.bytes()}
		if len(item.Raw) == 0 {
			d.fixed(item.Hash[:])
		}
		if d.err != nil {
			break
		}
		b.Items = append(b.Items, item)
	}
	if err := d.end(); err != nil {
		return Batch{}, err
	}
	var err error
	if b.Path, err = DecodePath(path); err != nil {
		return Batch{}, fmt.Errorf("path: %w", err)
	}
	if b.Head, err = DecodeMembership(head); err != nil {
		return Batch{}, fmt.Errorf("newest record: %w", err)
	}
	b, _, err = b.checked()
	return b, err
}
