package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/token"
)

func TestAnIssuerIsRefused(t *testing.T) {
	e := newEnv(t)
	for _, row := range []struct {
		name  string
		spoil func(*token.MsgAdmitIssuer)
		want  error
	}{
		{"not by governance", func(m *token.MsgAdmitIssuer) { m.Authority = address("issuer") }, token.ErrUnauthorized},
		{"of nothing", func(m *token.MsgAdmitIssuer) { m.Issuer.Currency = "" }, token.ErrNotIssuer},
		{"allowance too large", func(m *token.MsgAdmitIssuer) { m.Issuer.AllowanceMinor = order.MaxAmountMinor + 1 }, token.ErrInvalidAmount},
		{"unknown currency", func(m *token.MsgAdmitIssuer) { m.Issuer.Currency = "JPY" }, currency.ErrUnknownCurrency},
		{"currency of other ledgers", func(m *token.MsgAdmitIssuer) { m.Issuer.Currency = "USD" }, currency.ErrLedger},
		{"stranger", func(m *token.MsgAdmitIssuer) { m.Issuer.Address = address("stranger") }, token.ErrNotIssuer},
		{"bank", func(m *token.MsgAdmitIssuer) { m.Issuer.Address = address("bank-a") }, token.ErrNotIssuer},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := &token.MsgAdmitIssuer{Authority: e.authority, Issuer: token.Issuer{Currency: "CNY", Address: address("issuer"), AllowanceMinor: 1}}
			row.spoil(m)
			_, err := e.msgs.AdmitIssuer(e.ctx, m)
			require.ErrorIs(t, err, row.want)
		})
	}
}

func TestTokensAreIssuedUpToTheAllowance(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 60_000)
	e.issue("bank-b", 40_000)
	require.Equal(t, [4]int64{60_000, 40_000, 0, 0}, e.where())
	m := &token.MsgIssue{Issuer: address("issuer"), Currency: "CNY", Recipient: address("bank-a"), AmountMinor: 1}
	_, err := e.msgs.Issue(e.ctx, m)
	require.ErrorIs(t, err, token.ErrAllowanceExceeded)
	require.ErrorContains(t, err, "100000 minor units are outstanding and 1 are asked for, the allowance is 100000")
	_, err = e.msgs.AdmitIssuer(e.ctx, &token.MsgAdmitIssuer{
		Authority: e.authority, Issuer: token.Issuer{Currency: "CNY", Address: address("issuer"), AllowanceMinor: 100_001},
	})
	require.NoError(t, err)
	_, err = e.msgs.Issue(e.ctx, m)
	require.NoError(t, err)
}

func TestAnIssueIsRefused(t *testing.T) {
	e := newEnv(t)
	e.freeze("bank-c")
	for _, row := range []struct {
		name  string
		spoil func(*token.MsgIssue)
		want  error
	}{
		{"no issuer", func(m *token.MsgIssue) { m.Currency = "USD" }, token.ErrUnknownIssuer},
		{"not the issuer", func(m *token.MsgIssue) { m.Issuer = address("bank-a") }, token.ErrUnauthorized},
		{"nothing", func(m *token.MsgIssue) { m.AmountMinor = 0 }, token.ErrInvalidAmount},
		{"too much to write down", func(m *token.MsgIssue) { m.AmountMinor = order.MaxAmountMinor + 1 }, token.ErrInvalidAmount},
		{"to a stranger", func(m *token.MsgIssue) { m.Recipient = address("stranger") }, token.ErrRecipient},
		{"to nobody", func(m *token.MsgIssue) { m.Recipient = "" }, token.ErrRecipient},
		{"to a frozen bank", func(m *token.MsgIssue) { m.Recipient = address("bank-c") }, token.ErrRecipient},
		{"more than allowed", func(m *token.MsgIssue) { m.AmountMinor = 100_001 }, token.ErrAllowanceExceeded},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := &token.MsgIssue{Issuer: address("issuer"), Currency: "CNY", Recipient: address("bank-a"), AmountMinor: 1}
			row.spoil(m)
			_, err := e.msgs.Issue(e.ctx, m)
			require.ErrorIs(t, err, row.want)
			require.True(t, e.bank.GetSupply(e.ctx, token.Denom("CNY")).IsZero())
		})
	}
}

