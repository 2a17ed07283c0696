package ibc_test

import (
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	capabilitykeeper "github.com/cosmos/ibc-go/modules/capability/keeper"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibckeeper "github.com/cosmos/ibc-go/v8/modules/core/keeper"
	tendermint "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	ibctesting "github.com/cosmos/ibc-go/v8/testing"
	"github.com/cosmos/ibc-go/v8/testing/mock"
	ibctestingtypes "github.com/cosmos/ibc-go/v8/testing/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
)

// end is one of two real hubs with a real light client of the other: all that a relayer does between them, without one.
type end struct {
	*apptest.Chain
	t          testing.TB
	far        *end
	validators *cmttypes.ValidatorSet
	signer     cmttypes.PrivValidator

	client, connection, channel string

	trusting time.Duration // how long its light client stays usable without an update
}

// newEnd starts a chain whose validator's key signs the headers that the other end is shown.
func newEnd(t testing.TB, g *apptest.Genesis) *end {
	t.Helper()
	key := ed25519.GenPrivKeyFromSecret([]byte("validator of " + g.ChainID))
	g.Validators[0].ConsensusKey = key.PubKey()
	public, err := cryptocodec.ToCmtPubKeyInterface(key.PubKey())
	require.NoError(t, err)
	return &end{
		Chain: apptest.New(t, g), t: t, signer: mock.PV{PrivKey: key}, trusting: 24 * time.Hour,
		validators: cmttypes.NewValidatorSet([]*cmttypes.Validator{cmttypes.NewValidator(public, 1)}),
	}
}

// testingApp is what ibc-go's header maker asks of an app.
type testingApp struct{ *app.App }

func (a testingApp) GetBaseApp() *baseapp.BaseApp { return a.BaseApp }
func (a testingApp) GetStakingKeeper() ibctestingtypes.StakingKeeper {
	return app.KeepersOf(a.App).Staking
}
func (a testingApp) GetIBCKeeper() *ibckeeper.Keeper { return app.KeepersOf(a.App).IBC }
func (a testingApp) GetScopedIBCKeeper() capabilitykeeper.ScopedKeeper {
	return app.KeepersOf(a.App).ScopedIBC
}
func (a testingApp) GetTxConfig() client.TxConfig { return a.TxConfig }
func (a testingApp) AppCodec() codec.Codec        { return a.Codec }

// relayer is who submits what a relayer would.
func relayer() string { return apptest.Address(apptest.Governor).String() }

func (e *end) height() clienttypes.Height {
	return clienttypes.NewHeight(clienttypes.ParseChainID(e.ID()), uint64(e.Height()))
}

// header makes a block, so that what was committed before is provable, and signs its header.
func (e *end) header(trusted clienttypes.Height) *tendermint.Header {
	state := e.App.LastCommitID().Hash
	e.NextBlock(0)
	maker := &ibctesting.TestChain{TB: e.t, App: testingApp{e.App}, ChainID: e.ID()}
	maker.CurrentHeader.AppHash = state
	signers := map[string]cmttypes.PrivValidator{e.validators.Validators[0].Address.String(): e.signer}
	return maker.CreateTMClientHeader(e.ID(), e.Height(), trusted, e.Now(), e.validators, e.validators, e.validators, signers)
}

// createClient makes a light client of the far chain and gives its id.
func (e *end) createClient() string {
	e.t.Helper()
	header := e.far.header(clienttypes.ZeroHeight())
	e.catchUp()
	state := tendermint.NewClientState(e.far.ID(), tendermint.DefaultTrustLevel, e.trusting, 21*24*time.Hour, 10*time.Second,
		e.far.height(), commitmenttypes.GetSDKSpecs(), []string{"upgrade", "upgradedIBCState"})
	msg, err := clienttypes.NewMsgCreateClient(state, header.ConsensusState(), relayer())
	require.NoError(e.t, err)
	res := e.MustRunTx(apptest.Governor, msg)
	id, err := ibctesting.ParseClientIDFromEvents(res.Events)
	require.NoError(e.t, err)
	return id
}

// catchUp brings this chain's time to the far one's, as headers from the future are refused.
func (e *end) catchUp() {
	if e.Now().Before(e.far.Now()) {
		e.AdvanceTo(e.far.Now())
	}
}

