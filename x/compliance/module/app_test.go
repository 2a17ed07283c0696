package module_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"
	transfer "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	client "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connection "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channel "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	commitment "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	tendermint "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/token"
)

// These are the rules of the README through the whole hub.

func newHub(t *testing.T, change func(*apptest.Genesis)) *apptest.Chain {
	t.Helper()
	g := apptest.NewGenesis()
	g.Currency("CNY", 2, bridge.HubLedger)
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Participant("overseer", compliance.ROLE_SUPERVISOR)
	g.Issuer("issuer", "CNY", 1_000_000)
	g.Balance("bank-a", token.Denom("CNY"), 10_000)
	g.Balance("stranger", token.Denom("CNY"), 10_000)
	if change != nil {
		change(g)
	}
	return apptest.New(t, g)
}

func send(from, to string, amountMinor uint64) sdk.Msg {
	return sendTo(from, apptest.Address(to), amountMinor)
}

func sendTo(from string, to sdk.AccAddress, amountMinor uint64) sdk.Msg {
	return banktypes.NewMsgSend(apptest.Address(from), to, sdk.NewCoins(token.Coin("CNY", amountMinor)))
}

func TestAStrangerStartsNothingEvenWithMoney(t *testing.T) {
	hub := newHub(t, nil)
	_, err := hub.RunTx("stranger", send("stranger", "bank-a", 1))
	require.ErrorIs(t, err, compliance.ErrNotAdmitted)
	require.ErrorIs(t, hub.CheckTx(apptest.Tx{Signer: "stranger", Msgs: []sdk.Msg{send("stranger", "bank-a", 1)}}), compliance.ErrNotAdmitted)
	_, err = hub.RunTx("bank-a", send("bank-a", "stranger", 1))
	require.ErrorIs(t, err, compliance.ErrRecipient)
	hub.MustRunTx("bank-a", send("bank-a", "bank-b", 1))
}

func TestGovernanceAdmitsAnInstitutionWhichThenSigns(t *testing.T) {
	hub := newHub(t, nil)
	p := compliancetest.Participant("newcomer", compliance.ROLE_BANK)
	p.Address = apptest.Address("newcomer").String()
	authority := app.KeepersOf(hub.App).Compliance.Authority()
	require.NoError(t, hub.Govern(&compliance.MsgAdmit{Authority: authority, Participant: p}))
	hub.MustRunTx("bank-a", send("bank-a", "newcomer", 10))
	hub.MustRunTx("newcomer", send("newcomer", "bank-b", 10))
	_, err := hub.RunTx("bank-a", &compliance.MsgAdmit{Authority: apptest.Address("bank-a").String(), Participant: p})
	require.ErrorIs(t, err, compliance.ErrUnauthorized)
}

func TestAFreezeStopsWhatItsOwnerStarts(t *testing.T) {
	hub := newHub(t, nil)
	overseer := apptest.Address("overseer").String()
	hub.MustRunTx("overseer", &compliance.MsgFreeze{Sender: overseer, Id: "bank-a", Reason: "court order 7"})
	_, err := hub.RunTx("bank-a", send("bank-a", "bank-b", 1))
	require.ErrorIs(t, err, compliance.ErrFrozen)
	hub.MustRunTx("issuer", &token.MsgIssue{Issuer: apptest.Address("issuer").String(), Currency: "CNY", Recipient: apptest.Address("bank-b").String(), AmountMinor: 5})
	hub.MustRunTx("bank-b", send("bank-b", "bank-a", 5))

	again, err := hub.Restart(time.Minute)
	require.NoError(t, err)
	_, err = again.RunTx("bank-a", send("bank-a", "bank-b", 1))
	require.ErrorIs(t, err, compliance.ErrFrozen, "an export does not unfreeze")
	again.MustRunTx("overseer", &compliance.MsgUnfreeze{Sender: overseer, Id: "bank-a"})
	again.MustRunTx("bank-a", send("bank-a", "bank-b", 1))
}

func TestABlockTakesSoManyTransactionsOfASender(t *testing.T) {
	hub := newHub(t, func(g *apptest.Genesis) { g.Compliance.Params.MaxTxsPerSender = 2 })
	var txs []apptest.Tx
	for n := range uint64(4) {
		txs = append(txs, apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{send("bank-a", "bank-b", n+1)}, Ahead: n})
	}
	results := hub.RunTxs(txs...)
	require.NoError(t, apptest.TxError(results[0]))
	require.NoError(t, apptest.TxError(results[1]))
	require.ErrorIs(t, apptest.TxError(results[2]), compliance.ErrTooManyTxs)
	require.Error(t, apptest.TxError(results[3]))
	hub.MustRunTx("bank-a", send("bank-a", "bank-b", 1))
}

