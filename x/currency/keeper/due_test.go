package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/currency"
)

func TestAnExpiredQuoteIsNoLongerOpen(t *testing.T) {
	e := newEnv(t)
	e.fill(currency.MaxOpenQuotes)
	later := terms("later")
	later.ExpiryUnixNs = currency.UnixNs(now.Add(2 * time.Hour))
	e.at(now.Add(time.Hour))
	_, err := e.msgs.PublishQuote(e.ctx, signed(t, later))
	require.ErrorIs(t, err, currency.ErrTooManyQuotes, "at their expiry they can still be used")
	e.at(now.Add(time.Hour + 1))
	e.publish(later)
	for i := range currency.MaxDuePerBlock - 1 {
		next := later
		next.Reference = fmt.Sprintf("later-%d", i)
		e.publish(next)
	}
	one := later
	one.Reference = "one too many"
	_, err = e.msgs.PublishQuote(e.ctx, signed(t, one))
	require.ErrorIs(t, err, currency.ErrTooManyQuotes, "a block works on so many and no more")
	e.at(now.Add(time.Hour + 2))
	e.publish(one)
}

func TestAnUntouchedQuoteIsForgottenLongAfter(t *testing.T) {
	e := newEnv(t)
	untouched, taken, withdrawn := e.publish(terms("untouched")), e.publish(terms("taken")), e.publish(terms("withdrawn"))
	require.NoError(t, e.keeper.Take(e.ctx, taken, 1))
	e.withdraw(withdrawn)
	prune := now.Add(2*time.Hour + currency.PruneAfter)
	e.at(now.Add(3 * time.Hour))
	e.at(prune)
	for _, id := range []string{untouched.String(), taken.String(), withdrawn.String()} {
		_, err := e.queries.Quote(e.ctx, &currency.QueryQuoteRequest{QuoteId: id})
		require.NoError(t, err)
	}
	e.at(prune.Add(1))
	_, _, err := e.keeper.FirmQuote(e.ctx, untouched)
	require.ErrorIs(t, err, currency.ErrUnknownQuote)
	_, _, err = e.keeper.FirmQuote(e.ctx, withdrawn)
	require.ErrorIs(t, err, currency.ErrUnknownQuote)
	require.NoError(t, e.keeper.Return(e.ctx, taken, 1), "what was settled under stays")
	ofPair, err := e.queries.Quotes(e.ctx, &currency.QueryQuotesRequest{PayCurrency: "CNY", ReceiveCurrency: "USD"})
	require.NoError(t, err)
	require.Len(t, ofPair.Quotes, 1)
}

func TestQuotesAreListedByPair(t *testing.T) {
	e := newEnv(t)
	for i := range 3 {
		e.publish(terms(fmt.Sprintf("q-%d", i)))
	}
	back := terms("back")
	back.PayCurrency, back.ReceivingLedger, back.ReceivingAccount = "USD", "rtgs", "acct-fxp"
	back.ReceiveCurrency, back.PayingLedger, back.PayingAccount = "CNY", "cbdc", "wallet-fxp"
	e.publish(back)

	list := func(pay, receive string, page *query.PageRequest) *currency.QueryQuotesResponse {
		r, err := e.queries.Quotes(e.ctx, &currency.QueryQuotesRequest{PayCurrency: pay, ReceiveCurrency: receive, Pagination: page})
		require.NoError(t, err)
		return r
	}
	require.Len(t, list("", "", nil).Quotes, 4)
	require.Len(t, list("CNY", "USD", nil).Quotes, 3)
	require.Len(t, list("USD", "CNY", nil).Quotes, 1)
	require.Empty(t, list("EUR", "CNY", nil).Quotes)
	first := list("CNY", "USD", &query.PageRequest{Limit: 2})
	require.Len(t, first.Quotes, 2)
	rest := list("CNY", "USD", &query.PageRequest{Limit: 2, Key: first.Pagination.NextKey})
	require.Len(t, rest.Quotes, 1)
	require.Empty(t, rest.Pagination.NextKey)
	_, err := e.queries.Quotes(e.ctx, &currency.QueryQuotesRequest{PayCurrency: "CNY"})
	require.ErrorIs(t, err, currency.ErrInvalidPair)
}