// update brings the light client forward to a new block of the far chain.
func (e *end) update() error {
	state, found := app.KeepersOf(e.App).IBC.ClientKeeper.GetClientState(e.Context(), e.client)
	require.True(e.t, found)
	header := e.far.header(state.GetLatestHeight().(clienttypes.Height))
	e.catchUp()
	msg, err := clienttypes.NewMsgUpdateClient(e.client, header, relayer())
	require.NoError(e.t, err)
	_, err = e.RunTx(apptest.Governor, msg)
	return err
}

// proof is that of a key of the far chain, as of the height that the light client was just updated to.
func (e *end) proof(key []byte) ([]byte, clienttypes.Height) {
	e.t.Helper()
	require.NoError(e.t, e.update())
	res, err := e.far.App.Query(e.far.Context(), &abci.RequestQuery{
		Path: "store/" + exported.StoreKey + "/key", Height: e.far.Height() - 1, Data: key, Prove: true,
	})
	require.NoError(e.t, err)
	proof, err := commitmenttypes.ConvertProofs(res.ProofOps)
	require.NoError(e.t, err)
	raw, err := e.App.Codec.Marshal(&proof)
	require.NoError(e.t, err)
	return raw, e.far.height()
}

// restart exports the chain's state and goes on from it.
func (e *end) restart() {
	e.t.Helper()
	before, err := apptest.ModuleState(e.Export(), bridge.ModuleName)
	require.NoError(e.t, err)
	next, err := e.Restart(time.Second)
	require.NoError(e.t, err)
	after, err := apptest.ModuleState(next.Export(), bridge.ModuleName)
	require.NoError(e.t, err)
	require.JSONEq(e.t, string(before), string(after))
	e.Chain = next
}

func (e *end) run(msg sdk.Msg) *abci.ExecTxResult {
	e.t.Helper()
	return e.MustRunTx(apptest.Governor, msg)
}

// connect makes clients and a connection between two chains.
func connect(t testing.TB, a, b *end) {
	t.Helper()
	a.far, b.far = b, a
	a.client, b.client = a.createClient(), b.createClient()
	prefix := commitmenttypes.NewMerklePrefix([]byte(exported.StoreKey))
	versions := connectiontypes.GetCompatibleVersions()

	res := a.run(connectiontypes.NewMsgConnectionOpenInit(a.client, b.client, prefix, versions[0], 0, relayer()))
	a.connection = attribute(t, res, "connection_open_init", "connection_id")
	proof, at := b.proof(host.ConnectionKey(a.connection))
	res = b.run(&connectiontypes.MsgConnectionOpenTry{
		ClientId: b.client, Counterparty: connectiontypes.NewCounterparty(a.client, a.connection, prefix),
		CounterpartyVersions: versions[:1], ProofInit: proof, ProofHeight: at, Signer: relayer(),
	})
	b.connection = attribute(t, res, "connection_open_try", "connection_id")
	proof, at = a.proof(host.ConnectionKey(b.connection))
	a.run(&connectiontypes.MsgConnectionOpenAck{
		ConnectionId: a.connection, CounterpartyConnectionId: b.connection, Version: versions[0], ProofTry: proof, ProofHeight: at, Signer: relayer(),
	})
	proof, at = b.proof(host.ConnectionKey(a.connection))
	b.run(connectiontypes.NewMsgConnectionOpenConfirm(b.connection, proof, at, relayer()))
}

// open opens a channel between two leg apps on their connection.
func open(t testing.TB, a, b *end) {
	t.Helper()
	const port, version = bridge.LegPort, bridge.LegVersion
	res := a.run(channeltypes.NewMsgChannelOpenInit(port, "", channeltypes.UNORDERED, []string{a.connection}, port, relayer()))
	a.channel = attribute(t, res, "channel_open_init", "channel_id")
	proof, at := b.proof(host.ChannelKey(port, a.channel))
	res = b.run(channeltypes.NewMsgChannelOpenTry(port, "", channeltypes.UNORDERED, []string{b.connection}, port, a.channel, version, proof, at, relayer()))
	b.channel = attribute(t, res, "channel_open_try", "channel_id")
	proof, at = a.proof(host.ChannelKey(port, b.channel))
	a.run(channeltypes.NewMsgChannelOpenAck(port, a.channel, b.channel, version, proof, at, relayer()))
	proof, at = b.proof(host.ChannelKey(port, a.channel))
	b.run(channeltypes.NewMsgChannelOpenConfirm(port, b.channel, proof, at, relayer()))
}

