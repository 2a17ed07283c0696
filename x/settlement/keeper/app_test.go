package keeper_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

func TestRunningOutOfGasLeavesTheLastConsentUngiven(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "hub", "hub", 30_000, time.Hour))
	consent := func(reference string, gas uint64) (used int64, err error) {
		body := w.bodies[reference]
		id := body.ID()
		result := w.chain.RunTxs(apptest.Tx{Signer: "bank-a", Gas: gas, Msgs: msgs(&settlement.MsgConsent{
			Sender: apptest.Address("bank-a").String(), SettlementId: id[:],
			Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
		})})[0]
		return result.GasUsed, apptest.TxError(result)
	}
	for _, reference := range []string{"measured", "starved"} {
		_, err := w.propose(w.body(reference, 30*time.Minute, w.swapLegs("hub", "hub", "q1", 70_000)...))
		require.NoError(t, err)
	}
	enough, err := consent("measured", 0)
	require.NoError(t, err)
	w.is("measured", settlement.STATE_SETTLED)
	before := w.settlement("starved")
	cny, usd, left := w.balance("bank-a", "CNY"), w.balance("bank-b", "USD"), w.left("q1")

	// Enough for the ante handler, for the first hold, for the decision, for all but the last write: never for a part.
	const attempts = 12
	ante := uint64(60_000)
	for i := range uint64(attempts) {
		_, err := consent("starved", ante+(uint64(enough)-ante)*i/attempts)
		require.ErrorIs(t, err, sdkerrors.ErrOutOfGas)
		require.Equal(t, before, w.settlement("starved"))
		require.Equal(t, []any{cny, usd, left}, []any{w.balance("bank-a", "CNY"), w.balance("bank-b", "USD"), w.left("q1")})
		w.check()
	}
	_, err = consent("starved", uint64(enough)*11/10)
	require.NoError(t, err)
	w.is("starved", settlement.STATE_SETTLED, settlement.LEG_STATE_POSTED, settlement.LEG_STATE_POSTED)
	require.Equal(t, left-10_000, w.left("q1"))
	t.Logf("a settlement of two hub legs takes %d gas in its last consent", enough)
}

func TestTheLargestSettlementOnTheHubEndsInsideOneMessage(t *testing.T) {
	w := newWorld(t)
	a, f := apptest.Address("bank-a").String(), apptest.Address("fxp").String()
	var legs []order.Leg
	var all []int
	for i := range order.MaxLegs {
		leg := order.Leg{Ledger: "hub", Payer: a, Payee: f, Currency: "CNY", AmountMinor: uint64(i + 1), PaidBy: order.NoLeg}
		if i%2 == 1 {
			leg.Payer, leg.Payee, leg.Currency = f, a, "USD"
		}
		legs, all = append(legs, leg), append(all, i)
	}
	response, err := w.propose(w.body("large", 10*time.Minute, legs...), all...)
	require.NoError(t, err)
	w.is("large", settlement.STATE_SETTLED)
	require.Equal(t, settlement.STATE_SETTLED, response.State, "the answer is what it is at the end of the message")
	require.Less(t, len(w.settlement("large").Settlement.Timeline), settlement.MaxSteps)
}

