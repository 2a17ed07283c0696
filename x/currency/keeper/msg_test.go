package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/currency"
)

func TestOnlyGovernanceRegistersACurrency(t *testing.T) {
	e := newEmptyEnv(t)
	yen := currency.Currency{Code: "JPY", Exponent: 0, Ledgers: []string{"hub"}}
	_, err := e.msgs.RegisterCurrency(e.ctx, &currency.MsgRegisterCurrency{Authority: compliancetest.Address("fxp"), Currency: yen})
	require.ErrorIs(t, err, currency.ErrUnauthorized)
	wrong := yen
	wrong.Exponent = 2
	_, err = e.msgs.RegisterCurrency(e.ctx, &currency.MsgRegisterCurrency{Authority: e.authority, Currency: wrong})
	require.ErrorIs(t, err, currency.ErrInvalidCurrency)
	require.ErrorIs(t, e.keeper.SettlesOn(e.ctx, "JPY", "hub"), currency.ErrUnknownCurrency)

	_, err = e.msgs.RegisterCurrency(e.ctx, &currency.MsgRegisterCurrency{Authority: e.authority, Currency: yen})
	require.NoError(t, err)
	require.NoError(t, e.keeper.SettlesOn(e.ctx, "JPY", "hub"))
	yen.Ledgers = []string{"cbdc"}
	_, err = e.msgs.RegisterCurrency(e.ctx, &currency.MsgRegisterCurrency{Authority: e.authority, Currency: yen})
	require.NoError(t, err)
	require.ErrorIs(t, e.keeper.SettlesOn(e.ctx, "JPY", "hub"), currency.ErrLedger, "registering again replaces the ledgers")
}

func TestAPublishedQuoteIsKeptAsItWasSigned(t *testing.T) {
	e := newEnv(t)
	m := signed(t, terms("q-1"))
	r, err := e.msgs.PublishQuote(e.ctx, m)
	require.NoError(t, err)
	id := terms("q-1").ID()
	require.Equal(t, id[:], r.QuoteId)
	f, got, err := e.keeper.FirmQuote(e.ctx, id)
	require.NoError(t, err)
	require.Equal(t, terms("q-1"), got)
	require.Equal(t, m.Quote, f.Quote)
	require.Equal(t, m.Signature, f.Signature)
	require.EqualValues(t, 1000, f.RemainingMinor)
}

func TestAQuoteMayReachAsFarAheadAsTheLimitsSay(t *testing.T) {
	e, q := newEnv(t), terms("q-1")
	q.ExpiryUnixNs = currency.UnixNs(now.Add(currency.MaxExpiryAhead))
	q.LatestPrepareUnixNs = q.ExpiryUnixNs + uint64(currency.MaxPrepareAhead)
	id := e.publish(q)
	e.withdraw(id)
	end := now.Add(currency.MaxExpiryAhead + currency.MaxPrepareAhead + currency.PruneAfter + 1)
	e.at(end)
	e.at(end)
	_, _, err := e.keeper.FirmQuote(e.ctx, id)
	require.ErrorIs(t, err, currency.ErrUnknownQuote, "a withdrawn one is in no state for longer")
}

func TestPublishingAgainChangesNothing(t *testing.T) {
	e := newEnv(t)
	id := e.publish(terms("q-1"))
	require.NoError(t, e.keeper.Take(e.ctx, id, 400))
	events := len(e.ctx.EventManager().Events())
	require.Equal(t, id, e.publish(terms("q-1")))
	require.EqualValues(t, 600, e.remaining(id), "what was taken stays taken")
	require.Len(t, e.ctx.EventManager().Events(), events)
	e.withdraw(id)
	require.Equal(t, id, e.publish(terms("q-1")))
	require.ErrorIs(t, e.keeper.Take(e.ctx, id, 1), currency.ErrWithdrawn, "and withdrawn stays withdrawn")
}

// Each row is one guard of the README, in order of precedence.
// refusedQuote is one way to spoil a quote, before it is signed or after, and what the hub says.
type refusedQuote struct {
	name  string
	spoil func(*order.Quote)
	after func(*currency.MsgPublishQuote)
	want  error
	says  string
}

