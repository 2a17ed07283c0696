package app_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	storetypes "cosmossdk.io/store/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// busy is a chain with a swap under way: held on one ledger, not yet on the other.
func busy(t testing.TB) (*apptest.Chain, order.Quote, order.Body) {
	chain := apptest.New(t, swapGenesis())
	q, body := quoted(chain, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
	propose(chain, q, body)
	for _, notary := range []string{"cny-1", "cny-2"} {
		_, err := chain.Attest("cny", notary, 1, order.Held)
		require.NoError(t, err)
	}
	return chain, q, body
}

// FuzzTransaction gives the mempool and a block whatever bytes for a transaction: nothing panics, and what nobody signed changes nothing.
func FuzzTransaction(f *testing.F) {
	chain, _, body := busy(f)
	hold := chain.Word("usd", 1, order.Held)
	f.Add(chain.Sign(apptest.Tx{Signer: "bank-a", Msgs: []sdk.Msg{withdraw(body)}}))
	f.Add(chain.Sign(apptest.Tx{Signer: "bank-b", Msgs: []sdk.Msg{apptest.SignWords("bank-b", chain.ID(), "usd", "usd-1", hold)}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		checked, err := chain.App.CheckTx(&abci.RequestCheckTx{Tx: raw, Type: abci.CheckTxType_New})
		require.NoError(t, err)
		require.False(t, panicked(checked.Codespace, checked.Code), checked.Log)
		_, _, err = chain.App.Simulate(raw)
		require.False(t, errors.Is(err, sdkerrors.ErrPanic), "%v", err)
	})
}

func panicked(codespace string, code uint32) bool {
	return codespace == sdkerrors.ErrPanic.Codespace() && code == sdkerrors.ErrPanic.ABCICode()
}

func withdraw(body order.Body) sdk.Msg {
	id := body.ID()
	return &settlement.MsgWithdraw{Sender: apptest.Address("bank-a").String(), SettlementId: id[:]}
}

// FuzzMessage has the handlers carry out whatever message of ours, as if its signer had signed it: none panics, and what one leaves
// behind is sound: every invariant holds, and it can be exported as a genesis that validates.
func FuzzMessage(f *testing.F) {
	chain, q, body := busy(f)
	seeds := messages(chain, q, body)
	for _, m := range seeds {
		raw, err := proto.Marshal(m)
		require.NoError(f, err)
		f.Add(sdk.MsgTypeURL(m), raw)
	}
	newest := chain.Context().WithGasMeter(storetypes.NewInfiniteGasMeter())
	known := chain.App.InterfaceRegistry.ListImplementations(sdk.MsgInterfaceProtoName)
	f.Fuzz(func(t *testing.T, url string, raw []byte) {
		if !strings.HasPrefix(url, "/corridor.") || !slices.Contains(known, url) {
			return
		}
		msg, err := chain.App.InterfaceRegistry.Resolve(url)
		require.NoError(t, err)
		if proto.Unmarshal(raw, msg) != nil {
			return
		}
		ctx, _ := newest.CacheContext()
		if _, err := chain.App.MsgServiceRouter().Handler(msg)(ctx, msg); err != nil {
			return // the transaction leaves nothing
		}
		sound(t, chain, ctx)
	})
}

// messages are one of each kind that participants, notaries and governance send.
func messages(chain *apptest.Chain, q order.Quote, body order.Body) []sdk.Msg {
	a, fxp, governor, issuer := apptest.Address("bank-a").String(), apptest.Address("fxp").String(), apptest.Address(apptest.Governor).String(), apptest.Address("issuer").String()
	id, quote := body.ID(), q.ID()
	body.Reference, q.Reference = "r-2", "q-2"
	spec := swapGenesis().Spec
	ledger, participant := spec.Bridge.Ledgers[1], spec.Compliance.Participants[1]
	ledger.Id = "eur"
	return []sdk.Msg{
		apptest.SignQuote(q),
		&settlement.MsgPropose{Proposer: a, Body: body.Encode(), Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)}},
		&settlement.MsgConsent{Sender: a, SettlementId: id[:], Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)}},
		&settlement.MsgWithdraw{Sender: a, SettlementId: id[:]},
		&settlement.MsgVeto{Supervisor: governor, SettlementId: id[:], Reason: "sanctions"},
		&settlement.MsgAdvance{Sender: a, SettlementId: id[:]},
		&currency.MsgWithdrawQuote{Provider: fxp, QuoteId: quote[:]},
		&currency.MsgRegisterCurrency{Authority: app.Authority(), Currency: currency.Currency{Code: "EUR", Exponent: 2, Ledgers: []string{"usd"}}},
		apptest.SignWords("bank-a", chain.ID(), "usd", "usd-1", chain.Word("usd", 1, order.Held)),
		&bridge.MsgRetryOutcome{Sender: a, Ledger: "usd", Number: 1},
		&bridge.MsgRegisterLedger{Authority: app.Authority(), Ledger: ledger},
		&bridge.MsgSetNotaries{Authority: app.Authority(), Ledger: "usd", Notaries: ledger.Notaries, Threshold: 2},
		&bridge.MsgSuspendNotary{Authority: app.Authority(), Ledger: "usd", Notary: "usd-1", Reason: "audit"},
		&bridge.MsgSuspendLedger{Authority: app.Authority(), Ledger: "usd", Reason: "audit"},
		&bridge.MsgResumeLedger{Authority: app.Authority(), Ledger: "usd"},
		&bridge.MsgSendAgain{Sender: a, Ledger: "usd", Number: 1},
		&bridge.MsgSetPeer{Authority: app.Authority(), Peer: bridge.Peer{Ledger: "far"}},
		&compliance.MsgUpdate{Authority: app.Authority(), Participant: participant},
		&compliance.MsgFreeze{Sender: governor, Id: "bank-a", Reason: "court order"},
		&compliance.MsgUnfreeze{Sender: governor, Id: "bank-a"},
		&compliance.MsgSetParams{Authority: app.Authority(), Params: compliance.DefaultParams()},
		&token.MsgIssue{Issuer: issuer, Currency: "CNY", Recipient: a, AmountMinor: 100},
		&token.MsgBurn{Issuer: issuer, Currency: "CNY", AmountMinor: 1},
		&token.MsgAdmitIssuer{Authority: app.Authority(), Issuer: token.Issuer{Currency: "EUR", Address: issuer, AllowanceMinor: 5}},
	}
}

