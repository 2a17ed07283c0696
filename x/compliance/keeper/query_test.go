package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
)

func TestQueriesFindAParticipantByAllThatNamesIt(t *testing.T) {
	e := newEnv(t)
	p := compliancetest.WithAccounts(compliancetest.Participant("bank-a", compliance.ROLE_BANK), compliancetest.Account("cbdc", "wallet-1", "CNY"))
	_, err := e.msgs.Admit(e.ctx, &compliance.MsgAdmit{Authority: e.authority, Participant: p})
	require.NoError(t, err)

	byID, err := e.queries.Participant(e.ctx, &compliance.QueryParticipantRequest{Id: "bank-a"})
	require.NoError(t, err)
	require.Equal(t, p, byID.Participant)
	byAddress, err := e.queries.ParticipantByAddress(e.ctx, &compliance.QueryParticipantByAddressRequest{Address: p.Address})
	require.NoError(t, err)
	require.Equal(t, p, byAddress.Participant)
	holder, err := e.queries.Holder(e.ctx, &compliance.QueryHolderRequest{Ledger: "cbdc", Account: "wallet-1"})
	require.NoError(t, err)
	require.Equal(t, p, holder.Participant)
	params, err := e.queries.Params(e.ctx, &compliance.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, compliance.DefaultParams(), params.Params)
}

func TestQueriesForWhatIsNotThereSaySo(t *testing.T) {
	e := newEnv(t)
	_, err := e.queries.Participant(e.ctx, &compliance.QueryParticipantRequest{Id: "nobody"})
	require.ErrorIs(t, err, compliance.ErrUnknownParticipant)
	for _, address := range []string{"", "nonsense", compliancetest.Address("nobody")} {
		_, err = e.queries.ParticipantByAddress(e.ctx, &compliance.QueryParticipantByAddressRequest{Address: address})
		require.ErrorIs(t, err, compliance.ErrUnknownParticipant)
	}
	_, err = e.queries.Holder(e.ctx, &compliance.QueryHolderRequest{Ledger: "cbdc", Account: "nobody's"})
	require.ErrorIs(t, err, compliance.ErrUnknownAccount)
}

func TestAPageIsBounded(t *testing.T) {
	e := newEnv(t)
	for i := range compliance.MaxPageLimit + 1 {
		e.admit(compliance.ROLE_RELAYER, fmt.Sprintf("relayer-%d", i))
	}
	all, err := e.queries.Participants(e.ctx, &compliance.QueryParticipantsRequest{Pagination: &query.PageRequest{Limit: 1 << 30}})
	require.NoError(t, err)
	require.Len(t, all.Participants, compliance.MaxPageLimit)
	rest, err := e.queries.Participants(e.ctx, &compliance.QueryParticipantsRequest{Pagination: &query.PageRequest{Key: all.Pagination.NextKey, Limit: 5}})
	require.NoError(t, err)
	require.Len(t, rest.Participants, 1)
}

func TestWhoIsAdmittedAndWhoSupervises(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_SUPERVISOR, "overseer", "fallen")
	e.admit(compliance.ROLE_BANK, "bank-a")
	e.freeze("fallen")
	for _, row := range []struct {
		id                   string
		admitted, supervisor bool
	}{{"overseer", true, true}, {"fallen", true, false}, {"bank-a", true, false}, {"nobody", false, false}} {
		admitted, err := e.keeper.Admitted(e.ctx, compliancetest.Address(row.id))
		require.NoError(t, err)
		require.Equal(t, row.admitted, admitted, row.id)
		supervisor, err := e.keeper.IsSupervisor(e.ctx, compliancetest.Address(row.id))
		require.NoError(t, err)
		require.Equal(t, row.supervisor, supervisor, row.id)
	}
}

func TestGenesisComesBackAsItWasExported(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-b", "bank-a")
	e.freeze("bank-b")
	require.NoError(t, e.keeper.NoteEscrow(e.ctx, account("escrow")))
	exported, err := e.keeper.ExportGenesis(e.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Participants, 2)
	require.Equal(t, []string{compliancetest.Address("escrow")}, exported.Escrows)

	other := newEnv(t)
	require.NoError(t, other.keeper.InitGenesis(other.ctx, *exported))
	again, err := other.keeper.ExportGenesis(other.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)
	require.NotNil(t, other.accounts.GetAccount(other.ctx, account("bank-a")), "participants of genesis have accounts")
	found, err := other.keeper.ByAddress(other.ctx, compliancetest.Address("bank-b"))
	require.NoError(t, err)
	require.True(t, found.Frozen)
}

func TestABadGenesisIsRefused(t *testing.T) {
	e := newEnv(t)
	g := compliance.DefaultGenesis()
	g.Participants = []compliance.Participant{{Id: "x"}}
	require.ErrorIs(t, e.keeper.InitGenesis(e.ctx, *g), compliance.ErrInvalidParticipant)
}
