package order_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/stretchr/testify/require"
)

func TestAQuoteThatBreaksARuleIsRefused(t *testing.T) {
	_, good := swap()
	require.NoError(t, good.Validate())
	for _, c := range []struct {
		name  string
		spoil func(*order.Quote)
		says  string
	}{
		{"no chain id", func(q *order.Quote) { q.ChainID = "" }, "chain id"},
		{"no provider", func(q *order.Quote) { q.Provider = "" }, "provider"},
		{"no receiving ledger", func(q *order.Quote) { q.ReceivingLedger = "" }, "receiving ledger"},
		{"no receiving account", func(q *order.Quote) { q.ReceivingAccount = "" }, "receiving account"},
		{"no paying ledger", func(q *order.Quote) { q.PayingLedger = "" }, "paying ledger"},
		{"a paying account of 129 bytes", func(q *order.Quote) { q.PayingAccount = strings.Repeat("x", 129) }, "paying account"},
		{"no reference", func(q *order.Quote) { q.Reference = "" }, "reference"},
		{"no pay currency", func(q *order.Quote) { q.PayCurrency = "" }, "pair"},
		{"a receive currency with a digit", func(q *order.Quote) { q.ReceiveCurrency = "US1" }, "pair"},
		{"a ratio of nothing", func(q *order.Quote) { q.RatioNumerator = 0 }, "ratio"},
		{"a ratio over nothing", func(q *order.Quote) { q.RatioDenominator = 0 }, "ratio"},
		{"a ratio of nineteen digits", func(q *order.Quote) { q.RatioNumerator = order.MaxAmountMinor + 1 }, "ratio"},
		{"no rounding", func(q *order.Quote) { q.Rounding = 0 }, "rounding"},
		{"a rounding that is not known", func(q *order.Quote) { q.Rounding = 4 }, "rounding"},
		{"no size", func(q *order.Quote) { q.SizeMinor = 0 }, "size"},
		{"a size of nineteen digits", func(q *order.Quote) { q.SizeMinor = order.MaxAmountMinor + 1 }, "size"},
		{"no expiry", func(q *order.Quote) { q.ExpiryUnixNs = 0 }, "expiry"},
		{"an expiry beyond int64", func(q *order.Quote) { q.ExpiryUnixNs, q.LatestPrepareUnixNs = 1<<63, 1<<63 }, "expiry"},
		{"a prepare deadline before the expiry", func(q *order.Quote) { q.LatestPrepareUnixNs = q.ExpiryUnixNs - 1 }, "latest prepare deadline"},
		{"nine pivot ledgers", func(q *order.Quote) { q.AllowedPivotLedgers = strings.Split("a,b,c,d,e,f,g,h,i", ",") }, "pivot ledgers: at most 8"},
		{"a pivot ledger twice", func(q *order.Quote) { q.AllowedPivotLedgers = []string{"ips", "ips"} }, "named twice"},
		{"a pivot ledger without a name", func(q *order.Quote) { q.AllowedPivotLedgers = []string{""} }, "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, q := swap()
			c.spoil(&q)
			err := q.Validate()
			require.ErrorIs(t, err, order.ErrInvalid)
			require.ErrorContains(t, err, c.says)
			_, err = order.DecodeQuote(q.Encode())
			require.Error(t, err, "and so is its encoding")
		})
	}
}

func TestAQuoteIsDecodedToWhatWasEncoded(t *testing.T) {
	_, q := swap()
	q.AllowedPivotLedgers = []string{"ips", "htlc"}
	got, err := order.DecodeQuote(q.Encode())
	require.NoError(t, err)
	require.Equal(t, q, got)
	require.Equal(t, q.ID(), got.ID())
	other := q
	other.Reference = "q-2"
	require.NotEqual(t, q.ID(), other.ID(), "equal terms under another reference are another quote")
}

func TestAConversionIsExactAndRoundedAsTheQuoteSays(t *testing.T) {
	for _, c := range []struct {
		pay, num, den uint64
		down, up      uint64
		halfEven      uint64
	}{
		{10_000, 14, 100, 1_400, 1_400, 1_400}, // comes out even
		{10, 1, 4, 2, 3, 2},                    // 2.5: the tie goes to the even unit
		{14, 1, 4, 3, 4, 4},                    // 3.5: the same
		{11, 1, 4, 2, 3, 3},                    // 2.75
		{9, 1, 4, 2, 3, 2},                     // 2.25
		{1, 1, 1, 1, 1, 1},
		{order.MaxAmountMinor, 1, 1, order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor},
		{order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor},
	} {
		t.Run(fmt.Sprintf("%d at %d over %d", c.pay, c.num, c.den), func(t *testing.T) {
			for rounding, want := range map[order.Rounding]uint64{order.RoundDown: c.down, order.RoundUp: c.up, order.RoundHalfEven: c.halfEven} {
				got, err := order.Quote{RatioNumerator: c.num, RatioDenominator: c.den, Rounding: rounding}.Convert(c.pay)
				require.NoError(t, err)
				require.Equal(t, want, got, "rounding %d", rounding)
			}
		})
	}
	for name, c := range map[string]struct {
		pay, num, den uint64
		rounding      order.Rounding
	}{
		"nothing comes to nothing":  {0, 1, 1, order.RoundUp},
		"a fraction rounded down":   {1, 1, 3, order.RoundDown},
		"half a unit, to even":      {1, 1, 2, order.RoundHalfEven},
		"more than can be written":  {order.MaxAmountMinor, 2, 1, order.RoundDown},
		"far more than eight bytes": {order.MaxAmountMinor, order.MaxAmountMinor, 1, order.RoundDown},
		"one over the largest, up":  {order.MaxAmountMinor, order.MaxAmountMinor, order.MaxAmountMinor - 1, order.RoundUp},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := order.Quote{RatioNumerator: c.num, RatioDenominator: c.den, Rounding: c.rounding}.Convert(c.pay)
			require.ErrorIs(t, err, order.ErrInvalid)
		})
	}
}

