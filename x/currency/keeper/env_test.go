package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "cosmossdk.io/store/types"

	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	compliancekeeper "github.com/corridor-network/corridor/x/compliance/keeper"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/currency/keeper"
)

const chainID = "corridor-1"

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// env is currency on a real store, beside the real compliance.
//
// The provider fxp holds wallet-fxp (CNY) on cbdc and acct-fxp (USD) on rtgs; bank-a holds wallet-a on cbdc.
type env struct {
	*testing.T
	ctx       sdk.Context
	authority string
	keeper    keeper.Keeper
	msgs      currency.MsgServer
	queries   currency.QueryServer
}

func newEnv(t *testing.T) *env {
	t.Helper()
	e := newEmptyEnv(t)
	for code, ledger := range map[string]string{"CNY": "cbdc", "USD": "rtgs"} {
		_, err := e.msgs.RegisterCurrency(e.ctx, &currency.MsgRegisterCurrency{
			Authority: e.authority, Currency: currency.Currency{Code: code, Exponent: 2, Ledgers: []string{ledger}},
		})
		require.NoError(t, err)
	}
	return e
}

func newEmptyEnv(t *testing.T) *env {
	t.Helper()
	var (
		keys      = storetypes.NewKVStoreKeys(authtypes.StoreKey, compliance.StoreKey, currency.StoreKey)
		cdc       = codectestutil.CodecOptions{AccAddressPrefix: compliancetest.Bech32Prefix}.NewCodec()
		addresses = compliancetest.Addresses()
		ctx       = testutil.DefaultContextWithKeys(keys, nil, nil).WithBlockHeight(1).WithChainID(chainID).WithBlockTime(now)
	)
	authtypes.RegisterInterfaces(cdc.InterfaceRegistry())
	authority, err := addresses.BytesToString(authtypes.NewModuleAddress("gov"))
	require.NoError(t, err)
	accounts := authkeeper.NewAccountKeeper(cdc, runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		nil, addresses, compliancetest.Bech32Prefix, authority)
	participants := compliancekeeper.New(cdc, runtime.NewKVStoreService(keys[compliance.StoreKey]), addresses, authority, accounts)
	account := compliancetest.Account
	require.NoError(t, participants.InitGenesis(ctx, compliance.GenesisState{Participants: []compliance.Participant{
		compliancetest.WithAccounts(compliancetest.Participant("fxp", compliance.ROLE_PROVIDER),
			account("cbdc", "wallet-fxp", "CNY"), account("rtgs", "acct-fxp", "USD"), account("rtgs", "acct-eur", "EUR")),
		compliancetest.WithAccounts(compliancetest.Participant("bank-a", compliance.ROLE_BANK),
			account("cbdc", "wallet-a", "CNY"), account("rtgs", "acct-a", "USD")),
	}}))
	k := keeper.New(cdc, runtime.NewKVStoreService(keys[currency.StoreKey]), addresses, authority, participants)
	return &env{T: t, ctx: ctx, authority: authority, keeper: k, msgs: keeper.NewMsgServer(k), queries: keeper.NewQueryServer(k)}
}

// terms is a quote of fxp: CNY to USD, 10.00 USD in all, good for an hour.
func terms(reference string) order.Quote {
	return order.Quote{
		ChainID: chainID, Provider: compliancetest.Address("fxp"), Reference: reference,
		PayCurrency: "CNY", ReceivingLedger: "cbdc", ReceivingAccount: "wallet-fxp",
		ReceiveCurrency: "USD", PayingLedger: "rtgs", PayingAccount: "acct-fxp",
		RatioNumerator: 14, RatioDenominator: 100, Rounding: order.RoundDown, SizeMinor: 1000,
		ExpiryUnixNs: currency.UnixNs(now.Add(time.Hour)), LatestPrepareUnixNs: currency.UnixNs(now.Add(2 * time.Hour)),
	}
}

// signed is the message by which the quote's provider publishes it.
func signed(t *testing.T, q order.Quote) *currency.MsgPublishQuote {
	t.Helper()
	signature, err := compliancetest.ConsentKey(q.PayingLedger, q.PayingAccount).Sign(order.QuoteSignBytes(q.ChainID, q.ID()))
	require.NoError(t, err)
	return &currency.MsgPublishQuote{Provider: q.Provider, Quote: q.Encode(), Signature: signature}
}

func (e *env) publish(q order.Quote) order.Hash {
	e.Helper()
	r, err := e.msgs.PublishQuote(e.ctx, signed(e.T, q))
	require.NoError(e, err)
	return order.Hash(r.QuoteId)
}

func (e *env) withdraw(id order.Hash) {
	e.Helper()
	_, err := e.msgs.WithdrawQuote(e.ctx, &currency.MsgWithdrawQuote{Provider: compliancetest.Address("fxp"), QuoteId: id[:]})
	require.NoError(e, err)
}

func (e *env) remaining(id order.Hash) uint64 {
	e.Helper()
	f, _, err := e.keeper.FirmQuote(e.ctx, id)
	require.NoError(e, err)
	return f.RemainingMinor
}

// at ends a block at another time.
func (e *env) at(t time.Time) {
	e.Helper()
	e.ctx = e.ctx.WithBlockTime(t)
	e.keeper.EndBlock(e.ctx)
}

// fill makes n open quotes of fxp; a genesis does not verify signatures again.
func (e *env) fill(n int) {
	e.Helper()
	var g currency.GenesisState
	for i := range n {
		q := terms(fmt.Sprintf("fill-%d", i))
		g.Quotes = append(g.Quotes, currency.NewFirmQuote(q.Encode(), q, make([]byte, currency.SignatureBytes)))
	}
	require.NoError(e, e.keeper.InitGenesis(e.ctx, g))
}
