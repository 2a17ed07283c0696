package order_test

import (
	"bytes"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
)

// Whatever the bytes: a decoder does not panic, and what it takes has that one encoding.
func FuzzBody(f *testing.F) {
	b, q := swap()
	f.Add(b.Encode())
	f.Add(q.Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := order.DecodeBody(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(b.Encode(), raw) {
			t.Fatal("a second encoding of the same body")
		}
		for leg := range b.Legs {
			i := order.NewInstruction(order.Hold, b, leg)
			if err := i.Validate(); err != nil {
				t.Fatalf("a valid body with an invalid instruction: %v", err)
			}
			_ = order.CheckQuotedLeg(b, leg, q)
		}
	})
}

func FuzzQuote(f *testing.F) {
	b, q := swap()
	f.Add(q.Encode())
	f.Add(b.Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := order.DecodeQuote(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(q.Encode(), raw) {
			t.Fatal("a second encoding of the same quote")
		}
		if got, err := q.Convert(q.SizeMinor); err == nil && (got == 0 || got > order.MaxAmountMinor) {
			t.Fatalf("a conversion to %d", got)
		}
		_ = order.CheckQuotedLeg(b, 1, q)
	})
}

func FuzzInstruction(f *testing.F) {
	b, _ := swap()
	f.Add(order.NewInstruction(order.Hold, b, 0).Encode())
	f.Add(order.NewInstruction(order.VerifyAccount, b, 1).Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := order.DecodeInstruction(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(i.Encode(), raw) {
			t.Fatal("a second encoding of the same instruction")
		}
		if err := i.Validate(); err != nil {
			t.Fatal("decoded, yet", err)
		}
		_ = i.Matches(b)
	})
}