func TestAnIssuerBurnsItsOwn(t *testing.T) {
	e := newEnv(t)
	e.issue("issuer", 500)
	e.issue("bank-a", 100_000-500)
	burn := func(issuer, code string, amountMinor uint64) error {
		_, err := e.msgs.Burn(e.ctx, &token.MsgBurn{Issuer: issuer, Currency: code, AmountMinor: amountMinor})
		return err
	}
	require.ErrorIs(t, burn(address("issuer"), "USD", 1), token.ErrUnknownIssuer)
	require.ErrorIs(t, burn(address("bank-a"), "CNY", 1), token.ErrUnauthorized)
	require.ErrorIs(t, burn(address("issuer"), "CNY", 0), token.ErrInvalidAmount)
	require.ErrorIs(t, burn(address("issuer"), "CNY", 501), token.ErrNotEnough)
	require.NoError(t, burn(address("issuer"), "CNY", 500))
	require.EqualValues(t, 100_000-500, e.bank.GetSupply(e.ctx, token.Denom("CNY")).Amount.Int64())
	e.issue("bank-b", 500)
}

func TestAFrozenIssuerBurnsNothing(t *testing.T) {
	e := newEnv(t)
	e.issue("issuer", 500)
	e.freeze("issuer")
	_, err := e.msgs.Burn(e.ctx, &token.MsgBurn{Issuer: address("issuer"), Currency: "CNY", AmountMinor: 1})
	require.ErrorIs(t, err, compliance.ErrFrozen)
}

func TestWhoLostTheRoleIsAnIssuerNoMore(t *testing.T) {
	e := newEnv(t)
	e.issue("issuer", 500)
	p := compliancetest.Participant("issuer", compliance.ROLE_BANK)
	_, err := e.compliance.Update(e.ctx, &compliance.MsgUpdate{Authority: e.authority, Participant: p})
	require.NoError(t, err)
	_, err = e.msgs.Issue(e.ctx, &token.MsgIssue{Issuer: address("issuer"), Currency: "CNY", Recipient: address("bank-a"), AmountMinor: 1})
	require.ErrorIs(t, err, token.ErrNotIssuer)
	_, err = e.msgs.Burn(e.ctx, &token.MsgBurn{Issuer: address("issuer"), Currency: "CNY", AmountMinor: 1})
	require.ErrorIs(t, err, token.ErrNotIssuer)
	_, err = e.msgs.ReleaseSuspense(e.ctx, &token.MsgReleaseSuspense{
		Issuer: address("issuer"), Currency: "CNY", Recipient: address("bank-a"), AmountMinor: 1,
	})
	require.ErrorIs(t, err, token.ErrNotIssuer)
}

func TestTheIssuerReleasesSuspense(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	e.freeze("bank-b")
	e.expect(leg(order.Post, "r", "bank-a", "bank-b"), order.Suspense)
	release := func(issuer, code, to string, amountMinor uint64) error {
		_, err := e.msgs.ReleaseSuspense(e.ctx, &token.MsgReleaseSuspense{
			Issuer: issuer, Currency: code, Recipient: address(to), AmountMinor: amountMinor,
		})
		require.NoError(t, e.keeper.CheckInvariants(e.ctx))
		return err
	}
	require.ErrorIs(t, release(address("issuer"), "USD", "bank-c", 1), token.ErrUnknownIssuer)
	require.ErrorIs(t, release(address("bank-a"), "CNY", "bank-a", 1), token.ErrUnauthorized)
	require.ErrorIs(t, release(address("issuer"), "CNY", "bank-c", 0), token.ErrInvalidAmount)
	require.ErrorIs(t, release(address("issuer"), "CNY", "stranger", 1), token.ErrRecipient)
	require.ErrorIs(t, release(address("issuer"), "CNY", "bank-b", 1), token.ErrRecipient, "the frozen payee still may not receive")
	require.ErrorIs(t, release(address("issuer"), "CNY", "bank-c", 701), token.ErrNotEnough)
	require.NoError(t, release(address("issuer"), "CNY", "bank-c", 400))
	_, err := e.compliance.Unfreeze(e.ctx, &compliance.MsgUnfreeze{Sender: e.authority, Id: "bank-b"})
	require.NoError(t, err)
	require.NoError(t, release(address("issuer"), "CNY", "bank-b", 300))
	require.Equal(t, [4]int64{300, 300, 0, 0}, e.where())
}