func TestAFailingDueSettlementIsPutOffAndNothingElseWaitsForIt(t *testing.T) {
	g := newGenesis()
	gone := lone("gone", "gone-ledger")
	sound := lone("sound", "cny")
	sound.Number = 2
	due := apptest.Start.Add(time.Minute + 1)
	g.Settlement = settlement.GenesisState{
		ChainId: apptest.ChainID, Settlements: []settlement.Settlement{gone, sound},
		Due: []settlement.DueItem{{Id: gone.Id, Time: due}, {Id: sound.Id, Time: due}},
	}
	w := startWorld(t, g)
	w.remember(bodyFrom(t, gone))
	w.remember(bodyFrom(t, sound))

	w.chain.NextBlock(2 * time.Minute)
	w.is("gone", settlement.STATE_PREPARING)
	w.is("sound", settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING)
	require.Equal(t, 1, count(w, "corridor.settlement.v1.EventQuarantined"))

	w.chain.NextBlock(time.Second)
	require.Zero(t, count(w, "corridor.settlement.v1.EventQuarantined"), "it waits two seconds")
	w.chain.NextBlock(time.Second)
	require.Equal(t, 1, count(w, "corridor.settlement.v1.EventQuarantined"), "then it is tried again")

	_, err := w.chain.RunTx("bank-b", &settlement.MsgAdvance{Sender: apptest.Address("bank-b").String(), SettlementId: gone.Id})
	require.ErrorIs(t, err, bridge.ErrUnknownLedger, "by hand it fails with the reason")
	resumed, err := w.chain.Restart(time.Second)
	require.NoError(t, err, "a quarantined settlement can be exported")
	w.chain = resumed

	// The cause goes away: the timer, or anyone, ends it.
	ledger := g.Bridge.Ledgers[1]
	ledger.Id = "gone-ledger"
	require.NoError(t, w.chain.Govern(&bridge.MsgRegisterLedger{Authority: app.Authority(), Ledger: ledger}))
	_, err = w.chain.RunTx("bank-b", &settlement.MsgAdvance{Sender: apptest.Address("bank-b").String(), SettlementId: gone.Id})
	require.NoError(t, err)
	w.is("gone", settlement.STATE_ABORTED, settlement.LEG_STATE_VOIDING)
}

func TestEndOfBlockIsBounded(t *testing.T) {
	g := newGenesis()
	g.Settlement.ChainId = apptest.ChainID
	const many = settlement.MaxDuePerBlock + 50
	for i := range many {
		body := loneBody(fmt.Sprintf("s%d", i), "cny")
		s := settlement.New(body.Encode(), body, uint64(i+1), settlement.Moment{Time: apptest.Start}).Settlement
		g.Settlement.Settlements = append(g.Settlement.Settlements, s)
		g.Settlement.Due = append(g.Settlement.Due, settlement.DueItem{Id: s.Id, Time: apptest.Start.Add(time.Minute + 1)})
	}
	w := startWorld(t, g)
	w.chain.NextBlock(time.Minute)
	require.Equal(t, many, open(w), "the deadline itself has not passed")
	w.chain.NextBlock(time.Second)
	require.Equal(t, many-settlement.MaxDuePerBlock, open(w))
	w.chain.NextBlock(time.Second)
	require.Zero(t, open(w))
	w.check()
}

func TestAnotherChainRefusesOpenSettlementsAndTakesEndedOnes(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "cny", "usd", 30_000, time.Hour))
	body := w.body("r1", 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...)
	_, err := w.propose(body)
	require.NoError(t, err)
	_, err = w.chain.Resume(w.chain.Export(), "corridor-other-1", w.chain.Now().Add(time.Minute))
	require.ErrorContains(t, err, "is open and belongs to chain "+apptest.ChainID+", not corridor-other-1")

	w.chain.NextBlock(time.Hour)
	w.is("r1", settlement.STATE_UNWOUND)
	exported, err := app.KeepersOf(w.chain.App).Settlement.ExportGenesis(w.chain.Context())
	require.NoError(t, err)
	require.NoError(t, exported.CheckChain("corridor-other-1"))
}

