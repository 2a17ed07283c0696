package swap_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// market is a real hub on which tokens of two currencies are swapped: such a swap is final inside its proposal. The keyring has the
// keys of everybody but bank-c.
func market(t *testing.T) (*swap.Hub, *apptest.Node) {
	g := apptest.NewGenesis()
	g.Ledger("usd", 3, 2)
	g.Currency("CNY", 2, bridge.HubLedger)
	g.Currency("USD", 2, bridge.HubLedger, "usd")
	g.Currency("JPY", 0, bridge.HubLedger)
	names := []string{"bank-a", "bank-b", "bank-c", "fxp"}
	for _, name := range names {
		g.Participant(name, compliance.ROLE_BANK, compliance.ROLE_PROVIDER)
	}
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Issuer("issuer", "CNY", 10_000_000)
	g.Issuer("issuer", "USD", 10_000_000)
	chain := apptest.New(t, g)
	issue := func(currency, to string) *token.MsgIssue {
		return &token.MsgIssue{Issuer: apptest.Address("issuer").String(), Currency: currency, Recipient: apptest.Address(to).String(), AmountMinor: 1_000_000}
	}
	chain.MustRunTx("issuer", issue("CNY", "bank-a"), issue("CNY", "bank-c"), issue("USD", "fxp"))
	keys := chain.Keyring("bank-a", "bank-b", "fxp")
	for _, name := range []string{"bank-a", "bank-b", "fxp"} {
		apptest.Import(t, keys, name+"-consent", apptest.ConsentKey(bridge.HubLedger, apptest.Address(name).String()))
	}
	node := chain.Serve(nil)
	node.MakeBlocks(5*time.Millisecond, time.Millisecond)
	client, err := hubclient.Dial(t.Context(), hubclient.Node{GRPC: node.Address}, "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return &swap.Hub{Client: client, Keys: keys}, node
}

func offer(reference, rate string) swap.Offer {
	return swap.Offer{
		Provider: "fxp", Pay: "CNY", Receive: "USD", Rate: rate, Size: "1000.00", Rounding: "down", Reference: reference, For: time.Hour, Prepare: time.Hour,
	}
}

func line(reference string) swap.Line {
	return swap.Line{Payer: "bank-a", Payee: "bank-b", Amount: "700.00", Currency: "CNY", ReceiveCurrency: "USD", Provider: "fxp", Reference: reference}
}

func TestALineSettlesOnceAndItsReferenceIsTaken(t *testing.T) {
	hub, _ := market(t)
	quote, err := hub.Publish(t.Context(), offer("q-1", "0.14"))
	require.NoError(t, err)
	var steps int
	runner := &swap.Runner{Hub: hub, Prepare: 10 * time.Minute, Wait: 20 * time.Second, Progress: func(swap.Line, settlement.SettlementView) { steps++ }}
	run := func(l swap.Line) swap.Result {
		res, err := runner.Run(t.Context(), l)
		require.NoError(t, err)
		return res
	}

	first := run(line("r-1"))
	require.Equal(t, swap.Settled, first.Status, first.Message)
	require.Equal(t, uint64(98_00), first.Settlement.Legs[1].AmountMinor)
	require.Positive(t, steps)

	require.Equal(t, swap.AlreadyDone, run(line("r-1")).Status)
	byQuote := line("r-1")
	byQuote.Provider, byQuote.Quote = "", quote.QuoteId
	require.Equal(t, swap.AlreadyDone, run(byQuote).Status)
	left, err := hub.Quote(t.Context(), quote.QuoteId)
	require.NoError(t, err)
	require.Equal(t, uint64(1000_00-98_00), left.Quote.RemainingMinor, "size was taken once")

	other := line("r-1")
	other.Amount, other.Payee = "700.01", "bank-c"
	res := run(other)
	require.Equal(t, swap.Conflicting, res.Status)
	require.Contains(t, res.Message, "amount 700.00 CNY there, 700.01 CNY here; payee bank-b there, bank-c here")
}

// A provider whose command was cut off runs it again: an offer that names its expiry is the same quote, one that lasts from now on is not.
func TestAnOfferUntilATimeIsOneQuoteHoweverOftenPublished(t *testing.T) {
	hub, _ := market(t)
	now, err := hub.Client.Latest(t.Context())
	require.NoError(t, err)
	publish := func(o swap.Offer) string {
		q, err := hub.Publish(t.Context(), o)
		require.NoError(t, err)
		return q.QuoteId
	}
	fixed := offer("q-1", "0.14")
	fixed.Until, fixed.For = now.Time.Add(time.Hour), 0
	require.Equal(t, publish(fixed), publish(fixed))
	require.NotEqual(t, publish(offer("q-2", "0.14")), publish(offer("q-2", "0.14")))

	fixed.Until = now.Time.Add(-time.Second)
	_, err = hub.Publish(t.Context(), fixed)
	require.ErrorContains(t, err, "choose a later time")
}

func TestTheBestUsableQuoteOfTheProviderIsTaken(t *testing.T) {
	hub, _ := market(t)
	short := offer("q-short", "0.19")
	short.Size = "1.00"
	for _, o := range []swap.Offer{offer("q-1", "0.13"), offer("q-2", "0.15"), offer("q-3", "0.14"), short} {
		_, err := hub.Publish(t.Context(), o)
		require.NoError(t, err)
	}
	p, err := hub.Resolve(t.Context(), line("r-1"), time.Minute)
	require.NoError(t, err)
	require.Equal(t, "q-2", p.Terms.Reference, "q-short is too small")
	require.Equal(t, uint64(105_00), p.Body.Legs[1].AmountMinor)
}

// Whatever can be known to be wrong is refused, in words, before anything is submitted.
func TestBadLinesAreRefused(t *testing.T) {
	hub, node := market(t)
	quote, err := hub.Publish(t.Context(), offer("q-1", "0.14"))
	require.NoError(t, err)
	submitted := len(node.Results())
	runner := &swap.Runner{Hub: hub, Prepare: time.Minute, Wait: time.Second}
	byQuote := func(l *swap.Line) { l.Provider, l.Quote = "", quote.QuoteId }
	for _, row := range []struct {
		name   string
		change func(*swap.Line)
		want   string
	}{
		{"unknown payer", func(l *swap.Line) { l.Payer = "nobody" }, `payer: "nobody" is not a registered participant`},
		{"unknown payee", func(l *swap.Line) { l.Payee = "nobody" }, `payee: "nobody" is not a registered participant`},
		{"unknown provider", func(l *swap.Line) { l.Provider = "nobody" }, `provider: "nobody" is not a registered participant`},
		{"unknown currency", func(l *swap.Line) { l.Currency = "XXX" }, `currency: "XXX" is not a currency that settles on this hub`},
		{"too fine", func(l *swap.Line) { l.Amount = "1.001" }, "amount: 1.001 CNY is finer than"},
		{"too much for the quote", func(l *swap.Line) { byQuote(l); l.Amount = "7200" }, "has 1000.00 USD left, the payment needs 1008.00 USD"},
		{"too much for all quotes", func(l *swap.Line) { l.Amount = "7200" }, "provider fxp has no usable quote CNY → USD"},
		{"no quote for the pair", func(l *swap.Line) { l.ReceiveCurrency = "JPY" }, "it has published none for that pair"},
		{"a quote for another pair", func(l *swap.Line) { byQuote(l); l.ReceiveCurrency = "JPY" }, "is for CNY → USD, the payment for CNY → JPY"},
		{"no such quote", func(l *swap.Line) { l.Provider, l.Quote = "", strings.Repeat("00", 32) }, "there is no quote"},
		{"the payer's key is elsewhere", func(l *swap.Line) { l.Payer = "bank-c" }, "the keyring has no key of bank-c"},
		{"a reference too long", func(l *swap.Line) { l.Reference = strings.Repeat("r", 36) }, "reference"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := line("r-" + row.name[:1])
			row.change(&l)
			res, err := runner.Run(t.Context(), l)
			require.NoError(t, err)
			require.Equal(t, swap.Refused, res.Status)
			require.Contains(t, res.Message, row.want)
		})
	}
	require.Len(t, node.Results(), submitted, "nothing was submitted")
}