// badQuotedLegs spoils a good settlement under a quote in one way each, in the order of precedence of
// CheckQuotedLeg. Where the quote itself changes, the leg names the changed one.
var badQuotedLegs = []struct {
	name  string
	spoil func(*order.Body, *order.Quote)
	says  string
}{
	{"a leg under another quote", func(b *order.Body, _ *order.Quote) { b.Legs[1].QuoteID = make([]byte, 32) }, "leg 1: its quote is"},
	{"a leg under no quote", func(b *order.Body, _ *order.Quote) { b.Legs[1].QuoteID = nil }, "leg 1: its quote is"},
	{"a leg that nothing pays for", func(b *order.Body, _ *order.Quote) { b.Legs[1].PaidBy = order.NoLeg }, "no other leg pays"},
	{"a leg that pays for itself", func(b *order.Body, _ *order.Quote) { b.Legs[1].PaidBy = 1 }, "no other leg pays"},
	{"a payer that is not there", func(b *order.Body, _ *order.Quote) { b.Legs[1].PaidBy = 7 }, "no other leg pays"},
	{"a leg that pays for two", func(b *order.Body, _ *order.Quote) { b.Legs = append(b.Legs, b.Legs[1]) }, "leg 0 already pays for leg 2"},
	{"another chain", func(b *order.Body, _ *order.Quote) { b.ChainID = "corridor-2" }, "the quote is for chain corridor-1"},
	{"paid from another account", func(b *order.Body, _ *order.Quote) { b.Legs[1].Payer = "fxp-2" }, "the quote pays"},
	{"paid on another ledger", func(b *order.Body, _ *order.Quote) { b.Legs[1].Ledger = "ach" }, "the quote pays"},
	{"paid in another currency", func(b *order.Body, _ *order.Quote) { b.Legs[1].Currency = "EUR" }, "the quote pays"},
	{"received on another account", func(b *order.Body, _ *order.Quote) { b.Legs[0].Payee = "somebody" }, "the quote is paid in"},
	{"received on another ledger", func(b *order.Body, _ *order.Quote) { b.Legs[0].Ledger = "ach" }, "the quote is paid in"},
	{"received in another currency", func(b *order.Body, _ *order.Quote) { b.Legs[0].Currency = "EUR" }, "the quote is paid in"},
	{"a prepare deadline later than allowed", func(b *order.Body, q *order.Quote) { b.PrepareDeadlineUnixNs = q.LatestPrepareUnixNs + 1 }, "later than the quote allows"},
	{"a pivot that is not there", func(b *order.Body, _ *order.Quote) { b.Pivot = 9 }, "there is no leg 9"},
	{"a pivot that is not allowed", func(b *order.Body, _ *order.Quote) { b.Pivot = 0 }, "does not allow ledger cbdc as a pivot"},
	{"one unit more than the price", func(b *order.Body, _ *order.Quote) { b.Legs[1].AmountMinor++ }, "the leg takes 1401"},
	{"one unit less paid in", func(b *order.Body, _ *order.Quote) { b.Legs[0].AmountMinor-- }, "the quote gives 1399"},
	{"so little that it comes to nothing", func(b *order.Body, _ *order.Quote) { b.Legs[0].AmountMinor = 1 }, "come to 0"},
	{"more than the quote's whole size", func(_ *order.Body, q *order.Quote) { q.SizeMinor = 1_399 }, "whole size is 1399"},
}

func TestALegIsWithinItsQuoteInEveryRespect(t *testing.T) {
	b, q := swap()
	require.NoError(t, order.CheckQuotedLeg(b, 1, q))
	require.ErrorIs(t, order.CheckQuotedLeg(b, 2, q), order.ErrInvalid, "no such leg")
	require.ErrorIs(t, order.CheckQuotedLeg(b, -1, q), order.ErrInvalid, "no such leg")
	for _, c := range badQuotedLegs {
		t.Run(c.name, func(t *testing.T) {
			b, q := swap()
			before := q.ID()
			c.spoil(&b, &q)
			if id := q.ID(); id != before {
				b.Legs[1].QuoteID = id[:]
			}
			err := order.CheckQuotedLeg(b, 1, q)
			require.ErrorIs(t, err, order.ErrInvalid)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestALegMayTakeLessThanItsQuoteGives(t *testing.T) {
	b, q := swap()
	b.Legs[1].AmountMinor--
	require.NoError(t, order.CheckQuotedLeg(b, 1, q))
	q.AllowedPivotLedgers = []string{"cbdc"}
	id := q.ID()
	b.Legs[1].QuoteID, b.Pivot = id[:], 0
	require.NoError(t, order.CheckQuotedLeg(b, 1, q), "a pivot that the quote allows")
}
