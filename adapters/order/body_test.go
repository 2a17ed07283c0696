package order_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

// swap is the settlement that most tests start from: CNY from bank-a to the provider on one ledger, USD from
// the provider to bank-b on another, under the provider's quote.
func swap() (order.Body, order.Quote) {
	q := order.Quote{
		ChainID: "corridor-1", Provider: "corridor1fxp", Reference: "q-1",
		PayCurrency: "CNY", ReceivingLedger: "cbdc", ReceivingAccount: "fxp-cny",
		ReceiveCurrency: "USD", PayingLedger: "rtgs", PayingAccount: "fxp-usd",
		RatioNumerator: 14, RatioDenominator: 100, Rounding: order.RoundDown, SizeMinor: 1_000_000,
		ExpiryUnixNs: 1_000, LatestPrepareUnixNs: 2_000,
	}
	id := q.ID()
	return order.Body{
		ChainID: "corridor-1", Proposer: "corridor1banka", Reference: "invoice-7",
		Legs: []order.Leg{
			{Ledger: "cbdc", Payer: "bank-a", Payee: "fxp-cny", Currency: "CNY", AmountMinor: 10_000, PaidBy: order.NoLeg},
			{Ledger: "rtgs", Payer: "fxp-usd", Payee: "bank-b", Currency: "USD", AmountMinor: 1_400, QuoteID: id[:], PaidBy: 0},
		},
		PrepareDeadlineUnixNs: 1_500, Pivot: order.NoLeg,
	}, q
}

func TestABodyIsDecodedToWhatWasEncoded(t *testing.T) {
	b, _ := swap()
	got, err := order.DecodeBody(b.Encode())
	require.NoError(t, err)
	require.Equal(t, b, got)
	require.Equal(t, sha256.Sum256(b.Encode()), [32]byte(b.Hash()), "the settlement hash covers the whole encoding")
}

func TestTheSettlementIDIsKnownBeforeTheSettlementIs(t *testing.T) {
	b, _ := swap()
	require.Equal(t, order.SettlementID("corridor-1", "corridor1banka", "invoice-7"), b.ID())
	other := b
	other.PrepareDeadlineUnixNs++
	require.Equal(t, b.ID(), other.ID(), "another body under the same reference has the same id")
	require.NotEqual(t, b.Hash(), other.Hash(), "and another hash, so nobody consented to it")
}

// badBodies spoils a good body in one way each, in the order of precedence of Validate.
var badBodies = []struct {
	name  string
	spoil func(*order.Body)
	says  string
}{
	{"no chain id", func(b *order.Body) { b.ChainID = "" }, "chain id"},
	{"a chain id of 129 bytes", func(b *order.Body) { b.ChainID = strings.Repeat("x", 129) }, "chain id"},
	{"no proposer", func(b *order.Body) { b.Proposer = "" }, "proposer"},
	{"no reference", func(b *order.Body) { b.Reference = "" }, "reference"},
	{"a reference of 36 bytes", func(b *order.Body) { b.Reference = strings.Repeat("x", 36) }, "reference"},
	{"a reference with a line break", func(b *order.Body) { b.Reference = "a\nb" }, "reference"},
	{"a reference with a C1 control character", func(b *order.Body) { b.Reference = "a\u0085b" }, "reference"},
	{"a reference that reads backwards", func(b *order.Body) { b.Reference = "a\u202eb" }, "reference"},
	{"a reference with an invisible character", func(b *order.Body) { b.Reference = "a\u200bb" }, "reference"},
	{"a reference that is no UTF-8", func(b *order.Body) { b.Reference = "a\xff" }, "reference"},
	{"no legs", func(b *order.Body) { b.Legs = nil }, "legs: want 1 to 16, got 0"},
	{"17 legs", func(b *order.Body) { b.Legs = append(make([]order.Leg, 15), b.Legs...) }, "legs: want 1 to 16, got 17"},
	{"no prepare deadline", func(b *order.Body) { b.PrepareDeadlineUnixNs = 0 }, "prepare deadline"},
	{"a prepare deadline beyond int64", func(b *order.Body) { b.PrepareDeadlineUnixNs = 1 << 63 }, "prepare deadline"},
	{"a payload hash of 31 bytes", func(b *order.Body) { b.PayloadHash = make([]byte, 31) }, "payload hash"},
	{"a pivot that is no leg", func(b *order.Body) { b.Pivot = 2 }, "pivot: there is no leg 2"},
	{"a pivot before the first leg", func(b *order.Body) { b.Pivot = -2 }, "pivot: there is no leg -2"},
	{"a pivot deadline without a pivot", func(b *order.Body) { b.PivotDeadlineUnixNs = 2_000 }, "pivot deadline: set without"},
	{"a pivot without a deadline", func(b *order.Body) { b.Pivot = 1 }, "pivot deadline: must be later"},
	{"a pivot deadline at the prepare deadline", func(b *order.Body) { b.Pivot, b.PivotDeadlineUnixNs = 1, 1_500 }, "pivot deadline: must be later"},
	{"a pivot deadline beyond int64", func(b *order.Body) { b.Pivot, b.PivotDeadlineUnixNs = 1, 1<<63 }, "pivot deadline"},
	{"a leg without a ledger", func(b *order.Body) { b.Legs[1].Ledger = "" }, "leg 1: ledger"},
	{"a leg without a payer", func(b *order.Body) { b.Legs[1].Payer = "" }, "leg 1: payer"},
	{"a leg without a payee", func(b *order.Body) { b.Legs[1].Payee = "" }, "leg 1: payee"},
	{"a leg to its own payer", func(b *order.Body) { b.Legs[1].Payee = b.Legs[1].Payer }, "leg 1: payer and payee are the same"},
	{"a currency in small letters", func(b *order.Body) { b.Legs[0].Currency = "cny" }, "leg 0: currency"},
	{"a currency of two letters", func(b *order.Body) { b.Legs[0].Currency = "CN" }, "leg 0: currency"},
	{"an amount of nothing", func(b *order.Body) { b.Legs[0].AmountMinor = 0 }, "leg 0: amount"},
	{"an amount of nineteen digits", func(b *order.Body) { b.Legs[0].AmountMinor = order.MaxAmountMinor + 1 }, "leg 0: amount"},
	{"a quote id of 31 bytes", func(b *order.Body) { b.Legs[1].QuoteID = b.Legs[1].QuoteID[:31] }, "leg 1: quote id"},
	{"a quote that nothing pays for", func(b *order.Body) { b.Legs[1].PaidBy = order.NoLeg }, "leg 1: a quote and the leg that pays"},
	{"a leg paid for without a quote", func(b *order.Body) { b.Legs[1].QuoteID = nil }, "leg 1: a quote and the leg that pays"},
	{"a leg paid for by one that is not there", func(b *order.Body) { b.Legs[1].PaidBy = 2 }, "leg 1: paid by leg 2"},
	{"a leg paid for by itself", func(b *order.Body) { b.Legs[1].PaidBy = 1 }, "leg 1: paid by leg 1"},
	{"a leg that pays for two", func(b *order.Body) { b.Legs = append(b.Legs, b.Legs[1]) }, "leg 2: leg 0 already pays for leg 1"},
}