// bank-c consents with its own key, somewhere else: what is here is proposed and waits.
func TestAProposalWaitsForAConsentFromElsewhere(t *testing.T) {
	hub, node := market(t)
	_, err := hub.Publish(t.Context(), offer("q-1", "0.14"))
	require.NoError(t, err)
	node.Do(func(c *apptest.Chain) { apptest.Import(t, hub.Keys, "bank-c", apptest.HubKey("bank-c")) })
	l := line("r-1")
	l.Payer = "bank-c"
	runner := &swap.Runner{Hub: hub, Prepare: time.Minute, Wait: 20 * time.Second}
	res, err := runner.Run(t.Context(), l)
	require.NoError(t, err)
	require.Equal(t, swap.Waiting, res.Status, res.Message)
	_, err = hub.Consents(t.Context(), *res.Settlement, "bank-a")
	require.ErrorContains(t, err, "waits for a consent of bank-a")
	_, err = hub.Consents(t.Context(), *res.Settlement, "bank-c")
	require.ErrorContains(t, err, "does not have the consent key")

	apptest.Import(t, hub.Keys, "bank-c-consent", apptest.ConsentKey(bridge.HubLedger, apptest.Address("bank-c").String()))
	consents, err := hub.Consents(t.Context(), *res.Settlement, "bank-c")
	require.NoError(t, err)
	require.Len(t, consents, 1)
	var text strings.Builder
	require.NoError(t, hub.WriteConsent(t.Context(), &text, *res.Settlement))
	require.Contains(t, text.String(), "bank-c pays 700.00 CNY to fxp")
	require.Contains(t, text.String(), "its consent is missing")
}

func TestANodeThatIsGoneIsAnErrorAndNoResult(t *testing.T) {
	hub, _ := market(t)
	require.NoError(t, hub.Client.Close())
	_, err := (&swap.Runner{Hub: hub, Prepare: time.Minute, Wait: time.Second}).Run(t.Context(), line("r-1"))
	require.Error(t, err)
}
