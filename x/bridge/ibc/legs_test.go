package ibc_test

import (
	"context"
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

const (
	hubChain = "corridor-hub-1"
	farChain = "corridor-far-1"
	farName  = "far" // what the hub calls the far chain
)

// legs are a hub and a far chain whose leg apps are linked and registered with each other.
type legs struct {
	t        testing.TB
	hub, far *end
	body     order.Body
	quote    order.Quote
}

func participants(g *apptest.Genesis) {
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("fxp", compliance.ROLE_PROVIDER)
	g.Participant("issuer", compliance.ROLE_ISSUER)
}

// farKey is the consent key of a participant's account on the far chain: the key that chain has on file.
func farKey(participant string) *secp256k1.PrivKey {
	return apptest.ConsentKey(bridge.HubLedger, apptest.Address(participant).String())
}

// farAccount registers a participant's account on the far chain with the hub.
func farAccount(g *apptest.Genesis, participant, currency string) {
	account := apptest.Address(participant).String()
	g.Account(participant, farName, account, currency)
	p := &g.Compliance.Participants[len(g.Compliance.Participants)-1]
	for i := range g.Compliance.Participants {
		if g.Compliance.Participants[i].Id == participant {
			p = &g.Compliance.Participants[i]
		}
	}
	p.Accounts[len(p.Accounts)-1].ConsentKey = farKey(participant).PubKey().Bytes()
}

// linked has CNY on the far chain and USD on a notarised ledger. Bank A pays CNY there, the provider USD here.
func linked(t testing.TB, change ...func(*legs)) *legs {
	t.Helper()
	hub, far := apptest.NewGenesis(), apptest.NewGenesis()
	hub.ChainID, far.ChainID = hubChain, farChain
	participants(hub)
	participants(far)
	hub.Ledger("usd", 3, 2)
	hub.Currency("CNY", 2, farName)
	hub.Currency("USD", 2, "usd")
	farAccount(hub, "bank-a", "CNY")
	farAccount(hub, "fxp", "CNY")
	hub.Account("bank-b", farName, apptest.Address("bank-b").String(), "CNY") // with a key that the far chain doesn't have
	hub.Account("fxp", "usd", "acct-fxp", "USD")
	hub.Account("bank-b", "usd", "acct-b", "USD")
	far.Currency("CNY", 2, bridge.HubLedger)
	far.Issuer("issuer", "CNY", 1_000_000)
	far.Balance("bank-a", token.Denom("CNY"), 100_000)
	far.Balance("bank-b", token.Denom("CNY"), 100_000)
	l := &legs{t: t, hub: newEnd(t, hub), far: newEnd(t, far)}
	for _, c := range change {
		c(l)
	}
	connect(t, l.hub, l.far)
	open(t, l.hub, l.far)
	return l
}

// ledger is the far chain as the hub registers it.
func (l *legs) ledger() bridge.Ledger {
	return bridge.Ledger{
		Id: farName, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_IBC, OrderCheck: bridge.ORDER_CHECK_LEDGER,
		LongestPrepare: apptest.LongestPrepare,
		Channel:        &bridge.LegChannel{ConnectionId: l.hub.connection, ChannelId: l.hub.channel, ChainId: farChain},
	}
}

// peer is the hub as the far chain registers it.
func (l *legs) peer() bridge.Peer {
	return bridge.Peer{
		Channel: bridge.LegChannel{ConnectionId: l.far.connection, ChannelId: l.far.channel, ChainId: hubChain}, Ledger: farName,
	}
}

func registered(t testing.TB, change ...func(*legs)) *legs {
	t.Helper()
	l := linked(t, change...)
	l.register()
	l.setPeer()
	return l
}

func (l *legs) register() {
	l.t.Helper()
	require.NoError(l.t, l.hub.Govern(&bridge.MsgRegisterLedger{Authority: app.KeepersOf(l.hub.App).Bridge.Authority(), Ledger: l.ledger()}))
}

func (l *legs) setPeer() {
	l.t.Helper()
	require.NoError(l.t, l.far.Govern(&bridge.MsgSetPeer{Authority: app.KeepersOf(l.far.App).Bridge.Authority(), Peer: l.peer()}))
}

// offer is a swap to be proposed. The zero values are bank A, with its key, and half an hour.
type offer struct {
	reference string
	prepare   time.Duration
	payer     string
	key       *secp256k1.PrivKey
}

// propose has a swap consented to by all, so that its HOLDs are ordered, and gives the packets that its block sent.
func (l *legs) propose(o offer) []channeltypes.Packet {
	l.t.Helper()
	if o.prepare == 0 {
		o.prepare = 30 * time.Minute
	}
	if o.payer == "" {
		o.payer = "bank-a"
	}
	if o.key == nil {
		o.key = farKey(o.payer)
	}
	now := l.hub.Now()
	l.quote = order.Quote{
		ChainID: hubChain, Provider: apptest.Address("fxp").String(), Reference: "q-" + o.reference,
		PayCurrency: "CNY", ReceivingLedger: farName, ReceivingAccount: apptest.Address("fxp").String(),
		ReceiveCurrency: "USD", PayingLedger: "usd", PayingAccount: "acct-fxp",
		RatioNumerator: 1, RatioDenominator: 7, Rounding: order.RoundDown, SizeMinor: 50_000,
		ExpiryUnixNs: uint64(now.Add(time.Minute).UnixNano()), LatestPrepareUnixNs: uint64(now.Add(2 * time.Hour).UnixNano()),
	}
	id := l.quote.ID()
	l.body = order.Body{
		ChainID: hubChain, Proposer: apptest.Address("bank-a").String(), Reference: o.reference,
		Legs: []order.Leg{
			{
				Ledger: farName, Payer: apptest.Address(o.payer).String(), Payee: apptest.Address("fxp").String(),
				Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg,
			},
			{Ledger: "usd", Payer: "acct-fxp", Payee: "acct-b", Currency: "USD", AmountMinor: 10_000, QuoteID: id[:], PaidBy: 0},
		},
		PrepareDeadlineUnixNs: uint64(now.Add(o.prepare).UnixNano()), Pivot: order.NoLeg,
	}
	l.hub.MustRunTx("fxp", apptest.SignQuote(l.quote))
	signature, err := o.key.Sign(order.ConsentSignBytes(hubChain, l.body.Hash()))
	require.NoError(l.t, err)
	l.hub.MustRunTx("bank-a", &settlement.MsgPropose{
		Proposer: l.body.Proposer, Body: l.body.Encode(), Consents: []settlement.LegConsent{{Leg: 0, Signature: signature}},
	})
	return l.hub.sends()
}

// one demands that there is one packet.
func one(t testing.TB, packets []channeltypes.Packet) channeltypes.Packet {
	t.Helper()
	require.Len(t, packets, 1)
	return packets[0]
}

// unwound has ledger usd give its hold back, which must end the settlement.
func (l *legs) unwound(says string) {
	l.t.Helper()
	l.usd(l.head("usd"), order.Voided)
	s := l.settlement().Settlement
	require.Equal(l.t, settlement.STATE_UNWOUND, s.State)
	require.Contains(l.t, s.AbortReason, says)
	l.sound()
}

func (l *legs) settlement() settlement.SettlementView {
	l.t.Helper()
	response, err := settlement.NewQueryClient(l.hub.Conn()).Settlement(context.Background(),
		&settlement.QuerySettlementRequest{SettlementId: l.body.ID().String()})
	require.NoError(l.t, err)
	return response.Settlement
}

func (l *legs) state() settlement.State { return l.settlement().Settlement.State }

// usd has two of the three notaries of ledger usd say what became of an instruction.
func (l *legs) usd(number uint64, outcome order.Outcome) {
	l.t.Helper()
	for _, notary := range []string{"usd-1", "usd-2"} {
		_, err := l.hub.Attest("usd", notary, number, outcome)
		require.NoError(l.t, err)
	}
}

func (l *legs) dispatch(number uint64) bridge.Dispatch {
	l.t.Helper()
	response, err := bridge.NewQueryClient(l.hub.Conn()).Instruction(context.Background(),
		&bridge.QueryInstructionRequest{Ledger: farName, Number: number})
	require.NoError(l.t, err)
	return *response.Dispatch
}

// cny is a participant's available money on the far chain.
func (l *legs) cny(participant string) int64 {
	return app.KeepersOf(l.far.App).Bank.GetBalance(l.far.Context(), apptest.Address(participant), token.Denom("CNY")).Amount.Int64()
}

func (l *legs) entry() token.HoldState {
	l.t.Helper()
	hold, err := app.KeepersOf(l.far.App).Token.Hold(l.far.Context(), l.body.EntryID(0).String())
	require.NoError(l.t, err)
	return hold.State
}

// head is the number of the newest instruction for a ledger.
func (l *legs) head(ledger string) uint64 {
	l.t.Helper()
	response, err := bridge.NewQueryClient(l.hub.Conn()).Head(context.Background(), &bridge.QueryHeadRequest{Ledger: ledger})
	require.NoError(l.t, err)
	return response.Number
}

func (l *legs) tracking(number uint64) bridge.Tracking {
	l.t.Helper()
	response, err := bridge.NewQueryClient(l.hub.Conn()).Instruction(context.Background(),
		&bridge.QueryInstructionRequest{Ledger: farName, Number: number})
	require.NoError(l.t, err)
	return response.Tracking
}

func (l *legs) stall() *bridge.Stall {
	l.t.Helper()
	response, err := bridge.NewQueryClient(l.hub.Conn()).Ledger(context.Background(), &bridge.QueryLedgerRequest{Id: farName})
	require.NoError(l.t, err)
	return response.Stall
}

// answered demands that an instruction's outcome came and was applied.
func (l *legs) answered(number uint64, outcome order.Outcome) {
	l.t.Helper()
	d, t := l.dispatch(number), l.tracking(number)
	require.Equal(l.t, bridge.DISPATCH_STATE_ANSWERED, d.State)
	require.Equal(l.t, outcome.String(), order.Outcome(d.Outcome).String())
	require.Equal(l.t, bridge.PROGRESS_APPLIED, t.Progress)
	require.Equal(l.t, d.Outcome, t.Outcome)
}

// sound checks the invariants of both chains.
func (l *legs) sound() {
	l.t.Helper()
	require.NoError(l.t, app.KeepersOf(l.far.App).Token.CheckInvariants(l.far.Context()))
	response, err := settlement.NewQueryClient(l.hub.Conn()).Check(context.Background(), &settlement.QueryCheckRequest{})
	require.NoError(l.t, err)
	require.Empty(l.t, response.Problems)
	for _, e := range []*end{l.hub, l.far} {
		g, err := app.KeepersOf(e.App).Bridge.ExportGenesis(e.Context())
		require.NoError(l.t, err)
		require.NoError(l.t, g.Validate())
	}
}