func TestABodyThatBreaksARuleIsRefused(t *testing.T) {
	good, _ := swap()
	require.NoError(t, good.Validate())
	for _, c := range badBodies {
		t.Run(c.name, func(t *testing.T) {
			b, _ := swap()
			c.spoil(&b)
			err := b.Validate()
			require.ErrorIs(t, err, order.ErrInvalid)
			require.ErrorContains(t, err, c.says)
			_, err = order.DecodeBody(b.Encode())
			require.Error(t, err, "and so is its encoding")
		})
	}
}

func TestTheLimitsThemselvesAreAllowed(t *testing.T) {
	b, _ := swap()
	b.ChainID, b.Reference = strings.Repeat("x", order.MaxTextBytes), strings.Repeat("r", order.MaxReferenceLen)
	b.Legs[0].AmountMinor = order.MaxAmountMinor
	for len(b.Legs) < order.MaxLegs {
		b.Legs = append(b.Legs, b.Legs[0])
	}
	b.Pivot, b.PivotDeadlineUnixNs = order.MaxLegs-1, 1<<63-1
	b.PayloadHash = make([]byte, sha256.Size)
	got, err := order.DecodeBody(b.Encode())
	require.NoError(t, err)
	require.Equal(t, b, got)
}

func TestAnEncodingIsReadWholeOrNotAtAll(t *testing.T) {
	b, q := swap()
	i := order.NewInstruction(order.Hold, b, 0)
	for _, c := range []struct {
		name   string
		raw    []byte
		decode func([]byte) error
	}{
		{"body", b.Encode(), func(raw []byte) error { _, err := order.DecodeBody(raw); return err }},
		{"quote", q.Encode(), func(raw []byte) error { _, err := order.DecodeQuote(raw); return err }},
		{"instruction", i.Encode(), func(raw []byte) error { _, err := order.DecodeInstruction(raw); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.decode(c.raw))
			for n := range c.raw {
				require.ErrorIs(t, c.decode(c.raw[:n]), order.ErrMalformed, "cut to %d bytes", n)
			}
			require.ErrorIs(t, c.decode(append(c.raw, 0)), order.ErrMalformed, "a byte more")
			require.ErrorIs(t, c.decode(nil), order.ErrMalformed)
		})
	}
	_, err := order.DecodeQuote(b.Encode())
	require.ErrorIs(t, err, order.ErrMalformed, "a body is never read as a quote")
	huge := append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 100)...)
	_, err = order.DecodeBody(huge)
	require.ErrorIs(t, err, order.ErrMalformed, "a length beyond the input costs nothing")
}
