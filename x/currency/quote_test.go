package currency_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/currency"
)

var expiry = time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)

func terms() order.Quote {
	return order.Quote{
		ChainID: "corridor-1", Provider: "corridor1provider", Reference: "q-1",
		PayCurrency: "CNY", ReceivingLedger: "cbdc", ReceivingAccount: "wallet-fxp",
		ReceiveCurrency: "USD", PayingLedger: "rtgs", PayingAccount: "acct-fxp",
		RatioNumerator: 14, RatioDenominator: 100, Rounding: order.RoundDown, SizeMinor: 1000,
		ExpiryUnixNs: currency.UnixNs(expiry), LatestPrepareUnixNs: currency.UnixNs(expiry.Add(time.Minute)),
	}
}

func firm() currency.FirmQuote {
	return currency.NewFirmQuote(terms().Encode(), terms(), make([]byte, currency.SignatureBytes))
}

// Each row is one guard of the README, in order of precedence.
func TestTakingOfAQuote(t *testing.T) {
	withdrawn := firm()
	withdrawn.Withdrawn = true
	for _, row := range []struct {
		name   string
		quote  currency.FirmQuote
		now    time.Time
		amount uint64
		want   error
		says   string
	}{
		{"all of it", firm(), expiry, 1000, nil, ""},
		{"a part of it at its last moment", firm(), expiry, 1, nil, ""},
		{"withdrawn", withdrawn, expiry, 1, currency.ErrWithdrawn, "quote"},
		{"expired", firm(), expiry.Add(1), 1, currency.ErrExpired, "2026-01-02T03:04:05.000000006Z"},
		{"nothing", firm(), expiry, 0, currency.ErrInvalidAmount, "nothing"},
		{"more than is left", firm(), expiry, 1001, currency.ErrSizeExceeded, "1000 minor units of USD are left, 1001 were asked for"},
		{"far more", firm(), expiry, math.MaxUint64, currency.ErrSizeExceeded, "1000"},
	} {
		t.Run(row.name, func(t *testing.T) {
			after, err := row.quote.Take(terms(), row.now, row.amount)
			if row.want == nil {
				require.NoError(t, err)
				require.Equal(t, row.quote.RemainingMinor-row.amount, after.RemainingMinor)
				return
			}
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.says)
			require.Equal(t, row.quote, after, "a refusal changes nothing")
		})
	}
}

func TestReturningToAQuote(t *testing.T) {
	taken, err := firm().Take(terms(), expiry, 600)
	require.NoError(t, err)
	taken.Withdrawn = true
	back, err := taken.Return(terms(), 600)
	require.NoError(t, err, "withdrawn or expired, what comes back comes back")
	require.True(t, back.Untouched(terms()))

	_, err = taken.Return(terms(), 601)
	require.ErrorIs(t, err, currency.ErrReturnedTooMuch)
	_, err = taken.Return(terms(), 0)
	require.ErrorIs(t, err, currency.ErrInvalidAmount)
	_, err = firm().Return(terms(), math.MaxUint64)
	require.ErrorIs(t, err, currency.ErrReturnedTooMuch)
}

func TestAQuoteIsNeverOversoldWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		quote, taken := firm(), uint64(0)
		for range rapid.IntRange(0, 50).Draw(r, "steps") {
			amount := rapid.Uint64Range(0, 1500).Draw(r, "amount")
			if rapid.Bool().Draw(r, "take") {
				after, err := quote.Take(terms(), expiry, amount)
				if err == nil {
					taken += amount
				}
				quote = after
			} else {
				after, err := quote.Return(terms(), amount)
				if err == nil {
					taken -= amount
				}
				quote = after
			}
			if taken > 1000 || quote.RemainingMinor != 1000-taken {
				r.Fatalf("%d taken, %d left of 1000", taken, quote.RemainingMinor)
			}
		}
	})
}

func TestAQuoteIsUsableWhileSomethingCanBeTaken(t *testing.T) {
	require.True(t, firm().Usable(terms(), expiry))
	require.False(t, firm().Usable(terms(), expiry.Add(1)))
	empty, err := firm().Take(terms(), expiry, 1000)
	require.NoError(t, err)
	require.False(t, empty.Usable(terms(), expiry))
	withdrawn := firm()
	withdrawn.Withdrawn = true
	require.False(t, withdrawn.Usable(terms(), expiry))
}

func TestGenesisRefusesAQuoteThatIsNotWhole(t *testing.T) {
	good := func() currency.GenesisState {
		return currency.GenesisState{
			Currencies: []currency.Currency{{Code: "CNY", Exponent: 2, Ledgers: []string{"cbdc"}}},
			Quotes:     []currency.FirmQuote{firm()},
		}
	}
	require.NoError(t, good().Validate())
	require.NoError(t, currency.DefaultGenesis().Validate())
	for _, row := range []struct {
		name  string
		spoil func(*currency.GenesisState)
		want  error
	}{
		{"currency", func(g *currency.GenesisState) { g.Currencies[0].Exponent = 9 }, currency.ErrInvalidCurrency},
		{"currency twice", func(g *currency.GenesisState) { g.Currencies = append(g.Currencies, g.Currencies[0]) }, currency.ErrInvalidGenesis},
		{"bytes", func(g *currency.GenesisState) { g.Quotes[0].Quote = g.Quotes[0].Quote[1:] }, currency.ErrInvalidQuote},
		{"id", func(g *currency.GenesisState) { g.Quotes[0].Id[0]++ }, currency.ErrInvalidQuote},
		{"signature", func(g *currency.GenesisState) { g.Quotes[0].Signature = nil }, currency.ErrInvalidQuote},
		{"more left than there was", func(g *currency.GenesisState) { g.Quotes[0].RemainingMinor++ }, currency.ErrInvalidQuote},
		{"quote twice", func(g *currency.GenesisState) { g.Quotes = append(g.Quotes, g.Quotes[0]) }, currency.ErrInvalidGenesis},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := good()
			row.spoil(&g)
			require.ErrorIs(t, g.Validate(), row.want)
		})
	}
}

func TestTermsSayWhatTheQuoteSays(t *testing.T) {
	got := currency.Terms(terms())
	require.Equal(t, "down", got.Rounding)
	require.Equal(t, "acct-fxp", got.PayingAccount)
	require.EqualValues(t, 1000, got.SizeMinor)
}