func attribute(t testing.TB, res *abci.ExecTxResult, event, key string) string {
	t.Helper()
	for _, e := range res.Events {
		for _, a := range e.Attributes {
			if e.Type == event && a.Key == key {
				return a.Value
			}
		}
	}
	require.Fail(t, "no "+event+" with "+key)
	return ""
}

// sends are the packets that a block's end sent.
func (e *end) sends() []channeltypes.Packet {
	e.t.Helper()
	var packets []channeltypes.Packet
	for _, event := range e.Last.Events {
		if event.Type == channeltypes.EventTypeSendPacket {
			packet, err := ibctesting.ParsePacketFromEvents([]abci.Event{event})
			require.NoError(e.t, err)
			packets = append(packets, packet)
		}
	}
	return packets
}

// receive has the far chain take a packet of this one, and gives its acknowledgement.
func (e *end) receive(p channeltypes.Packet) ([]byte, error) {
	e.t.Helper()
	res, err := e.far.RunTx(apptest.Governor, e.reception(p))
	if err != nil {
		return nil, err
	}
	ack, err := ibctesting.ParseAckFromEvents(res.Events)
	if err != nil && strings.Contains(err.Error(), "acknowledgement event attribute not found") {
		return nil, nil // received before
	}
	return ack, err
}

func (e *end) reception(p channeltypes.Packet) sdk.Msg {
	e.t.Helper()
	proof, at := e.far.proof(host.PacketCommitmentKey(p.SourcePort, p.SourceChannel, p.Sequence))
	return channeltypes.NewMsgRecvPacket(p, proof, at, relayer())
}

// acknowledge brings a packet's acknowledgement back.
func (e *end) acknowledge(p channeltypes.Packet, ack []byte) {
	e.t.Helper()
	e.run(e.acknowledgement(p, ack))
}

func (e *end) acknowledgement(p channeltypes.Packet, ack []byte) sdk.Msg {
	e.t.Helper()
	proof, at := e.proof(host.PacketAcknowledgementKey(p.DestinationPort, p.DestinationChannel, p.Sequence))
	return channeltypes.NewMsgAcknowledgement(p, ack, proof, at, relayer())
}

// withRisingGas runs a message with more and more gas until there is enough, and demands that too little is an error that
// leaves everything as it was.
func (e *end) withRisingGas(msg sdk.Msg) *abci.ExecTxResult {
	e.t.Helper()
	before, err := apptest.ModuleState(e.Export(), bridge.ModuleName)
	require.NoError(e.t, err)
	for gas := uint64(60_000); gas < 3_000_000; gas += 20_000 {
		res := e.RunTxs(apptest.Tx{Signer: apptest.Governor, Msgs: []sdk.Msg{msg}, Gas: gas})[0]
		if err = apptest.TxError(res); err == nil {
			return res
		}
		require.ErrorIs(e.t, err, sdkerrors.ErrOutOfGas)
	}
	after, err := apptest.ModuleState(e.Export(), bridge.ModuleName)
	require.NoError(e.t, err)
	require.JSONEq(e.t, string(before), string(after))
	require.Fail(e.t, "no gas is enough")
	return nil
}

// timeout proves that a packet was not received in time.
func (e *end) timeout(p channeltypes.Packet) error {
	proof, at := e.proof(host.PacketReceiptKey(p.DestinationPort, p.DestinationChannel, p.Sequence))
	_, err := e.RunTx(apptest.Governor, channeltypes.NewMsgTimeout(p, 1, proof, at, relayer()))
	return err
}

// relay carries a packet there and its acknowledgement back.
func (e *end) relay(p channeltypes.Packet) {
	e.t.Helper()
	ack, err := e.receive(p)
	require.NoError(e.t, err)
	e.acknowledge(p, ack)
}

// resultAck is a successful acknowledgement's bytes.
func resultAck(a order.LegAnswer) []byte {
	return channeltypes.NewResultAcknowledgement(a.Encode()).Acknowledgement()
}
