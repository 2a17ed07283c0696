package ibc_test

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/bridge/keeper"
	"github.com/corridor-network/corridor/x/token"
)

func TestOnlyAChannelThatCanCarryLegsIsOpenedAndItStaysOpen(t *testing.T) {
	l := linked(t)
	const port = bridge.LegPort
	init := func(order channeltypes.Order, version, farPort string) sdk.Msg {
		return channeltypes.NewMsgChannelOpenInit(port, version, order, []string{l.hub.connection}, farPort, relayer())
	}
	for _, row := range []struct {
		name string
		msg  sdk.Msg
		says string
	}{
		{"1: ordered", init(channeltypes.ORDERED, "other", "transfer"), "UNORDERED"},
		{"2: to another port", init(channeltypes.UNORDERED, "other", "transfer"), "both are corridor-leg"},
		{"3: another version", init(channeltypes.UNORDERED, "corridor-leg-2", port), "corridor-leg-1"},
		{"closing", channeltypes.NewMsgChannelCloseInit(port, l.hub.channel, relayer()), "never closed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := l.hub.RunTx(apptest.Governor, row.msg)
			require.ErrorIs(t, err, bridge.ErrChannel)
			require.ErrorContains(t, err, row.says)
		})
	}
	fields := channeltypes.NewUpgradeFields(channeltypes.UNORDERED, []string{l.hub.connection}, "corridor-leg-2")
	err := l.hub.Govern(channeltypes.NewMsgChannelUpgradeInit(port, l.hub.channel, fields, app.KeepersOf(l.hub.App).Bridge.Authority()))
	require.ErrorContains(t, err, "upgrade")
	channel, found := app.KeepersOf(l.hub.App).IBC.ChannelKeeper.GetChannel(l.hub.Context(), port, l.hub.channel)
	require.True(t, found)
	require.Equal(t, channeltypes.OPEN, channel.State)
	require.Zero(t, channel.UpgradeSequence)
}

// refusals runs guards on a store that is thrown away, one row a guard.
type refusals []struct {
	name string
	send func(ctx sdk.Context) error
	want error
}

func (rows refusals) run(t *testing.T, e *end) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { require.ErrorIs(t, row.send(e.Context()), row.want) })
	}
}

func TestWhatGovernanceRegistersIsChecked(t *testing.T) {
	l := linked(t)
	msg, gov := keeper.NewMsgServer(app.KeepersOf(l.hub.App).Bridge), app.KeepersOf(l.hub.App).Bridge.Authority()
	register := func(change func(*bridge.Ledger)) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			ledger := l.ledger()
			change(&ledger)
			_, err := msg.RegisterLedger(ctx, &bridge.MsgRegisterLedger{Authority: gov, Ledger: ledger})
			return err
		}
	}
	refusals{
		{"notaries beside a channel", register(func(l *bridge.Ledger) { l.Threshold = 1 }), bridge.ErrInvalidLedger},
		{"a channel that is not there", register(func(l *bridge.Ledger) { l.Channel.ChannelId = "channel-7" }), bridge.ErrChannel},
		{"another connection", register(func(l *bridge.Ledger) { l.Channel.ConnectionId = "connection-7" }), bridge.ErrChannel},
		{"another chain", register(func(l *bridge.Ledger) { l.Channel.ChainId = "corridor-far-2" }), bridge.ErrChannel},
	}.run(t, l.hub)
	l.register()
	set := func(authority, ledger, channel string) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			c := *l.ledger().Channel
			c.ChannelId = channel
			_, err := msg.SetChannel(ctx, &bridge.MsgSetChannel{Authority: authority, Ledger: ledger, Channel: c})
			return err
		}
	}
	again := func(ledger string, number uint64) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := msg.SendAgain(ctx, &bridge.MsgSendAgain{Sender: relayer(), Ledger: ledger, Number: number})
			return err
		}
	}
	refusals{
		{"a second ledger of one channel", register(func(l *bridge.Ledger) { l.Id = "far-too" }), bridge.ErrChannelTaken},
		{"set channel 1", set(relayer(), "nowhere", ""), bridge.ErrUnauthorized},
		{"set channel 2", set(gov, "nowhere", ""), bridge.ErrUnknownLedger},
		{"set channel 3", set(gov, "usd", ""), bridge.ErrNotDispatched},
		{"set channel 4, its form", set(gov, farName, ""), bridge.ErrChannel},
		{"set channel 4, its being there", set(gov, farName, "channel-7"), bridge.ErrChannel},
		{"send again 1", again("nowhere", 1), bridge.ErrUnknownLedger},
		{"send again 2", again("usd", 1), bridge.ErrNotDispatched},
		{"send again 3", again(farName, 1), bridge.ErrUnknownInstruction},
	}.run(t, l.hub)
	one(t, l.propose(offer{reference: "r-1"}))
	refusals{
		{"send again 4", again(farName, 1), bridge.ErrNotAgain},
		{"words about it", func(ctx sdk.Context) error {
			word := l.hub.Word(farName, 1, order.Held)
			_, err := msg.Attest(ctx, apptest.SignWords(apptest.Governor, hubChain, farName, "n1", word))
			return err
		}, bridge.ErrNotAttested},
	}.run(t, l.hub)
}

