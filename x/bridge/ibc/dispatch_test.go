package ibc_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/bridge/keeper"
	"github.com/corridor-network/corridor/x/settlement"
)

// voids appends VOIDs of settlements that nobody heard of: they need nothing but a channel.
func (l *legs) voids(ctx sdk.Context, ledger string, n int) {
	l.t.Helper()
	for i := range n {
		b := l.body
		b.Reference = fmt.Sprintf("void-%d", i)
		b.Legs = []order.Leg{l.body.Legs[0]}
		b.Legs[0].Ledger = ledger
		_, err := app.KeepersOf(l.hub.App).Bridge.Append(ctx, settlement.ModuleName, order.NewInstruction(order.Void, b, 0))
		require.NoError(l.t, err)
	}
}

func (l *legs) states(ctx sdk.Context) map[bridge.DispatchState]int {
	l.t.Helper()
	g, err := app.KeepersOf(l.hub.App).Bridge.ExportGenesis(ctx)
	require.NoError(l.t, err)
	require.NoError(l.t, g.Validate())
	states := map[bridge.DispatchState]int{}
	for _, d := range g.Dispatches {
		states[d.State]++
	}
	return states
}

func TestABlockSendsABoundedNumberOfPackets(t *testing.T) {
	l := registered(t)
	one(t, l.propose(offer{reference: "r-1"}))
	ctx := l.hub.Context()
	const n = bridge.MaxDispatchesPerBlock
	l.voids(ctx, farName, n+10)
	require.Equal(t, map[bridge.DispatchState]int{bridge.DISPATCH_STATE_SENT: 1, bridge.DISPATCH_STATE_WAITING: n + 10}, l.states(ctx))
	app.KeepersOf(l.hub.App).Bridge.EndBlock(ctx)
	require.Equal(t, map[bridge.DispatchState]int{bridge.DISPATCH_STATE_SENT: 1 + n, bridge.DISPATCH_STATE_WAITING: 10}, l.states(ctx))
	app.KeepersOf(l.hub.App).Bridge.EndBlock(ctx)
	require.Equal(t, map[bridge.DispatchState]int{bridge.DISPATCH_STATE_SENT: 11 + n}, l.states(ctx))
}

func TestAStalledLedgerWithMuchToSendHoldsUpNoOther(t *testing.T) {
	l := registered(t, func(l *legs) { l.hub.trusting = 15 * time.Minute })
	one(t, l.propose(offer{reference: "r-1"}))
	l.hub.AdvanceTo(l.hub.Now().Add(20 * time.Minute))
	require.NoError(t, l.far.update())
	connect(t, l.hub, l.far)
	open(t, l.hub, l.far)
	other := l.ledger()
	other.Id = "far-too"
	require.NoError(t, l.hub.Govern(&bridge.MsgRegisterLedger{Authority: app.KeepersOf(l.hub.App).Bridge.Authority(), Ledger: other}))
	for height := range int64(2) { // another ledger comes first each block
		ctx := l.hub.Context()
		ctx = ctx.WithBlockHeight(ctx.BlockHeight() + height)
		l.voids(ctx, farName, bridge.MaxDispatchesPerBlock+1)
		l.voids(ctx, "far-too", 2)
		app.KeepersOf(l.hub.App).Bridge.EndBlock(ctx)
		require.Equal(t, 3, l.states(ctx)[bridge.DISPATCH_STATE_SENT])
		require.Equal(t, bridge.MaxDispatchesPerBlock+1, l.states(ctx)[bridge.DISPATCH_STATE_WAITING])
	}
}

// A genesis file may name a channel before it is there, and governance may put another client under one.
func TestAChannelThatIsNotWhatWasRegisteredCarriesNothing(t *testing.T) {
	l := registered(t)
	hold := one(t, l.propose(offer{reference: "r-1"}))
	at := func(e *end, change func(*bridge.GenesisState)) sdk.Context {
		ctx := e.Context()
		g, err := app.KeepersOf(e.App).Bridge.ExportGenesis(ctx)
		require.NoError(t, err)
		change(g)
		require.NoError(t, app.KeepersOf(e.App).Bridge.InitGenesis(ctx, g))
		return ctx
	}
	far := at(l.far, func(g *bridge.GenesisState) { g.Peers[0].Channel.ConnectionId = "connection-7" })
	_, err := app.KeepersOf(l.far.App).Bridge.Receive(far, l.far.channel, hold.Data)
	require.ErrorIs(t, err, bridge.ErrChannel)

	hub := at(l.hub, func(g *bridge.GenesisState) {
		for i := range g.Ledgers {
			if g.Ledgers[i].Id == farName {
				g.Ledgers[i].Channel.ChainId = "corridor-far-2"
			}
		}
	})
	l.voids(hub, farName, 1)
	app.KeepersOf(l.hub.App).Bridge.EndBlock(hub)
	require.Equal(t, 1, l.states(hub)[bridge.DISPATCH_STATE_WAITING])
	response, err := keeper.NewQueryServer(app.KeepersOf(l.hub.App).Bridge).Ledger(hub, &bridge.QueryLedgerRequest{Id: farName})
	require.NoError(t, err)
	require.Equal(t, "bridge/29: channel cannot carry legs", response.Stall.Reason)
}