var refusedQuotes = []refusedQuote{
	{
		name: "bytes that are none", after: func(m *currency.MsgPublishQuote) { m.Quote = m.Quote[:20] },
		want: currency.ErrInvalidQuote, says: "cut short",
	},
	{
		name: "no bytes", after: func(m *currency.MsgPublishQuote) { m.Quote = nil },
		want: currency.ErrInvalidQuote,
	},
	{
		name: "a byte too many", after: func(m *currency.MsgPublishQuote) { m.Quote = append(m.Quote, 0) },
		want: currency.ErrInvalidQuote, says: "left over",
	},
	{
		name: "a ratio of nothing", spoil: func(q *order.Quote) { q.RatioDenominator = 0 },
		want: currency.ErrInvalidQuote, says: "ratio",
	},
	{
		name: "somebody else's", after: func(m *currency.MsgPublishQuote) { m.Provider = compliancetest.Address("bank-a") },
		want: currency.ErrUnauthorized,
	},
	{
		name: "another chain", spoil: func(q *order.Quote) { q.ChainID = "corridor-2" },
		want: currency.ErrWrongChain, says: `it is for "corridor-2", this is "corridor-1"`,
	},
	{
		name: "a stranger's", spoil: func(q *order.Quote) { q.Provider = compliancetest.Address("stranger") },
		want: currency.ErrNotProvider,
	},
	{
		name: "a bank's", spoil: func(q *order.Quote) {
			q.Provider, q.PayingAccount, q.ReceivingAccount = compliancetest.Address("bank-a"), "acct-a", "wallet-a"
		},
		want: currency.ErrNotProvider, says: "ROLE_PROVIDER",
	},
	{
		name: "expired now", spoil: func(q *order.Quote) { q.ExpiryUnixNs = currency.UnixNs(now) },
		want: currency.ErrExpired, says: "2026-01-02T03:04:05Z",
	},
	{
		name: "an expiry too far ahead", spoil: func(q *order.Quote) {
			q.ExpiryUnixNs = currency.UnixNs(now.Add(currency.MaxExpiryAhead)) + 1
			q.LatestPrepareUnixNs = q.ExpiryUnixNs
		},
		want: currency.ErrTooFarAhead, says: "want 2026-02-01T03:04:05Z at the latest",
	},
	{
		name: "a prepare deadline too far after the expiry", spoil: func(q *order.Quote) {
			q.LatestPrepareUnixNs = q.ExpiryUnixNs + uint64(currency.MaxPrepareAhead) + 1
		},
		want: currency.ErrTooFarAhead, says: "latest prepare deadline is 2026-02-01T04:04:05.000000001Z",
	},
	{
		name: "the latest prepare deadline that there is", spoil: func(q *order.Quote) { q.LatestPrepareUnixNs = 1<<63 - 1 },
		want: currency.ErrTooFarAhead, says: "2262-04-11",
	},
	{
		name: "a currency to pay that is unknown", spoil: func(q *order.Quote) { q.PayCurrency = "JPY" },
		want: currency.ErrUnknownCurrency, says: "JPY",
	},
	{
		name: "a currency to pay that does not settle there", spoil: func(q *order.Quote) { q.PayCurrency = "USD" },
		want: currency.ErrLedger, says: "USD on cbdc; it settles on [rtgs]",
	},
	{
		name: "a currency to receive that is unknown", spoil: func(q *order.Quote) { q.ReceiveCurrency = "JPY" },
		want: currency.ErrUnknownCurrency,
	},
	{
		name: "a ledger to be paid on that is another", spoil: func(q *order.Quote) { q.PayingLedger = "cbdc" },
		want: currency.ErrLedger,
	},
	{
		name: "a receiving account of another", spoil: func(q *order.Quote) { q.ReceivingAccount = "wallet-a" },
		want: currency.ErrNotHolder, says: "registered to bank-a",
	},
	{
		name: "a receiving account of nobody", spoil: func(q *order.Quote) { q.ReceivingAccount = "wallet-x" },
		want: currency.ErrNotHolder, says: "registered to nobody",
	},
	{
		name: "a paying account of another", spoil: func(q *order.Quote) { q.PayingAccount = "acct-a" },
		want: currency.ErrNotHolder,
	},
	{
		name: "a paying account of another currency", spoil: func(q *order.Quote) { q.PayingAccount = "acct-eur" },
		want: currency.ErrNotHolder, says: "registered to fxp in EUR, not to fxp in USD",
	},
	{
		name: "no signature", after: func(m *currency.MsgPublishQuote) { m.Signature = nil },
		want: currency.ErrSignature,
	},
	{
		name: "a signature with a flipped bit", after: func(m *currency.MsgPublishQuote) { m.Signature[9] ^= 1 },
		want: currency.ErrSignature, says: "consent key of acct-fxp on rtgs",
	},
	{
		name: "a signature of the hub account's key", after: func(m *currency.MsgPublishQuote) {
			m.Signature, _ = compliancetest.Key("fxp").Sign(order.QuoteSignBytes(chainID, terms("q-1").ID()))
		},
		want: currency.ErrSignature,
	},
}