func TestAMempoolTakesSoManyTransactionsOfASenderFromOneBlockToTheNext(t *testing.T) {
	hub := newHub(t, func(g *apptest.Genesis) { g.Compliance.Params.MaxTxsPerSender = 2 })
	check := func(ahead uint64) error {
		return hub.CheckTx(apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{send("bank-a", "bank-b", 1)}, Ahead: ahead})
	}
	require.NoError(t, check(0))
	require.NoError(t, check(1))
	require.ErrorIs(t, check(2), compliance.ErrTooManyTxs)
	hub.NextBlock(0)
	require.NoError(t, check(0))
}

func TestASeatIsNotPassedOn(t *testing.T) {
	hub := newHub(t, nil)
	governor := apptest.Address(apptest.Governor)
	validators, err := app.KeepersOf(hub.App).Staking.GetAllValidators(hub.Context())
	require.NoError(t, err)
	bond, err := app.KeepersOf(hub.App).Staking.BondDenom(hub.Context())
	require.NoError(t, err)
	_, err = hub.RunTx(apptest.Governor, staking.NewMsgUndelegate(governor.String(), validators[0].OperatorAddress, sdk.NewInt64Coin(bond, 1)))
	require.ErrorIs(t, err, compliance.ErrSeatsClosed)
}

func TestATransferThatArrivesForNobodyAdmittedGoesBack(t *testing.T) {
	hub := newHub(t, nil)
	overseer := apptest.Address("overseer").String()
	hub.MustRunTx("overseer", &compliance.MsgFreeze{Sender: overseer, Id: "bank-b", Reason: "court order 7"})
	ics20, found := app.KeepersOf(hub.App).IBC.Router.GetRoute(transfer.ModuleName)
	require.True(t, found)
	receive := func(to string) bool {
		data := transfer.NewFungibleTokenPacketData("far", "7", "sender", apptest.Address(to).String(), "")
		packet := channel.NewPacket(data.GetBytes(), 1, "transfer", "channel-9", "transfer", "channel-0", client.NewHeight(1, 1), 0)
		return ics20.OnRecvPacket(hub.Context(), packet, nil).Success()
	}
	require.True(t, receive("bank-a"))
	require.False(t, receive("bank-b"))
	require.False(t, receive("stranger"))
}

func TestMoneyLeavesOverAChannelAndComesBackToAFrozenSender(t *testing.T) {
	hub := newHub(t, nil)
	escrow := openChannel(t, hub)
	hub.MustRunTx("bank-a", sendTo("bank-a", escrow, 100))
	state, err := app.KeepersOf(hub.App).Compliance.ExportGenesis(hub.Context())
	require.NoError(t, err)
	require.Equal(t, []string{escrow.String()}, state.Escrows)

	hub.MustRunTx("overseer", &compliance.MsgFreeze{Sender: apptest.Address("overseer").String(), Id: "bank-a", Reason: "court order 7"})
	ics20, _ := app.KeepersOf(hub.App).IBC.Router.GetRoute(transfer.ModuleName)
	ctx := hub.Context()
	app.KeepersOf(hub.App).Transfer.SetTotalEscrowForDenom(ctx, token.Coin("CNY", 100)) // as MsgTransfer would have
	data := transfer.NewFungibleTokenPacketData(token.Denom("CNY"), "100", apptest.Address("bank-a").String(), "receiver", "")
	packet := channel.NewPacket(data.GetBytes(), 1, "transfer", "channel-0", "transfer", "channel-9", client.NewHeight(1, 1), 0)
	require.NoError(t, ics20.OnTimeoutPacket(ctx, packet, nil), "a refund never fails")
	require.EqualValues(t, 10_000, app.KeepersOf(hub.App).Bank.GetBalance(ctx, apptest.Address("bank-a"), token.Denom("CNY")).Amount.Int64())
}

// openChannel begins a channel's handshake, as far as the hub can alone, and gives the channel's escrow account.
func openChannel(t *testing.T, hub *apptest.Chain) sdk.AccAddress {
	t.Helper()
	relayer, escrow := apptest.Address("bank-b").String(), transfer.GetEscrowAddress(transfer.PortID, "channel-0")
	_, err := hub.RunTx("bank-a", sendTo("bank-a", escrow, 100))
	require.ErrorIs(t, err, compliance.ErrRecipient, "before the channel there is no escrow")
	create, err := client.NewMsgCreateClient(
		tendermint.NewClientState("far-1", tendermint.DefaultTrustLevel, time.Hour, 2*time.Hour, time.Second,
			client.NewHeight(1, 1), commitment.GetSDKSpecs(), nil),
		tendermint.NewConsensusState(hub.Now(), commitment.NewMerkleRoot(make([]byte, 32)), make([]byte, 32)), relayer)
	require.NoError(t, err)
	hub.MustRunTx("bank-b", create)
	hub.MustRunTx("bank-b", connection.NewMsgConnectionOpenInit("07-tendermint-0", "07-tendermint-0",
		commitment.NewMerklePrefix([]byte("ibc")), nil, 0, relayer))
	hub.MustRunTx("bank-b", channel.NewMsgChannelOpenInit(transfer.PortID, transfer.Version, channel.UNORDERED,
		[]string{"connection-0"}, transfer.PortID, relayer))
	return escrow
}
