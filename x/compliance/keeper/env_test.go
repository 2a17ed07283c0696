package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/log"
	storetypes "cosmossdk.io/store/types"

	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/compliance/keeper"
)

// mint is a module account that has coins to pay out.
const mint = "mint"

// env is compliance between the real accounts and the real bank, with its restriction in force.
type env struct {
	*testing.T
	ctx       sdk.Context
	authority string
	accounts  authkeeper.AccountKeeper
	bank      bankkeeper.BaseKeeper
	keeper    keeper.Keeper
	msgs      compliance.MsgServer
	queries   compliance.QueryServer
}

func newEnv(t *testing.T) *env {
	t.Helper()
	var (
		keys      = storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, compliance.StoreKey)
		registry  = codectestutil.CodecOptions{AccAddressPrefix: compliancetest.Bech32Prefix}
		cdc       = registry.NewCodec()
		addresses = compliancetest.Addresses()
	)
	authtypes.RegisterInterfaces(cdc.InterfaceRegistry())
	authority, err := addresses.BytesToString(authtypes.NewModuleAddress("gov"))
	require.NoError(t, err)
	e := &env{T: t, authority: authority, ctx: testutil.DefaultContextWithKeys(keys, nil, nil).WithBlockHeight(1)}
	e.accounts = authkeeper.NewAccountKeeper(cdc, runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		map[string][]string{mint: {authtypes.Minter}}, addresses, compliancetest.Bech32Prefix, authority)
	e.bank = bankkeeper.NewBaseKeeper(cdc, runtime.NewKVStoreService(keys[banktypes.StoreKey]), e.accounts, nil, authority, log.NewNopLogger())
	e.keeper = keeper.New(cdc, runtime.NewKVStoreService(keys[compliance.StoreKey]), addresses, authority, e.accounts)
	e.bank.AppendSendRestriction(e.keeper.SendRestriction)
	e.msgs, e.queries = keeper.NewMsgServer(e.keeper), keeper.NewQueryServer(e.keeper)
	require.NoError(t, e.keeper.InitGenesis(e.ctx, *compliance.DefaultGenesis()))
	return e
}

// admit admits participants with a role each.
func (e *env) admit(role compliance.Role, ids ...string) {
	e.Helper()
	for _, id := range ids {
		_, err := e.msgs.Admit(e.ctx, &compliance.MsgAdmit{Authority: e.authority, Participant: compliancetest.Participant(id, role)})
		require.NoError(e, err)
	}
}

func (e *env) freeze(id string) {
	e.Helper()
	_, err := e.msgs.Freeze(e.ctx, &compliance.MsgFreeze{Sender: e.authority, Id: id, Reason: "test"})
	require.NoError(e, err)
}

func (e *env) participant(id string) compliance.Participant {
	e.Helper()
	p, err := e.keeper.Participant(e.ctx, id)
	require.NoError(e, err)
	return p
}

// fund pays an account out of the module account mint.
func (e *env) fund(to sdk.AccAddress, amount int64) error {
	coins := sdk.NewCoins(sdk.NewInt64Coin("token", amount))
	if err := e.bank.MintCoins(e.ctx, mint, coins); err != nil {
		return err
	}
	return e.bank.SendCoinsFromModuleToAccount(e.ctx, mint, to, coins)
}

func account(id string) sdk.AccAddress {
	return sdk.AccAddress(compliancetest.Key(id).PubKey().Address())
}