func TestAQuoteIsShownAsItStands(t *testing.T) {
	e := newEnv(t)
	id := e.publish(terms("q-1"))
	show := func() currency.QuoteView {
		r, err := e.queries.Quote(e.ctx, &currency.QueryQuoteRequest{QuoteId: id.String()})
		require.NoError(t, err)
		return r.Quote
	}
	require.True(t, show().Usable)
	require.Equal(t, compliancetest.Address("fxp"), show().Terms.Provider)
	e.ctx = e.ctx.WithBlockTime(now.Add(time.Hour + 1))
	require.False(t, show().Usable)
	_, err := e.queries.Quote(e.ctx, &currency.QueryQuoteRequest{QuoteId: "q-1"})
	require.ErrorIs(t, err, currency.ErrInvalidQuote)
	_, err = e.queries.Quote(e.ctx, &currency.QueryQuoteRequest{QuoteId: fmt.Sprintf("%064d", 0)})
	require.ErrorIs(t, err, currency.ErrUnknownQuote)
}

func TestCurrenciesAreShown(t *testing.T) {
	e := newEnv(t)
	one, err := e.queries.Currency(e.ctx, &currency.QueryCurrencyRequest{Code: "CNY"})
	require.NoError(t, err)
	require.Equal(t, []string{"cbdc"}, one.Currency.Ledgers)
	all, err := e.queries.Currencies(e.ctx, &currency.QueryCurrenciesRequest{})
	require.NoError(t, err)
	require.Len(t, all.Currencies, 2)
	_, err = e.queries.Currency(e.ctx, &currency.QueryCurrencyRequest{Code: "JPY"})
	require.ErrorIs(t, err, currency.ErrUnknownCurrency)
}

func TestGenesisComesBackAsItWasExportedAndGoesOn(t *testing.T) {
	e := newEnv(t)
	open, withdrawn, expired := e.publish(terms("open")), e.publish(terms("withdrawn")), terms("expired")
	expired.ExpiryUnixNs = currency.UnixNs(now.Add(time.Minute))
	gone := e.publish(expired)
	require.NoError(t, e.keeper.Take(e.ctx, open, 400))
	e.withdraw(withdrawn)
	e.at(now.Add(2 * time.Minute))
	exported, err := e.keeper.ExportGenesis(e.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Quotes, 3)

	other := newEmptyEnv(t)
	other.ctx = other.ctx.WithBlockTime(now.Add(3 * time.Minute))
	require.NoError(t, other.keeper.InitGenesis(other.ctx, *exported))
	again, err := other.keeper.ExportGenesis(other.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)

	require.NoError(t, other.keeper.Take(other.ctx, open, 600))
	require.ErrorIs(t, other.keeper.Take(other.ctx, gone, 1), currency.ErrExpired)
	other.fill(currency.MaxOpenQuotes - 1)
	_, err = other.msgs.PublishQuote(other.ctx, signed(t, terms("one too many")))
	require.ErrorIs(t, err, currency.ErrTooManyQuotes, "of those imported one counts as open")
	for range 2*currency.MaxOpenQuotes/currency.MaxDuePerBlock + 1 { // each is due twice
		other.at(now.Add(3*time.Hour + currency.PruneAfter))
	}
	_, _, err = other.keeper.FirmQuote(other.ctx, gone)
	require.ErrorIs(t, err, currency.ErrUnknownQuote)
}

func TestABadGenesisIsRefused(t *testing.T) {
	e := newEmptyEnv(t)
	require.ErrorIs(t, e.keeper.InitGenesis(e.ctx, currency.GenesisState{Quotes: []currency.FirmQuote{{}}}), currency.ErrInvalidQuote)
}