// sound evaluates every invariant, and validates what an export would hold.
func sound(t testing.TB, chain *apptest.Chain, ctx sdk.Context) {
	t.Helper()
	k := app.KeepersOf(chain.App)
	problems, err := k.Settlement.Problems(ctx)
	require.NoError(t, err)
	require.Empty(t, problems)
	require.NoError(t, k.Token.CheckInvariants(ctx))
	own := map[string]func(context.Context) error{
		bridge.ModuleName: func(ctx context.Context) error {
			return exported(ctx, k.Bridge.ExportGenesis, (*bridge.GenesisState).Validate)
		},
		compliance.ModuleName: func(ctx context.Context) error {
			return exported(ctx, k.Compliance.ExportGenesis, func(g *compliance.GenesisState) error { return g.Validate(k.Account.AddressCodec()) })
		},
		currency.ModuleName: func(ctx context.Context) error {
			return exported(ctx, k.Currency.ExportGenesis, (*currency.GenesisState).Validate)
		},
		settlement.ModuleName: func(ctx context.Context) error {
			return exported(ctx, k.Settlement.ExportGenesis, (*settlement.GenesisState).Validate)
		},
		token.ModuleName: func(ctx context.Context) error {
			return exported(ctx, k.Token.ExportGenesis, (*token.GenesisState).Validate)
		},
	}
	for name, valid := range own {
		require.NoError(t, valid(ctx), "what would be exported of %s", name)
	}
}

func exported[G any](ctx context.Context, export func(context.Context) (*G, error), validate func(*G) error) error {
	g, err := export(ctx)
	if err != nil {
		return err
	}
	return validate(g)
}

// FuzzGenesis validates whatever state of one of our modules: no file makes it panic.
func FuzzGenesis(f *testing.F) {
	chain, _, _ := busy(f)
	chain.NextBlock(time.Hour) // the swap has ended at its deadline, and is to be given back
	state := chain.Export()
	names := []string{bridge.ModuleName, compliance.ModuleName, currency.ModuleName, settlement.ModuleName, token.ModuleName}
	for i, name := range names {
		raw, err := apptest.ModuleState(state, name)
		require.NoError(f, err)
		f.Add(uint8(i), []byte(raw))
		f.Add(uint8(i), []byte("{}"))
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		name := names[int(which)%len(names)]
		basics := chain.App.Modules.Modules[name].(module.HasGenesisBasics)
		_ = basics.ValidateGenesis(chain.App.Codec, chain.App.TxConfig, raw)
	})
}
