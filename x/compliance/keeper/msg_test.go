package keeper_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
)

func TestAdmissionMakesAParticipantAndItsAccount(t *testing.T) {
	e := newEnv(t)
	require.Nil(t, e.accounts.GetAccount(e.ctx, account("bank-a")))
	e.admit(compliance.ROLE_BANK, "bank-a")
	require.NotNil(t, e.accounts.GetAccount(e.ctx, account("bank-a")), "a first transaction needs the account")
	p, err := e.keeper.ByAddress(e.ctx, compliancetest.Address("bank-a"))
	require.NoError(t, err)
	require.Equal(t, compliancetest.Participant("bank-a", compliance.ROLE_BANK), p)
	require.Equal(t, "corridor.compliance.v1.EventAdmitted", lastEvent(e.ctx))
}

func TestAdmissionKeepsAnAccountThatIsThere(t *testing.T) {
	e := newEnv(t)
	before := e.accounts.NewAccountWithAddress(e.ctx, account("bank-a"))
	require.NoError(t, before.SetSequence(7))
	e.accounts.SetAccount(e.ctx, before)
	e.admit(compliance.ROLE_BANK, "bank-a")
	require.EqualValues(t, 7, e.accounts.GetAccount(e.ctx, account("bank-a")).GetSequence())
}

func TestAdmissionIsRefused(t *testing.T) {
	e := newEnv(t)
	a := compliancetest.Participant("bank-a", compliance.ROLE_BANK)
	a = compliancetest.WithAccounts(a, compliancetest.Account("cbdc", "wallet-1", "CNY"))
	_, err := e.msgs.Admit(e.ctx, &compliance.MsgAdmit{Authority: e.authority, Participant: a})
	require.NoError(t, err)
	module, err := compliancetest.Addresses().BytesToString(authtypes.NewModuleAddress(mint))
	require.NoError(t, err)

	for _, row := range []struct {
		name  string
		spoil func(*compliance.MsgAdmit)
		want  error
	}{
		{"not by governance", func(m *compliance.MsgAdmit) { m.Authority = a.Address }, compliance.ErrUnauthorized},
		{"invalid record", func(m *compliance.MsgAdmit) { m.Participant.Lei = "" }, compliance.ErrInvalidParticipant},
		{"frozen", func(m *compliance.MsgAdmit) {
			m.Participant.Frozen, m.Participant.FrozenReason = true, "why"
		}, compliance.ErrInvalidParticipant},
		{"id exists", func(m *compliance.MsgAdmit) { m.Participant.Id = "bank-a" }, compliance.ErrExists},
		{"module account", func(m *compliance.MsgAdmit) { m.Participant.Address = module }, compliance.ErrModuleAccount},
		{"address taken", func(m *compliance.MsgAdmit) { m.Participant.Address = a.Address }, compliance.ErrTaken},
		{"LEI taken", func(m *compliance.MsgAdmit) { m.Participant.Lei = a.Lei }, compliance.ErrTaken},
		{"BIC taken", func(m *compliance.MsgAdmit) { m.Participant.Bic = a.Bic }, compliance.ErrTaken},
		{"account taken", func(m *compliance.MsgAdmit) { m.Participant.Accounts = a.Accounts }, compliance.ErrTaken},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := &compliance.MsgAdmit{Authority: e.authority, Participant: compliancetest.Participant("bank-b", compliance.ROLE_BANK)}
			row.spoil(m)
			ctx, _ := e.ctx.CacheContext()
			_, err := e.msgs.Admit(ctx, m)
			require.ErrorIs(t, err, row.want)
		})
	}
}

func TestAnUpdateReplacesTheRecordAndWhatLeadsToIt(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a", "bank-b")
	e.freeze("bank-a")
	p := compliancetest.WithAccounts(compliancetest.Participant("bank-a", compliance.ROLE_BANK, compliance.ROLE_PROVIDER),
		compliancetest.Account("cbdc", "wallet-1", "CNY"), compliancetest.Account("rtgs", "acct-1", "USD"))
	update := func(p compliance.Participant) error {
		_, err := e.msgs.Update(e.ctx, &compliance.MsgUpdate{Authority: e.authority, Participant: p})
		return err
	}
	require.NoError(t, update(p))
	require.True(t, e.participant("bank-a").Frozen, "an update does not unfreeze")
	holder, held, err := e.keeper.Holder(e.ctx, "rtgs", "acct-1")
	require.NoError(t, err)
	require.Equal(t, "bank-a", holder.Id)
	require.Equal(t, p.Accounts[1], held)

	p.Accounts = p.Accounts[:1]
	require.NoError(t, update(p))
	_, _, err = e.keeper.Holder(e.ctx, "rtgs", "acct-1")
	require.ErrorIs(t, err, compliance.ErrUnknownAccount, "what led to the old record is gone")
	other := compliancetest.WithAccounts(compliancetest.Participant("bank-b", compliance.ROLE_BANK), compliancetest.Account("rtgs", "acct-1", "USD"))
	require.NoError(t, update(other), "and is free for another")
}

