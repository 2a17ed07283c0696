package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// swapGenesis has two ledgers, two banks and a provider with an account on both.
func swapGenesis() *apptest.Genesis {
	g := apptest.NewGenesis()
	g.Ledger("cny", 3, 2)
	g.Ledger("usd", 3, 2)
	g.Currency("CNY", 2, "cny", bridge.HubLedger)
	g.Currency("USD", 2, "usd", bridge.HubLedger)
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("fxp", compliance.ROLE_PROVIDER)
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Account("bank-a", "cny", "wallet-a", "CNY")
	g.Account("fxp", "cny", "wallet-fxp", "CNY")
	g.Account("fxp", "usd", "acct-fxp", "USD")
	g.Account("bank-b", "usd", "acct-b", "USD")
	g.Issuer("issuer", "CNY", 1_000_000)
	g.Issuer("issuer", "USD", 1_000_000)
	return g
}

// quoted is a swap of 700.00 CNY for 100.00 USD between two pairs of accounts, and the quote it is under.
func quoted(chain *apptest.Chain, ledgers [2]string, accounts [4]string) (order.Quote, order.Body) {
	now := chain.Now()
	q := order.Quote{
		ChainID: chain.ID(), Provider: apptest.Address("fxp").String(), Reference: "q-1",
		PayCurrency: "CNY", ReceivingLedger: ledgers[0], ReceivingAccount: accounts[1],
		ReceiveCurrency: "USD", PayingLedger: ledgers[1], PayingAccount: accounts[2],
		RatioNumerator: 1, RatioDenominator: 7, Rounding: order.RoundDown, SizeMinor: 50_000,
		ExpiryUnixNs: uint64(now.Add(time.Minute).UnixNano()), LatestPrepareUnixNs: uint64(now.Add(time.Hour).UnixNano()),
	}
	id := q.ID()
	return q, order.Body{
		ChainID: chain.ID(), Proposer: apptest.Address("bank-a").String(), Reference: "r-1",
		Legs: []order.Leg{
			{Ledger: ledgers[0], Payer: accounts[0], Payee: accounts[1], Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg},
			{Ledger: ledgers[1], Payer: accounts[2], Payee: accounts[3], Currency: "USD", AmountMinor: 10_000, QuoteID: id[:], PaidBy: 0},
		},
		PrepareDeadlineUnixNs: uint64(now.Add(30 * time.Minute).UnixNano()), Pivot: order.NoLeg,
	}
}

func propose(chain *apptest.Chain, q order.Quote, body order.Body) {
	chain.MustRunTx("fxp", apptest.SignQuote(q))
	chain.MustRunTx("bank-a", &settlement.MsgPropose{
		Proposer: body.Proposer, Body: body.Encode(), Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
	})
}

func stateOf(t *testing.T, chain *apptest.Chain, body order.Body) settlement.State {
	t.Helper()
	response, err := settlement.NewQueryClient(chain.Conn()).Settlement(context.Background(),
		&settlement.QuerySettlementRequest{SettlementId: body.ID().String()})
	require.NoError(t, err)
	return response.Settlement.Settlement.State
}

// attested has two of a ledger's three notaries say what became of an instruction.
func attested(t *testing.T, chain *apptest.Chain, ledger string, number uint64, outcome order.Outcome) {
	t.Helper()
	for _, notary := range []string{ledger + "-1", ledger + "-2"} {
		_, err := chain.Attest(ledger, notary, number, outcome)
		require.NoError(t, err)
	}
}

func TestASwapOnTwoNotarisedLedgersSettlesAcrossAnExport(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	q, body := quoted(chain, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
	propose(chain, q, body)
	require.Equal(t, settlement.STATE_PREPARING, stateOf(t, chain, body))
	require.Equal(t, order.Hold, chain.Record("cny", 1).Kind)

	attested(t, chain, "cny", 1, order.Held)
	chain, err := chain.Restart(time.Minute)
	require.NoError(t, err)
	require.Equal(t, settlement.STATE_PREPARING, stateOf(t, chain, body))

	attested(t, chain, "usd", 1, order.Held)
	require.Equal(t, settlement.STATE_COMMITTED, stateOf(t, chain, body))
	chain, err = chain.Restart(time.Minute)
	require.NoError(t, err)

	attested(t, chain, "cny", 2, order.Posted)
	attested(t, chain, "usd", 2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, stateOf(t, chain, body))
	chain, err = chain.Restart(time.Minute)
	require.NoError(t, err)
	require.Equal(t, settlement.STATE_SETTLED, stateOf(t, chain, body))
}

func TestASwapOfTokensOnTheHubEndsInsideItsLastConsent(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	a, fxp, b := apptest.Address("bank-a"), apptest.Address("fxp"), apptest.Address("bank-b")
	issuer := apptest.Address("issuer").String()
	chain.MustRunTx("issuer",
		&token.MsgIssue{Issuer: issuer, Currency: "CNY", Recipient: a.String(), AmountMinor: 100_000},
		&token.MsgIssue{Issuer: issuer, Currency: "USD", Recipient: fxp.String(), AmountMinor: 50_000})

	q, body := quoted(chain, [2]string{bridge.HubLedger, bridge.HubLedger},
		[4]string{a.String(), fxp.String(), fxp.String(), b.String()})
	propose(chain, q, body)
	require.Equal(t, settlement.STATE_SETTLED, stateOf(t, chain, body))
	require.Equal(t, int64(10_000), app.KeepersOf(chain.App).Bank.GetBalance(chain.Context(), b, token.Denom("USD")).Amount.Int64())
	require.Equal(t, int64(30_000), app.KeepersOf(chain.App).Bank.GetBalance(chain.Context(), a, token.Denom("CNY")).Amount.Int64())
}

func TestAnOpenSettlementDoesNotMoveToAnotherChain(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	q, body := quoted(chain, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
	propose(chain, q, body)
	_, err := chain.Resume(chain.Export(), "corridor-test-2", chain.Now().Add(time.Minute))
	require.ErrorContains(t, err, "corridor-test-2")
}