func TestSupplyIsWhatIsAvailableHeldAndInSuspense(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 5000)
	e.expect(leg(order.Hold, "held", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Hold, "suspense", "bank-a", "bank-b"), order.Held)
	e.freeze("bank-b")
	e.expect(leg(order.Post, "suspense", "bank-a", "bank-b"), order.Suspense)
	r, err := e.queries.Supply(e.ctx, &token.QuerySupplyRequest{Currency: "CNY"})
	require.NoError(t, err)
	require.Equal(t, token.Supply{
		Currency: "CNY", Denom: "corridor/CNY", SupplyMinor: "5000", AvailableMinor: "3600", HeldMinor: "700", SuspenseMinor: "700",
	}, r.Supply)
	_, err = e.queries.Supply(e.ctx, &token.QuerySupplyRequest{Currency: "USD"})
	require.ErrorIs(t, err, token.ErrUnknownIssuer)
}

func TestQueriesShowIssuersAndEntries(t *testing.T) {
	e := newEnv(t)
	issuer, err := e.queries.Issuer(e.ctx, &token.QueryIssuerRequest{Currency: "CNY"})
	require.NoError(t, err)
	require.Equal(t, address("issuer"), issuer.Issuer.Address)
	_, err = e.queries.Issuer(e.ctx, &token.QueryIssuerRequest{Currency: "USD"})
	require.ErrorIs(t, err, token.ErrUnknownIssuer)
	all, err := e.queries.Issuers(e.ctx, &token.QueryIssuersRequest{})
	require.NoError(t, err)
	require.Len(t, all.Issuers, 1)
	i := leg(order.Hold, "r", "bank-a", "bank-b")
	e.expect(i, order.Refused)
	hold, err := e.queries.Hold(e.ctx, &token.QueryHoldRequest{EntryId: i.Entry.String()})
	require.NoError(t, err)
	require.Equal(t, token.HOLD_STATE_TOMBSTONED, hold.Hold.State)
	require.Contains(t, hold.Hold.Reason, "not enough money")
}

func TestMoneyThatWentRoundTheModuleIsNoticed(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 1000)
	e.expect(leg(order.Hold, "r", "bank-a", "bank-b"), order.Held)
	stolen := sdk.NewCoins(token.Coin("CNY", 1))
	require.NoError(t, e.bank.SendCoinsFromModuleToAccount(e.ctx, token.HoldsAccount, account("bank-c"), stolen))
	require.ErrorIs(t, e.keeper.CheckInvariants(e.ctx), token.ErrBroken)
}

func TestGenesisComesBackAsItWasExportedAndGoesOn(t *testing.T) {
	e := newEnv(t)
	e.issue("bank-a", 3000)
	e.expect(leg(order.Hold, "held", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Hold, "voided", "bank-a", "bank-b"), order.Held)
	e.expect(leg(order.Void, "voided", "bank-a", "bank-b"), order.Voided)
	e.expect(leg(order.Hold, "refused", "bank-c", "bank-b"), order.Refused)
	exported, err := e.keeper.ExportGenesis(e.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Holds, 3)

	other := newEmptyEnv(t)
	require.ErrorIs(t, other.keeper.InitGenesis(other.ctx, *exported), token.ErrBroken, "without the bank's balances")
	other = newEmptyEnv(t)
	other.bank.InitGenesis(other.ctx, e.bank.ExportGenesis(e.ctx))
	require.NoError(t, other.keeper.InitGenesis(other.ctx, *exported))
	again, err := other.keeper.ExportGenesis(other.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)
	other.expect(leg(order.Hold, "refused", "bank-c", "bank-b"), order.Refused)
	other.expect(leg(order.Post, "held", "bank-a", "bank-b"), order.Posted)
	require.Equal(t, [4]int64{2300, 700, 0, 0}, other.where())
}