func TestWhatCannotBePutInAPacketHoldsUpNothing(t *testing.T) {
	l := registered(t)
	one(t, l.propose(offer{reference: "r-1"}))
	ctx := l.hub.Context()
	unknown := l.body
	unknown.Reference = "no such settlement"
	number, err := app.KeepersOf(l.hub.App).Bridge.Append(ctx, settlement.ModuleName, order.NewInstruction(order.Hold, unknown, 0))
	require.NoError(t, err)
	l.voids(ctx, farName, 1)
	_, err = app.KeepersOf(l.hub.App).Bridge.Append(ctx, settlement.ModuleName, order.NewInstruction(order.Pay, l.body, 0))
	require.ErrorIs(t, err, bridge.ErrInvalidInstruction)
	app.KeepersOf(l.hub.App).Bridge.EndBlock(ctx)
	require.Equal(t, map[bridge.DispatchState]int{bridge.DISPATCH_STATE_SENT: 2, bridge.DISPATCH_STATE_UNANSWERED: 1}, l.states(ctx))
	_, err = keeper.NewMsgServer(app.KeepersOf(l.hub.App).Bridge).SendAgain(ctx, &bridge.MsgSendAgain{Sender: relayer(), Ledger: farName, Number: number})
	require.NoError(t, err, "it was never sent")
}

// A POST went out by one channel and, as governance left that, again by another: two packets of one instruction.
func TestOfTwoPacketsTheFirstOutcomeStays(t *testing.T) {
	l := registered(t)
	one(t, l.propose(offer{reference: "r-1"}))
	b, msg := app.KeepersOf(l.hub.App).Bridge, keeper.NewMsgServer(app.KeepersOf(l.hub.App).Bridge)
	older := bridge.PacketKey{ChannelId: l.hub.channel, Sequence: 2}
	open(t, l.hub, l.far)
	newer := bridge.PacketKey{ChannelId: l.hub.channel, Sequence: 1}
	post := order.NewInstruction(order.Post, l.body, 0)
	answer := func(o order.Outcome) bridge.PacketAnswer {
		return bridge.PacketAnswer{Result: order.LegAnswer{InstructionHash: post.Hash(), Outcome: o}.Encode()}
	}
	failure := bridge.PacketAnswer{Failure: "unknown peer"}
	type back struct {
		packet bridge.PacketKey
		answer bridge.PacketAnswer
	}
	for _, row := range []struct {
		name    string
		back    []back
		state   bridge.DispatchState
		outcome order.Outcome
		event   string
	}{
		{"an older packet's failure says nothing", []back{{older, failure}}, bridge.DISPATCH_STATE_SENT, 0, ""},
		{"an older packet's outcome counts", []back{{newer, failure}, {older, answer(order.Posted)}}, bridge.DISPATCH_STATE_ANSWERED, order.Posted, "EventAnswered"},
		{"the same outcome twice", []back{{newer, answer(order.Posted)}, {older, answer(order.Posted)}}, bridge.DISPATCH_STATE_ANSWERED, order.Posted, "EventAnswered"},
		{"another outcome later", []back{{newer, answer(order.Posted)}, {older, answer(order.Suspense)}}, bridge.DISPATCH_STATE_ANSWERED, order.Posted, "EventAnswersDiffer"},
		{"a failure later", []back{{older, answer(order.Posted)}, {newer, failure}}, bridge.DISPATCH_STATE_ANSWERED, order.Posted, "EventAnswered"},
		{"an answer to no packet of ours", []back{{bridge.PacketKey{ChannelId: "channel-9", Sequence: 1}, answer(order.Posted)}}, bridge.DISPATCH_STATE_SENT, 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx := l.hub.Context()
			number, err := b.Append(ctx, settlement.ModuleName, post)
			require.NoError(t, err)
			b.EndBlock(ctx)
			_, err = msg.SetChannel(ctx, &bridge.MsgSetChannel{Authority: b.Authority(), Ledger: farName, Channel: *l.ledger().Channel})
			require.NoError(t, err)
			_, err = msg.SendAgain(ctx, &bridge.MsgSendAgain{Sender: relayer(), Ledger: farName, Number: number})
			require.NoError(t, err)
			b.EndBlock(ctx)
			ctx = ctx.WithEventManager(sdk.NewEventManager())
			for _, each := range row.back {
				b.PacketAnswered(ctx, each.packet, each.answer)
			}
			response, err := keeper.NewQueryServer(b).Instruction(ctx, &bridge.QueryInstructionRequest{Ledger: farName, Number: number})
			require.NoError(t, err)
			require.Equal(t, row.state, response.Dispatch.State)
			require.EqualValues(t, row.outcome, response.Dispatch.Outcome)
			var seen []string
			for _, event := range ctx.EventManager().Events() {
				seen = append(seen, strings.TrimPrefix(event.Type, "corridor.bridge.v1."))
			}
			if row.event != "" {
				require.Contains(t, seen, row.event)
			}
		})
	}
}