func TestWhatAPeerIsIsChecked(t *testing.T) {
	l := linked(t)
	msg, gov := keeper.NewMsgServer(app.KeepersOf(l.far.App).Bridge), app.KeepersOf(l.far.App).Bridge.Authority()
	set := func(authority string, change func(*bridge.Peer)) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			p := l.peer()
			change(&p)
			_, err := msg.SetPeer(ctx, &bridge.MsgSetPeer{Authority: authority, Peer: p})
			return err
		}
	}
	remove := func(authority, chain string) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := msg.RemovePeer(ctx, &bridge.MsgRemovePeer{Authority: authority, ChainId: chain, Ledger: farName})
			return err
		}
	}
	refusals{
		{"set 1", set(relayer(), func(p *bridge.Peer) { p.Ledger = "" }), bridge.ErrUnauthorized},
		{"set 2, the ledger", set(gov, func(p *bridge.Peer) { p.Ledger = bridge.HubLedger }), bridge.ErrInvalidPeer},
		{"set 2, this very chain", set(gov, func(p *bridge.Peer) { p.Channel.ChainId = farChain }), bridge.ErrInvalidPeer},
		{"set 3, the form", set(gov, func(p *bridge.Peer) { p.Channel.ChannelId = "7" }), bridge.ErrChannel},
		{"set 3, another chain", set(gov, func(p *bridge.Peer) { p.Channel.ChainId = "corridor-hub-2" }), bridge.ErrChannel},
		{"remove 1", remove(relayer(), hubChain), bridge.ErrUnauthorized},
		{"remove 2", remove(gov, hubChain), bridge.ErrUnknownPeer},
		{"set 3, another's channel", func(ctx sdk.Context) error {
			require.NoError(t, set(gov, func(*bridge.Peer) {})(ctx))
			return set(gov, func(p *bridge.Peer) { p.Ledger = "far-too" })(ctx)
		}, bridge.ErrChannelTaken},
		{"set 4", func(ctx sdk.Context) error {
			g := bridge.DefaultGenesis()
			for i := range bridge.MaxPeers {
				g.Peers = append(g.Peers, bridge.Peer{Ledger: farName, Channel: bridge.LegChannel{
					ConnectionId: "connection-9", ChannelId: fmt.Sprintf("channel-%d", 100+i), ChainId: fmt.Sprintf("other-%d", i),
				}})
			}
			require.NoError(t, app.KeepersOf(l.far.App).Bridge.InitGenesis(ctx, g))
			return set(gov, func(*bridge.Peer) {})(ctx)
		}, bridge.ErrTooManyPeers},
	}.run(t, l.far)
	l.setPeer()
	l.setPeer() // the same again is no second one
	require.NoError(t, remove(gov, hubChain)(l.far.Context()))
}

