package ante_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	storetypes "cosmossdk.io/store/types"

	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/ante"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/compliance/keeper"
)

// env runs transactions through the two decorators as an ante handler does.
type env struct {
	*testing.T
	ctx     sdk.Context
	cdc     *codec.ProtoCodec
	handler sdk.AnteHandler
	blocks  storetypes.StoreKey
	msgs    compliance.MsgServer
	gov     string
}

func newEnv(t *testing.T, limit uint32) *env {
	t.Helper()
	var (
		keys      = storetypes.NewKVStoreKeys(authtypes.StoreKey, compliance.StoreKey)
		transient = storetypes.NewTransientStoreKeys(compliance.TransientStoreKey)
		cdc       = codectestutil.CodecOptions{AccAddressPrefix: compliancetest.Bech32Prefix, ValAddressPrefix: "corridorvaloper"}.NewCodec()
		addresses = compliancetest.Addresses()
	)
	authtypes.RegisterInterfaces(cdc.InterfaceRegistry())
	banktypes.RegisterInterfaces(cdc.InterfaceRegistry())
	staking.RegisterInterfaces(cdc.InterfaceRegistry())
	gov, err := addresses.BytesToString(authtypes.NewModuleAddress("gov"))
	require.NoError(t, err)
	e := &env{T: t, cdc: cdc, gov: gov, ctx: testutil.DefaultContextWithKeys(keys, transient, nil).WithBlockHeight(1)}
	accounts := authkeeper.NewAccountKeeper(cdc, runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		nil, addresses, compliancetest.Bech32Prefix, gov)
	k := keeper.New(cdc, runtime.NewKVStoreService(keys[compliance.StoreKey]), addresses, gov, accounts)
	require.NoError(t, k.InitGenesis(e.ctx, compliance.GenesisState{
		Params: compliance.Params{MaxTxsPerSender: limit},
		Participants: []compliance.Participant{
			compliancetest.Participant("bank-a", compliance.ROLE_BANK), compliancetest.Participant("relayer", compliance.ROLE_RELAYER),
		},
	}))
	e.msgs, e.blocks = keeper.NewMsgServer(k), transient[compliance.TransientStoreKey]
	e.handler = sdk.ChainAnteDecorators(ante.SeatsDecorator{},
		ante.NewAdmitDecorator(k, runtime.NewTransientStoreService(transient[compliance.TransientStoreKey])))
	return e
}

// run passes a transaction with these messages to the ante handler.
func (e *env) run(msgs ...sdk.Msg) error {
	e.Helper()
	builder := authtx.NewTxConfig(e.cdc, authtx.DefaultSignModes).NewTxBuilder()
	require.NoError(e, builder.SetMsgs(msgs...))
	_, err := e.handler(e.ctx, builder.GetTx(), false)
	return err
}

func send(from string) sdk.Msg {
	return &banktypes.MsgSend{FromAddress: compliancetest.Address(from), ToAddress: compliancetest.Address("bank-a")}
}

func TestOnlyParticipantsSign(t *testing.T) {
	e := newEnv(t, 0)
	require.NoError(t, e.run(send("bank-a")))
	require.NoError(t, e.run(send("relayer")), "of any role")
	require.ErrorIs(t, e.run(send("stranger")), compliance.ErrNotAdmitted)
	require.ErrorIs(t, e.run(send("bank-a"), send("stranger")), compliance.ErrNotAdmitted, "every signer counts")
}

func TestAFrozenParticipantSignsNothing(t *testing.T) {
	e := newEnv(t, 0)
	_, err := e.msgs.Freeze(e.ctx, &compliance.MsgFreeze{Sender: e.gov, Id: "bank-a", Reason: "court order 7"})
	require.NoError(t, err)
	err = e.run(send("bank-a"))
	require.ErrorIs(t, err, compliance.ErrFrozen)
	require.ErrorContains(t, err, "court order 7")
	require.ErrorIs(t, e.run(send("relayer"), send("bank-a")), compliance.ErrFrozen)
}

func TestASenderHasItsShareOfABlock(t *testing.T) {
	e := newEnv(t, 2)
	require.NoError(t, e.run(send("bank-a")))
	require.NoError(t, e.run(send("bank-a")))
	require.ErrorIs(t, e.run(send("bank-a")), compliance.ErrTooManyTxs)
	require.NoError(t, e.run(send("relayer"), send("relayer")), "another sender has its own, and messages are not counted")
	e.ctx.MultiStore().(storetypes.CommitMultiStore).GetCommitStore(e.blocks).Commit()
	require.NoError(t, e.run(send("bank-a")), "and so has the next block")
}

func TestNoLimitMeansNoLimit(t *testing.T) {
	e := newEnv(t, 0)
	for range 50 {
		require.NoError(t, e.run(send("bank-a")))
	}
}

func TestTransactionsOfGenesisPass(t *testing.T) {
	e := newEnv(t, 1)
	e.ctx = e.ctx.WithBlockHeight(0)
	require.NoError(t, e.run(&staking.MsgCreateValidator{ValidatorAddress: validator(t, "stranger")}))
}

func TestSeatsAreClosed(t *testing.T) {
	e := newEnv(t, 0)
	delegator, operator := compliancetest.Address("bank-a"), validator(t, "bank-a")
	for _, m := range []sdk.Msg{
		&staking.MsgCreateValidator{ValidatorAddress: operator},
		&staking.MsgEditValidator{ValidatorAddress: operator},
		&staking.MsgDelegate{DelegatorAddress: delegator},
		&staking.MsgBeginRedelegate{DelegatorAddress: delegator},
		&staking.MsgUndelegate{DelegatorAddress: delegator},
		&staking.MsgCancelUnbondingDelegation{DelegatorAddress: delegator},
	} {
		require.ErrorIs(t, e.run(m), compliance.ErrSeatsClosed, sdk.MsgTypeURL(m))
		require.ErrorIs(t, e.run(send("bank-a"), m), compliance.ErrSeatsClosed, "behind another message")
	}
}

func validator(t *testing.T, id string) string {
	t.Helper()
	text, err := addresscodec.NewBech32Codec("corridorvaloper").BytesToString(compliancetest.Key(id).PubKey().Address())
	require.NoError(t, err)
	return text
}
