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

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	compliancekeeper "github.com/corridor-network/corridor/x/compliance/keeper"
	"github.com/corridor-network/corridor/x/currency"
	currencykeeper "github.com/corridor-network/corridor/x/currency/keeper"
	"github.com/corridor-network/corridor/x/token"
	"github.com/corridor-network/corridor/x/token/keeper"
)

const chainID = "corridor-1"

// TestMain sets the prefix that the bank's export writes addresses with; the app sets it when it starts.
func TestMain(m *testing.M) {
	prefix := compliancetest.Bech32Prefix
	sdk.GetConfig().SetBech32PrefixForAccount(prefix, prefix+"pub")
	m.Run()
}

// env is token between the real accounts, bank, compliance and currency. Banks bank-a, bank-b and bank-c are admitted,
// and blocked, whom the bank pays nothing; issuer may have 1,000.00 CNY outstanding. After every step of every test the invariants hold.
type env struct {
	*testing.T
	ctx        sdk.Context
	authority  string
	bank       bankkeeper.BaseKeeper
	compliance compliance.MsgServer
	keeper     keeper.Keeper
	msgs       token.MsgServer
	queries    token.QueryServer
}

func newEnv(t *testing.T) *env {
	t.Helper()
	e := newEmptyEnv(t)
	require.NoError(t, e.keeper.InitGenesis(e.ctx, *token.DefaultGenesis()))
	_, err := e.msgs.AdmitIssuer(e.ctx, &token.MsgAdmitIssuer{
		Authority: e.authority, Issuer: token.Issuer{Currency: "CNY", Address: address("issuer"), AllowanceMinor: 100_000},
	})
	require.NoError(t, err)
	return e
}

func newEmptyEnv(t *testing.T) *env {
	t.Helper()
	var (
		keys = storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, compliance.StoreKey,
			currency.StoreKey, token.StoreKey)
		store     = func(key string) *storetypes.KVStoreKey { return keys[key] }
		cdc       = codectestutil.CodecOptions{AccAddressPrefix: compliancetest.Bech32Prefix}.NewCodec()
		addresses = compliancetest.Addresses()
		ctx       = testutil.DefaultContextWithKeys(keys, nil, nil).WithBlockHeight(1).WithChainID(chainID)
	)
	authtypes.RegisterInterfaces(cdc.InterfaceRegistry())
	authority, err := addresses.BytesToString(authtypes.NewModuleAddress("gov"))
	require.NoError(t, err)
	accounts := authkeeper.NewAccountKeeper(cdc, runtime.NewKVStoreService(store(authtypes.StoreKey)), authtypes.ProtoBaseAccount,
		token.ModuleAccounts(), addresses, compliancetest.Bech32Prefix, authority)
	blocked := map[string]bool{account("blocked").String(): true}
	for name := range token.ModuleAccounts() {
		blocked[authtypes.NewModuleAddress(name).String()] = true
	}
	bank := bankkeeper.NewBaseKeeper(cdc, runtime.NewKVStoreService(store(banktypes.StoreKey)), accounts, blocked, authority, log.NewNopLogger())
	participants := compliancekeeper.New(cdc, runtime.NewKVStoreService(store(compliance.StoreKey)), addresses, authority, accounts)
	bank.AppendSendRestriction(participants.SendRestriction)
	require.NoError(t, participants.InitGenesis(ctx, compliance.GenesisState{Participants: []compliance.Participant{
		compliancetest.Participant("bank-a", compliance.ROLE_BANK), compliancetest.Participant("bank-b", compliance.ROLE_BANK),
		compliancetest.Participant("bank-c", compliance.ROLE_BANK), compliancetest.Participant("issuer", compliance.ROLE_ISSUER),
		compliancetest.Participant("blocked", compliance.ROLE_BANK),
	}}))
	currencies := currencykeeper.New(cdc, runtime.NewKVStoreService(store(currency.StoreKey)), addresses, authority, participants)
	require.NoError(t, currencies.InitGenesis(ctx, currency.GenesisState{Currencies: []currency.Currency{
		{Code: "CNY", Exponent: 2, Ledgers: []string{bridge.HubLedger}}, {Code: "USD", Exponent: 2, Ledgers: []string{"rtgs"}},
	}}))
	k := keeper.New(cdc, runtime.NewKVStoreService(store(token.StoreKey)), addresses, authority, keeper.Neighbours{
		Accounts: accounts, Bank: bank, Participants: participants, Currencies: currencies,
	})
	return &env{
		T: t, ctx: ctx, authority: authority, bank: bank, compliance: compliancekeeper.NewMsgServer(participants),
		keeper: k, msgs: keeper.NewMsgServer(k), queries: keeper.NewQueryServer(k),
	}
}

func address(id string) string { return compliancetest.Address(id) }

func account(id string) sdk.AccAddress {
	return sdk.AccAddress(compliancetest.Key(id).PubKey().Address())
}

func (e *env) issue(to string, amountMinor uint64) {
	e.Helper()
	_, err := e.msgs.Issue(e.ctx, &token.MsgIssue{Issuer: address("issuer"), Currency: "CNY", Recipient: address(to), AmountMinor: amountMinor})
	require.NoError(e, err)
}

func (e *env) freeze(id string) {
	e.Helper()
	_, err := e.compliance.Freeze(e.ctx, &compliance.MsgFreeze{Sender: e.authority, Id: id, Reason: "court order 7"})
	require.NoError(e, err)
}

// execute does what the bridge does: an instruction in a CacheContext, dropped with an error.
func (e *env) execute(i order.Instruction) (bridge.Result, error) {
	e.Helper()
	ctx, write := e.ctx.CacheContext()
	r, err := e.keeper.Execute(ctx, i)
	if err == nil {
		write()
	}
	require.NoError(e, e.keeper.CheckInvariants(e.ctx))
	return r, err
}

// expect executes an instruction that has this outcome.
func (e *env) expect(i order.Instruction, want order.Outcome) bridge.Result {
	e.Helper()
	r, err := e.execute(i)
	require.NoError(e, err)
	require.Equal(e, want.String(), r.Outcome.String(), r.Reason)
	require.True(e, i.Kind.Allowed(r.Outcome))
	require.Equal(e, i, r.Instruction)
	return r
}

// where says where a currency's minor units are: of bank-a, of bank-b, held, in suspense.
func (e *env) where() [4]int64 {
	e.Helper()
	of := func(a sdk.AccAddress) int64 { return e.bank.GetBalance(e.ctx, a, token.Denom("CNY")).Amount.Int64() }
	return [4]int64{
		of(account("bank-a")), of(account("bank-b")),
		of(authtypes.NewModuleAddress(token.HoldsAccount)), of(authtypes.NewModuleAddress(token.SuspenseAccount)),
	}
}

// leg is an instruction about a payment of 7.00 CNY from one to another; reference tells settlements apart.
func leg(kind order.Kind, reference, from, to string) order.Instruction {
	return order.NewInstruction(kind, order.Body{
		ChainID: chainID, Proposer: address(from), Reference: reference, PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
		Legs: []order.Leg{{
			Ledger: bridge.HubLedger, Payer: address(from), Payee: address(to), Currency: "CNY", AmountMinor: 700, PaidBy: order.NoLeg,
		}},
	}, 0)
}