func TestWhatAPeersPacketMustBe(t *testing.T) {
	l := registered(t)
	hold := one(t, l.propose(offer{reference: "r-1"}))
	packet, err := order.DecodeLegPacket(hold.Data)
	require.NoError(t, err)
	otherLedger := l.body
	otherLedger.Legs = append([]order.Leg(nil), l.body.Legs...)
	otherLedger.Legs[0].Ledger = "elsewhere"
	otherChain := l.body
	otherChain.ChainID = "corridor-hub-2"
	from := func(b order.Body) []byte {
		p := packet
		p.Instruction, p.Body = order.NewInstruction(order.Hold, b, 0), b.Encode()
		return p.Encode()
	}
	receive := func(channel string, raw []byte) func(sdk.Context) error {
		return func(ctx sdk.Context) error {
			_, err := app.KeepersOf(l.far.App).Bridge.Receive(ctx, channel, raw)
			return err
		}
	}
	refusals{
		{"1: no peer's channel", receive("channel-7", nil), bridge.ErrUnknownPeer},
		{"2: not canonical", receive(l.far.channel, append(hold.Data, 0)), bridge.ErrPacketForm},
		{"3: for another ledger", receive(l.far.channel, from(otherLedger)), bridge.ErrForeignInstruction},
		{"3: of another chain", receive(l.far.channel, from(otherChain)), bridge.ErrForeignInstruction},
		{"a POST of what is not held", receive(l.far.channel, order.LegPacket{Instruction: order.NewInstruction(order.Post, l.body, 0)}.Encode()), token.ErrConflict},
	}.run(t, l.far)
	require.NoError(t, receive(l.far.channel, hold.Data)(l.far.Context()))
}

// The provider pays on the far chain under a quote: what is held and posted there stays within the quote's size, whatever
// a dishonest hub orders.
func TestAQuoteIsNotOverusedOnTheFarChain(t *testing.T) {
	l := registered(t)
	ctx, now := l.far.Context(), l.far.Now()
	payer := apptest.Address("bank-a").String()
	quote := order.Quote{
		ChainID: hubChain, Provider: payer, Reference: "q", PayCurrency: "USD", ReceivingLedger: "usd", ReceivingAccount: "acct-a",
		ReceiveCurrency: "CNY", PayingLedger: farName, PayingAccount: payer, RatioNumerator: 7, RatioDenominator: 1,
		Rounding: order.RoundDown, SizeMinor: 20_000, ExpiryUnixNs: uint64(now.UnixNano()), LatestPrepareUnixNs: uint64(now.Add(time.Hour).UnixNano()),
	}
	id := quote.ID()
	signature, err := farKey("bank-a").Sign(order.QuoteSignBytes(hubChain, id))
	require.NoError(t, err)
	body := func(reference string, amount uint64) order.Body {
		return order.Body{
			ChainID: hubChain, Proposer: payer, Reference: reference, Pivot: order.NoLeg, PrepareDeadlineUnixNs: quote.LatestPrepareUnixNs,
			Legs: []order.Leg{
				{Ledger: "usd", Payer: "acct-b", Payee: "acct-a", Currency: "USD", AmountMinor: amount / 7, PaidBy: order.NoLeg},
				{Ledger: farName, Payer: payer, Payee: apptest.Address("bank-b").String(), Currency: "CNY", AmountMinor: amount, QuoteID: id[:], PaidBy: 0},
			},
		}
	}
	order1 := func(k order.Kind, b order.Body) string {
		p := order.LegPacket{Instruction: order.NewInstruction(k, b, 1)}
		if k == order.Hold {
			p.Body, p.Quote, p.Signature = b.Encode(), quote.Encode(), signature
		}
		raw, err := app.KeepersOf(l.far.App).Bridge.Receive(ctx, l.far.channel, p.Encode())
		require.NoError(t, err)
		answer, err := order.DecodeLegAnswer(raw)
		require.NoError(t, err)
		return answer.Outcome.String() + " " + answer.Reason
	}
	first, second, third, fourth := body("1", 14_000), body("2", 5_999), body("3", 7_000), body("4", 7_000)
	require.Equal(t, "HELD ", order1(order.Hold, first))
	require.Equal(t, "HELD ", order1(order.Hold, first), "said again, counted once")
	require.Equal(t, "REFUSED", order1(order.Hold, third)[:7])
	require.Contains(t, order1(order.Hold, third), "14000 minor units of 20000 are used, 7000 more are not there")
	require.Equal(t, "VOIDED ", order1(order.Void, first))
	require.Equal(t, "VOIDED ", order1(order.Void, first), "given back once")
	require.Equal(t, "HELD ", order1(order.Hold, second)[:5])
	require.Equal(t, "POSTED ", order1(order.Post, second))
	require.Equal(t, "HELD ", order1(order.Hold, fourth))
	g, err := app.KeepersOf(l.far.App).Bridge.ExportGenesis(ctx)
	require.NoError(t, err)
	require.Len(t, g.QuotedHolds, 2, "what was posted stays used")
	require.NoError(t, g.Validate())
}