func TestAnUpdateIsRefused(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a", "bank-b")
	for _, row := range []struct {
		name  string
		spoil func(*compliance.MsgUpdate)
		want  error
	}{
		{"not by governance", func(m *compliance.MsgUpdate) { m.Authority = m.Participant.Address }, compliance.ErrUnauthorized},
		{"unknown", func(m *compliance.MsgUpdate) { m.Participant.Id = "nobody" }, compliance.ErrUnknownParticipant},
		{"another address", func(m *compliance.MsgUpdate) {
			m.Participant.Address = compliancetest.Address("other")
		}, compliance.ErrFixed},
		{"invalid record", func(m *compliance.MsgUpdate) { m.Participant.Name = "" }, compliance.ErrInvalidParticipant},
		{"LEI taken", func(m *compliance.MsgUpdate) {
			m.Participant.Lei = compliancetest.Participant("bank-b").Lei
		}, compliance.ErrTaken},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := &compliance.MsgUpdate{Authority: e.authority, Participant: compliancetest.Participant("bank-a", compliance.ROLE_BANK)}
			row.spoil(m)
			ctx, _ := e.ctx.CacheContext()
			_, err := e.msgs.Update(ctx, m)
			require.ErrorIs(t, err, row.want)
		})
	}
}

func TestASupervisorFreezesAndUnfreezes(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a")
	e.admit(compliance.ROLE_SUPERVISOR, "overseer")
	_, err := e.msgs.Freeze(e.ctx, &compliance.MsgFreeze{Sender: compliancetest.Address("overseer"), Id: "bank-a", Reason: "court order 7"})
	require.NoError(t, err)
	require.Equal(t, "court order 7", e.participant("bank-a").FrozenReason)
	_, err = e.msgs.Unfreeze(e.ctx, &compliance.MsgUnfreeze{Sender: compliancetest.Address("overseer"), Id: "bank-a"})
	require.NoError(t, err)
	require.Equal(t, compliancetest.Participant("bank-a", compliance.ROLE_BANK), e.participant("bank-a"))
}

func TestAFreezeIsRefused(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a", "frozen")
	e.admit(compliance.ROLE_SUPERVISOR, "overseer", "second", "fallen")
	e.freeze("frozen")
	e.freeze("fallen")
	overseer := compliancetest.Address("overseer")
	for _, row := range []struct {
		name string
		msg  compliance.MsgFreeze
		want error
	}{
		{"unknown", compliance.MsgFreeze{Sender: overseer, Id: "nobody", Reason: "x"}, compliance.ErrUnknownParticipant},
		{"by a bank", compliance.MsgFreeze{Sender: compliancetest.Address("bank-a"), Id: "bank-a", Reason: "x"}, compliance.ErrUnauthorized},
		{"by nobody", compliance.MsgFreeze{Sender: compliancetest.Address("nobody"), Id: "bank-a", Reason: "x"}, compliance.ErrUnauthorized},
		{"by a frozen supervisor", compliance.MsgFreeze{Sender: compliancetest.Address("fallen"), Id: "bank-a", Reason: "x"}, compliance.ErrUnauthorized},
		{"of a supervisor", compliance.MsgFreeze{Sender: overseer, Id: "second", Reason: "x"}, compliance.ErrSupervisorFrozen},
		{"without a reason", compliance.MsgFreeze{Sender: overseer, Id: "bank-a"}, compliance.ErrInvalidReason},
		{"with a long reason", compliance.MsgFreeze{Sender: overseer, Id: "bank-a", Reason: strings.Repeat("x", 257)}, compliance.ErrInvalidReason},
		{"twice", compliance.MsgFreeze{Sender: overseer, Id: "frozen", Reason: "x"}, compliance.ErrAlreadyFrozen},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.msgs.Freeze(e.ctx, &row.msg)
			require.ErrorIs(t, err, row.want)
		})
	}
}

func TestAnUnfreezeIsRefused(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a", "frozen")
	e.admit(compliance.ROLE_SUPERVISOR, "overseer", "fallen")
	e.freeze("frozen")
	e.freeze("fallen")
	for _, row := range []struct {
		name, sender, id string
		want             error
	}{
		{"unknown", compliancetest.Address("overseer"), "nobody", compliance.ErrUnknownParticipant},
		{"by itself", compliancetest.Address("frozen"), "frozen", compliance.ErrUnauthorized},
		{"of a supervisor", compliancetest.Address("overseer"), "fallen", compliance.ErrSupervisorFrozen},
		{"not frozen", compliancetest.Address("overseer"), "bank-a", compliance.ErrNotFrozen},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.msgs.Unfreeze(e.ctx, &compliance.MsgUnfreeze{Sender: row.sender, Id: row.id})
			require.ErrorIs(t, err, row.want)
		})
	}
	_, err := e.msgs.Unfreeze(e.ctx, &compliance.MsgUnfreeze{Sender: e.authority, Id: "fallen"})
	require.NoError(t, err, "governance unfreezes a supervisor")
}

func TestOnlyGovernanceSetsParameters(t *testing.T) {
	e := newEnv(t)
	_, err := e.msgs.SetParams(e.ctx, &compliance.MsgSetParams{Authority: compliancetest.Address("bank-a")})
	require.ErrorIs(t, err, compliance.ErrUnauthorized)
	want := compliance.Params{MaxTxsPerSender: 3}
	_, err = e.msgs.SetParams(e.ctx, &compliance.MsgSetParams{Authority: e.authority, Params: want})
	require.NoError(t, err)
	got, err := e.keeper.Params(e.ctx)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// lastEvent is the type of the newest event.
func lastEvent(ctx sdk.Context) string {
	events := ctx.EventManager().Events()
	return events[len(events)-1].Type
}
