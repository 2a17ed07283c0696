package ibc_test

import (
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

func TestASwapWithALegThatTravelsSettles(t *testing.T) {
	l := registered(t)
	hold := one(t, l.propose(offer{reference: "r-1"}))
	require.Equal(t, l.body.PrepareDeadlineUnixNs, hold.TimeoutTimestamp)
	require.True(t, hold.TimeoutHeight.IsZero())
	require.Equal(t, bridge.DISPATCH_STATE_SENT, l.dispatch(1).State)

	ack, err := l.hub.receive(hold)
	require.NoError(t, err)
	require.Equal(t, token.HOLD_STATE_HELD, l.entry())
	require.EqualValues(t, 30_000, l.cny("bank-a"))
	_, err = l.hub.receive(hold)
	require.NoError(t, err, "the second delivery is a no-op")
	require.EqualValues(t, 30_000, l.cny("bank-a"))

	for range 2 {
		l.hub.acknowledge(hold, ack)
		l.answered(1, order.Held)
		require.Equal(t, settlement.STATE_PREPARING, l.state())
	}

	l.usd(1, order.Held)
	require.Equal(t, settlement.STATE_COMMITTED, l.state())
	post := one(t, l.hub.sends()) // in the block of the decision
	require.Equal(t, bridge.NoTimeoutUnixNs, post.TimeoutTimestamp)
	l.hub.relay(post)
	require.Equal(t, token.HOLD_STATE_POSTED, l.entry())
	require.EqualValues(t, 70_000, l.cny("fxp"))
	l.answered(2, order.Posted)

	l.usd(2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, l.state())
	l.sound()
}

// Whoever relays chooses the gas. Too little must not make an outcome of what has none.
func TestTooLittleGasDecidesNothing(t *testing.T) {
	l := registered(t)
	hold := one(t, l.propose(offer{reference: "r-1"}))
	l.far.withRisingGas(l.hub.reception(hold))
	require.Equal(t, token.HOLD_STATE_HELD, l.entry())
	ack, found := app.KeepersOf(l.far.App).IBC.ChannelKeeper.GetPacketAcknowledgement(l.far.Context(), hold.DestinationPort, hold.DestinationChannel, hold.Sequence)
	require.True(t, found)
	require.NotEmpty(t, ack)
	result := order.LegAnswer{
		InstructionHash: l.hub.Record(farName, 1).Hash(), Outcome: order.Held, LedgerReference: l.body.EntryID(0).String(),
	}
	l.hub.withRisingGas(l.hub.acknowledgement(hold, resultAck(result)))
	l.answered(1, order.Held)
	require.Zero(t, l.tracking(1).Attempts)
	l.sound()
}

func TestWhatDoesNotSettleIsUnwound(t *testing.T) {
	l := registered(t)
	t.Run("a HOLD that nobody carried in time", func(t *testing.T) {
		hold := one(t, l.propose(offer{reference: "late", prepare: 10 * time.Minute}))
		number := l.head(farName)
		require.Error(t, l.hub.timeout(hold), "before its time")
		l.hub.AdvanceTo(l.hub.Now().Add(11 * time.Minute))
		require.Equal(t, settlement.STATE_ABORTED, l.state())
		l.hub.NextBlock(0)
		void := one(t, l.hub.sends())
		l.far.AdvanceTo(l.hub.Now())
		_, err := l.hub.receive(hold)
		require.Error(t, err, "too late for core IBC")
		require.NoError(t, l.hub.timeout(hold))
		l.answered(number, order.Refused)
		l.unwound("deadline")
		l.hub.relay(void)
		require.Equal(t, token.HOLD_STATE_TOMBSTONED, l.entry())
		l.answered(number+1, order.Voided)
	})
	t.Run("a VOID that overtakes its HOLD", func(t *testing.T) {
		hold := one(t, l.propose(offer{reference: "overtaken"}))
		number := l.head(farName)
		l.usd(l.head("usd"), order.Refused)
		require.Equal(t, settlement.STATE_ABORTED, l.state())
		void := one(t, l.hub.sends())
		l.hub.relay(void)
		require.Equal(t, token.HOLD_STATE_TOMBSTONED, l.entry())
		require.Equal(t, settlement.STATE_UNWOUND, l.state())
		l.hub.relay(hold)
		require.Equal(t, token.HOLD_STATE_TOMBSTONED, l.entry())
		l.answered(number, order.Refused)
		l.answered(number+1, order.Voided)
		l.sound()
	})
	t.Run("held there, refused by the bank", func(t *testing.T) {
		l.hub.relay(one(t, l.propose(offer{reference: "given-back"})))
		require.EqualValues(t, 30_000, l.cny("bank-a"))
		l.usd(l.head("usd"), order.Refused)
		l.hub.relay(one(t, l.hub.sends()))
		require.Equal(t, token.HOLD_STATE_VOIDED, l.entry())
		require.EqualValues(t, 100_000, l.cny("bank-a"))
		require.Equal(t, settlement.STATE_UNWOUND, l.state())
		l.sound()
	})
	t.Run("a consent that is forged: the hub has another key on file than the far chain", func(t *testing.T) {
		forged := apptest.ConsentKey(farName, apptest.Address("bank-b").String())
		l.hub.relay(one(t, l.propose(offer{reference: "forged", payer: "bank-b", key: forged})))
		require.Equal(t, token.HOLD_STATE_TOMBSTONED, l.entry())
		require.EqualValues(t, 100_000, l.cny("bank-b"))
		l.unwound("not signed by the payer's key")
	})
	t.Run("refused there", func(t *testing.T) {
		l.far.MustRunTx("bank-a", banktypes.NewMsgSend(apptest.Address("bank-a"), apptest.Address("bank-b"),
			sdk.NewCoins(sdk.NewInt64Coin(token.Denom("CNY"), 50_000))))
		l.hub.relay(one(t, l.propose(offer{reference: "poor"})))
		require.Equal(t, token.HOLD_STATE_TOMBSTONED, l.entry())
		l.unwound("not enough money")
	})
	require.Zero(t, l.cny("fxp"))
}

func TestAChannelThatTheFarChainHasNotRegisteredCarriesNothing(t *testing.T) {
	l := linked(t)
	l.register()
	hold := one(t, l.propose(offer{reference: "r-1"}))
	l.hub.relay(hold)
	l.answered(1, order.Refused)
	require.Contains(t, l.dispatch(1).Reason, "bridge/34")
	_, err := app.KeepersOf(l.far.App).Token.Hold(l.far.Context(), l.body.EntryID(0).String())
	require.ErrorIs(t, err, token.ErrUnknownHold, "nothing is left there")
	l.unwound("bridge/34")

	l.setPeer()
	open(t, l.hub, l.far) // another channel between the same two, registered by nobody
	_, err = app.KeepersOf(l.far.App).Bridge.Receive(l.far.Context(), l.far.channel, hold.Data)
	require.ErrorIs(t, err, bridge.ErrUnknownPeer)
}

func TestAnErrorAcknowledgementOfAPOSTIsNoOutcomeAndThePOSTIsSentAgain(t *testing.T) {
	l := registered(t)
	l.hub.relay(one(t, l.propose(offer{reference: "r-1"})))
	l.usd(1, order.Held)
	post := one(t, l.hub.sends())
	again := &bridge.MsgSendAgain{Sender: relayer(), Ledger: farName, Number: 2}
	_, err := l.hub.RunTx(apptest.Governor, again)
	require.ErrorIs(t, err, bridge.ErrNotAgain, "it is under way")

	remove := &bridge.MsgRemovePeer{Authority: app.KeepersOf(l.far.App).Bridge.Authority(), ChainId: hubChain, Ledger: farName}
	require.NoError(t, l.far.Govern(remove))
	l.hub.relay(post)
	require.Equal(t, bridge.DISPATCH_STATE_UNANSWERED, l.dispatch(2).State)
	require.Equal(t, bridge.PROGRESS_OPEN, l.tracking(2).Progress)
	require.Equal(t, settlement.STATE_COMMITTED, l.state(), "the decision stands")

	l.setPeer()
	l.hub.MustRunTx(apptest.Governor, again)
	l.hub.relay(one(t, l.hub.sends()))
	l.answered(2, order.Posted)
	require.EqualValues(t, 2, l.dispatch(2).Packets)
	l.usd(2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, l.state())
	l.sound()
}

// expired has the hub's light client of the far chain expire after the HOLD was answered, then the decision fall.
func expired(t *testing.T) *legs {
	t.Helper()
	l := registered(t, func(l *legs) { l.hub.trusting = 15 * time.Minute })
	l.hub.relay(one(t, l.propose(offer{reference: "r-1", prepare: 55 * time.Minute})))
	l.hub.AdvanceTo(l.hub.Now().Add(20 * time.Minute))
	require.NoError(t, l.far.update(), "the far chain's client of the hub lives")
	l.usd(1, order.Held)
	require.Equal(t, settlement.STATE_COMMITTED, l.state(), "the decision stands")
	require.Empty(t, l.hub.sends(), "dispatch waits")
	require.Equal(t, bridge.DISPATCH_STATE_WAITING, l.dispatch(2).State)
	require.Contains(t, l.stall().Reason, "client state is not active")
	l.hub.NextBlock(0)
	require.Empty(t, l.hub.sends())
	return l
}

func TestADecisionThatFallsWhileTheClientIsExpiredIsFinishedByASubstitutedClient(t *testing.T) {
	l := expired(t)
	substitute := l.hub.createClient()
	before := l.hub.Height()
	require.NoError(t, l.hub.Govern(clienttypes.NewMsgRecoverClient(app.KeepersOf(l.hub.App).Bridge.Authority(), l.hub.client, substitute)))
	require.Less(t, before, l.hub.Height())
	post := one(t, l.hub.sends()) // at the end of the very block in which governance decided
	require.Nil(t, l.stall())
	l.hub.relay(post)
	l.answered(2, order.Posted)
	l.usd(2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, l.state())
	l.sound()
}

func TestADecisionThatFallsWhileTheClientIsExpiredIsFinishedByAnotherChannel(t *testing.T) {
	l := expired(t)
	connect(t, l.hub, l.far)
	open(t, l.hub, l.far)
	l.setPeer()
	l.hub.restart()
	require.NotNil(t, l.stall(), "what waits and why is exported")
	set := &bridge.MsgSetChannel{Authority: app.KeepersOf(l.hub.App).Bridge.Authority(), Ledger: farName, Channel: *l.ledger().Channel}
	require.NoError(t, l.hub.Govern(set))
	post := one(t, l.hub.sends())
	require.Equal(t, l.hub.channel, post.SourceChannel)

	// That client expires too before the POST is carried: a third channel, and the POST once more.
	l.hub.AdvanceTo(l.hub.Now().Add(20 * time.Minute))
	require.NoError(t, l.far.update())
	connect(t, l.hub, l.far)
	open(t, l.hub, l.far)
	l.setPeer()
	set.Channel = *l.ledger().Channel
	require.NoError(t, l.hub.Govern(set))
	require.Empty(t, l.hub.sends(), "what was sent is sent again only when somebody says so")
	l.hub.MustRunTx("bank-b", &bridge.MsgSendAgain{Sender: apptest.Address("bank-b").String(), Ledger: farName, Number: 2})
	l.hub.relay(one(t, l.hub.sends()))
	l.answered(2, order.Posted)
	l.usd(2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, l.state())
	l.sound()
}

func TestAHOLDThatCouldNotBeSentInTimeIsRefusedUnsent(t *testing.T) {
	l := registered(t, func(l *legs) { l.hub.trusting = 15 * time.Minute })
	l.hub.AdvanceTo(l.hub.Now().Add(20 * time.Minute))
	require.Empty(t, l.propose(offer{reference: "r-1", prepare: 10 * time.Minute}))
	require.Equal(t, bridge.DISPATCH_STATE_WAITING, l.dispatch(1).State)
	l.hub.AdvanceTo(l.hub.Now().Add(11 * time.Minute))
	l.answered(1, order.Refused)
	require.Zero(t, l.dispatch(1).Packets)
	l.unwound("not sent before the prepare deadline")
}

func TestBothChainsAreExportedAndGoOnInTheMiddle(t *testing.T) {
	l := registered(t)
	hold := one(t, l.propose(offer{reference: "r-1"}))
	l.hub.restart() // a packet is open
	ack, err := l.hub.receive(hold)
	require.NoError(t, err)
	l.far.restart() // an entry is held, its answer not carried
	require.Equal(t, token.HOLD_STATE_HELD, l.entry())
	l.hub.acknowledge(hold, ack)
	l.answered(1, order.Held)
	l.hub.restart()
	l.usd(1, order.Held)
	post := one(t, l.hub.sends())
	l.far.restart()
	l.hub.restart()
	l.hub.relay(post)
	l.answered(2, order.Posted)
	l.usd(2, order.Posted)
	require.Equal(t, settlement.STATE_SETTLED, l.state())
	l.sound()
}