func TestAGenesisWithLegsIsChecked(t *testing.T) {
	l := registered(t)
	one(t, l.propose(offer{reference: "r-1"}))
	export := func() *bridge.GenesisState {
		g, err := app.KeepersOf(l.hub.App).Bridge.ExportGenesis(l.hub.Context())
		require.NoError(t, err)
		g.Stalls = append(g.Stalls, bridge.Stall{Ledger: farName, Reason: "expired", Height: 7})
		g.Peers = append(g.Peers, l.peer())
		g.QuotedHolds = append(g.QuotedHolds, bridge.QuotedHold{EntryId: l.body.EntryID(0).String(), QuoteId: l.body.Legs[1].QuoteID, AmountMinor: 1})
		return g
	}
	require.NoError(t, export().Validate())
	for _, row := range []struct {
		name   string
		change func(*bridge.GenesisState)
		want   error
	}{
		{"two ledgers behind one channel", func(g *bridge.GenesisState) {
			again := l.ledger()
			again.Id = "far-too"
			g.Ledgers = append(g.Ledgers, again)
		}, bridge.ErrChannelTaken},
		{"a record without a dispatch", func(g *bridge.GenesisState) { g.Dispatches, g.OpenPackets = nil, nil }, bridge.ErrInvalidGenesis},
		{"a dispatch without a record", func(g *bridge.GenesisState) { g.Dispatches[0].Number = 7 }, bridge.ErrInvalidGenesis},
		{"a dispatch to a notarised ledger", func(g *bridge.GenesisState) { g.Dispatches[0].Ledger = "usd" }, bridge.ErrInvalidGenesis},
		{"a dispatch twice", func(g *bridge.GenesisState) { g.Dispatches = append(g.Dispatches, g.Dispatches[0]) }, bridge.ErrInvalidGenesis},
		{"a dispatch in no state", func(g *bridge.GenesisState) { g.Dispatches[0].State = 9 }, bridge.ErrInvalidGenesis},
		{"an outcome before the answer", func(g *bridge.GenesisState) { g.Dispatches[0].Outcome = 1 }, bridge.ErrInvalidGenesis},
		{"an answer without an outcome", func(g *bridge.GenesisState) { g.Dispatches[0].State = bridge.DISPATCH_STATE_ANSWERED }, bridge.ErrInvalidGenesis},
		{"an outcome of another kind", func(g *bridge.GenesisState) {
			g.Dispatches[0].State, g.Dispatches[0].Outcome = bridge.DISPATCH_STATE_ANSWERED, uint32(order.Posted)
		}, bridge.ErrInvalidGenesis},
		{"an outcome that nothing proves", func(g *bridge.GenesisState) {
			for i := range g.Trackings {
				if g.Trackings[i].Ledger == farName {
					g.Trackings[i].Progress, g.Trackings[i].Outcome = bridge.PROGRESS_APPLIED, uint32(order.Held)
				}
			}
		}, bridge.ErrInvalidGenesis},
		{"a HOLD that was sent twice", func(g *bridge.GenesisState) { g.Dispatches[0].Packets = 2 }, bridge.ErrInvalidGenesis},
		{"a packet of nothing that was sent", func(g *bridge.GenesisState) { g.OpenPackets[0].Instruction.Number = 7 }, bridge.ErrInvalidGenesis},
		{"a packet twice", func(g *bridge.GenesisState) { g.OpenPackets = append(g.OpenPackets, g.OpenPackets[0]) }, bridge.ErrInvalidGenesis},
		{"under way in no packet", func(g *bridge.GenesisState) { g.OpenPackets = nil }, bridge.ErrInvalidGenesis},
		{"a stall of a notarised ledger", func(g *bridge.GenesisState) { g.Stalls[0].Ledger = "usd" }, bridge.ErrInvalidGenesis},
		{"a peer twice", func(g *bridge.GenesisState) { g.Peers = append(g.Peers, l.peer()) }, bridge.ErrInvalidGenesis},
		{"a malformed peer", func(g *bridge.GenesisState) { g.Peers[0].Ledger = bridge.HubLedger }, bridge.ErrInvalidPeer},
		{"a quoted hold of nothing", func(g *bridge.GenesisState) { g.QuotedHolds[0].AmountMinor = 0 }, bridge.ErrInvalidGenesis},
		{"a quoted hold twice", func(g *bridge.GenesisState) { g.QuotedHolds = append(g.QuotedHolds, g.QuotedHolds[0]) }, bridge.ErrInvalidGenesis},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := export()
			row.change(g)
			require.ErrorIs(t, g.Validate(), row.want)
		})
	}
}