func TestAQuoteIsRefused(t *testing.T) {
	for _, row := range refusedQuotes {
		t.Run(row.name, func(t *testing.T) {
			e, q := newEnv(t), terms("q-1")
			if row.spoil != nil {
				row.spoil(&q)
			}
			m := signed(t, q)
			if row.after != nil {
				row.after(m)
			}
			_, err := e.msgs.PublishQuote(e.ctx, m)
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.says)
			all, err := e.queries.Quotes(e.ctx, &currency.QueryQuotesRequest{})
			require.NoError(t, err)
			require.Empty(t, all.Quotes)
		})
	}
}

func TestAProviderHasALimitedNumberOfOpenQuotes(t *testing.T) {
	e := newEnv(t)
	first := e.publish(terms("q-first"))
	e.fill(currency.MaxOpenQuotes - 1)
	_, err := e.msgs.PublishQuote(e.ctx, signed(t, terms("one too many")))
	require.ErrorIs(t, err, currency.ErrTooManyQuotes)
	require.Equal(t, first, e.publish(terms("q-first")), "one that is there is no new one")
	e.withdraw(first)
	e.publish(terms("in its place"))
	_, err = e.msgs.PublishQuote(e.ctx, signed(t, terms("one too many")))
	require.ErrorIs(t, err, currency.ErrTooManyQuotes)
}

func TestAQuoteIsWithdrawnByItsProviderOnce(t *testing.T) {
	e := newEnv(t)
	id := e.publish(terms("q-1"))
	withdraw := func(sender string, id []byte) error {
		_, err := e.msgs.WithdrawQuote(e.ctx, &currency.MsgWithdrawQuote{Provider: sender, QuoteId: id})
		return err
	}
	require.ErrorIs(t, withdraw(compliancetest.Address("fxp"), id[:5]), currency.ErrInvalidQuote)
	require.ErrorIs(t, withdraw(compliancetest.Address("fxp"), make([]byte, 32)), currency.ErrUnknownQuote)
	require.ErrorIs(t, withdraw(compliancetest.Address("bank-a"), id[:]), currency.ErrUnauthorized)
	require.NoError(t, e.keeper.Take(e.ctx, id, 400))
	require.NoError(t, withdraw(compliancetest.Address("fxp"), id[:]))
	require.NoError(t, withdraw(compliancetest.Address("fxp"), id[:]), "again changes nothing")
	require.ErrorIs(t, e.keeper.Take(e.ctx, id, 1), currency.ErrWithdrawn)
	require.EqualValues(t, 600, e.remaining(id), "what was taken stays taken")
	require.NoError(t, e.keeper.Return(e.ctx, id, 400), "and can come back")
}

func TestSizeIsTakenAndReturned(t *testing.T) {
	e := newEnv(t)
	id := e.publish(terms("q-1"))
	require.ErrorIs(t, e.keeper.Take(e.ctx, order.Hash{}, 1), currency.ErrUnknownQuote)
	require.ErrorIs(t, e.keeper.Return(e.ctx, order.Hash{}, 1), currency.ErrUnknownQuote)
	require.NoError(t, e.keeper.Take(e.ctx, id, 700))
	require.ErrorContains(t, e.keeper.Take(e.ctx, id, 301), "300 minor units of USD are left")
	require.NoError(t, e.keeper.Take(e.ctx, id, 300))
	require.NoError(t, e.keeper.Return(e.ctx, id, 1000))
	require.ErrorIs(t, e.keeper.Return(e.ctx, id, 1), currency.ErrReturnedTooMuch)
	require.EqualValues(t, 1000, e.remaining(id))
	e.ctx = e.ctx.WithBlockTime(now.Add(time.Hour + 1))
	require.ErrorIs(t, e.keeper.Take(e.ctx, id, 1), currency.ErrExpired)
}