func TestQueriesFindSettlements(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "cny", "usd", 30_000, time.Hour))
	for i := range 5 {
		_, err := w.propose(w.body(fmt.Sprintf("r%d", i), 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...))
		require.NoError(t, err)
	}
	id := w.bodies["r2"].ID()
	_, err := w.chain.RunTx("watch", &settlement.MsgVeto{Supervisor: apptest.Address("watch").String(), SettlementId: id[:], Reason: "no"})
	require.NoError(t, err)

	ctx, client := context.Background(), settlement.NewQueryClient(w.chain.Conn())
	list := func(r settlement.QuerySettlementsRequest) (refs []string, next []byte) {
		response, err := client.Settlements(ctx, &r)
		require.NoError(t, err)
		for _, s := range response.Settlements {
			refs = append(refs, s.Reference)
		}
		return refs, response.Pagination.NextKey
	}
	a, b := apptest.Address("bank-a").String(), apptest.Address("bank-b").String()
	refs, _ := list(settlement.QuerySettlementsRequest{Proposer: a})
	require.Equal(t, []string{"r0", "r1", "r2", "r3", "r4"}, refs, "newest last")
	refs, _ = list(settlement.QuerySettlementsRequest{OpenOnly: true})
	require.Equal(t, []string{"r0", "r1", "r3", "r4"}, refs)
	refs, _ = list(settlement.QuerySettlementsRequest{Proposer: b})
	require.Empty(t, refs)
	refs, next := list(settlement.QuerySettlementsRequest{Proposer: a, OpenOnly: true, Pagination: &query.PageRequest{Limit: 3}})
	require.Equal(t, []string{"r0", "r1", "r3"}, refs)
	refs, next = list(settlement.QuerySettlementsRequest{Proposer: a, OpenOnly: true, Pagination: &query.PageRequest{Key: next, Limit: 1_000_000}})
	require.Equal(t, []string{"r4"}, refs)
	require.Empty(t, next)

	byReference, err := client.SettlementByReference(ctx, &settlement.QuerySettlementByReferenceRequest{Proposer: a, Reference: "r3"})
	require.NoError(t, err)
	require.Equal(t, w.bodies["r3"].ID().String(), byReference.Settlement.SettlementId)
	for _, bad := range []struct {
		want error
		err  error
	}{
		{sdkerrors.ErrKeyNotFound, second(client.SettlementByReference(ctx, &settlement.QuerySettlementByReferenceRequest{Proposer: b, Reference: "r3"}))},
		{sdkerrors.ErrInvalidRequest, second(client.SettlementByReference(ctx, &settlement.QuerySettlementByReferenceRequest{Proposer: b}))},
		{sdkerrors.ErrInvalidRequest, second(client.Settlement(ctx, &settlement.QuerySettlementRequest{SettlementId: "r3"}))},
		{sdkerrors.ErrKeyNotFound, second(client.Settlement(ctx, &settlement.QuerySettlementRequest{SettlementId: order.Hash{}.String()}))},
		{sdkerrors.ErrInvalidRequest, second(client.Order(ctx, &settlement.QueryOrderRequest{SettlementId: id.String(), Leg: 2}))},
	} {
		require.ErrorIs(t, bad.err, bad.want)
	}
	check, err := client.Check(ctx, &settlement.QueryCheckRequest{})
	require.NoError(t, err)
	require.Equal(t, uint64(5), check.Checked)
	require.Empty(t, check.Problems)
}

func TestAnOrderIsAllThatANotaryNeedsToVerifyAConsent(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "cny", "usd", 30_000, time.Hour))
	body := w.body("r1", 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...)
	_, err := w.propose(body, 0)
	require.NoError(t, err)
	client := settlement.NewQueryClient(w.chain.Conn())
	for leg, signed := range [][]byte{order.ConsentSignBytes(w.chain.ID(), body.Hash()), order.QuoteSignBytes(w.chain.ID(), w.quotes["q1"].ID())} {
		response, err := client.Order(context.Background(), &settlement.QueryOrderRequest{SettlementId: body.ID().String(), Leg: uint32(leg)})
		require.NoError(t, err)
		require.Equal(t, body.Encode(), response.Body)
		l := body.Legs[leg]
		require.True(t, apptest.ConsentKey(l.Ledger, l.Payer).PubKey().VerifySignature(signed, response.Signature))
		require.NoError(t, w.chain.Record(l.Ledger, 1).Matches(body))
		if leg == 1 {
			quote, err := order.DecodeQuote(response.Quote)
			require.NoError(t, err)
			require.NoError(t, order.CheckQuotedLeg(body, leg, quote))
		}
	}
}

func TestEveryStepOfASwapIsTold(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "hub", "hub", 30_000, time.Hour))
	_, err := w.propose(w.body("r1", 10*time.Minute, w.swapLegs("hub", "hub", "q1", 7_000)...), 0)
	require.NoError(t, err)
	require.Equal(t, 1, count(w, "corridor.settlement.v1.EventConsented"))
	require.Equal(t, 4, count(w, "corridor.settlement.v1.EventState"), "PROPOSED, PREPARING, COMMITTED, SETTLED")
	require.Equal(t, 8, count(w, "corridor.settlement.v1.EventLeg"), "HOLDING, HELD, POSTING, POSTED of two legs")
}
