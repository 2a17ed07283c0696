package orderproof_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
)

// seeds are batches of each shape that a hub gives.
func seeds(f *testing.F) (h *testhub.Hub, batches []orderproof.Batch) {
	h = newHub()
	h.SetValidators("v0", "v1", "n2", "n3")
	height := give(h, 2)
	batches = []orderproof.Batch{h.Batch(ledger, 1, h.Path(1, height)), h.Batch(ledger, 2, h.Path(height)), h.Batch(ledger, 1, h.Path(1, 2, height))}
	batches[0].Items[0].Raw = nil
	for _, b := range batches {
		if _, err := b.Verify(params, ledger, orderproof.NewRoot(&b.Path.Anchor.Header), now); err != nil {
			f.Fatal(err)
		}
	}
	return h, batches
}

// Whatever the bytes: decoding and verifying do not panic, what is decoded has that one encoding, what is refused is
// refused with one of the errors, and what is taken is what the hub gave.
func FuzzDecodeBatch(f *testing.F) {
	h, batches := seeds(f)
	for _, b := range batches {
		raw, err := b.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := orderproof.DecodeBatch(raw)
		if err != nil {
			if !errors.Is(err, orderproof.ErrMalformed) {
				t.Fatal("not decoded, yet", err)
			}
			return
		}
		again, err := b.Encode()
		if err != nil || !bytes.Equal(raw, again) {
			t.Fatal("a second encoding of the same batch:", err)
		}
		for height := int64(1); height <= h.Height(); height++ {
			got, err := b.Verify(params, ledger, h.Root(height), now)
			if err != nil {
				if !refusal(err) {
					t.Fatal("an error outside the table:", err)
				}
				continue
			}
			for _, each := range got.Instructions {
				if !bytes.Equal(each.Raw, instruction(chainID, ledger, int(each.Number-1))) {
					t.Fatalf("instruction %d was never given", each.Number)
				}
			}
		}
	})
}

func FuzzDecodePath(f *testing.F) {
	_, batches := seeds(f)
	for _, b := range batches {
		raw, err := orderproof.EncodePath(b.Path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := orderproof.DecodePath(raw)
		if err != nil {
			return
		}
		if again, err := orderproof.EncodePath(p); err != nil || !bytes.Equal(raw, again) {
			t.Fatal("a second encoding of the same path:", err)
		}
		if _, err := p.Verify(params, orderproof.NewRoot(&p.Anchor.Header), now); err != nil && !refusal(err) {
			t.Fatal("an error outside the table:", err)
		}
	})
}

func FuzzDecodeMembership(f *testing.F) {
	h, batches := seeds(f)
	for _, b := range batches {
		raw, err := orderproof.EncodeMembership(b.Head)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := orderproof.DecodeMembership(raw)
		if err != nil {
			return
		}
		if again, err := orderproof.EncodeMembership(m); err != nil || !bytes.Equal(raw, again) {
			t.Fatal("a second encoding of the same proof:", err)
		}
		if err := m.Verify(h.Block(3).AppHash); err == nil && !bytes.Equal(m.Value, batches[0].Head.Value) {
			t.Fatal("a value that the hub does not hold")
		}
	})
}

func refusal(err error) bool {
	for _, each := range sentinels {
		if errors.Is(err, each) {
			return true
		}
	}
	return false
}
