package compliance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
)

func bank() compliance.Participant {
	p := compliancetest.Participant("bank-a", compliance.ROLE_BANK)
	return compliancetest.WithAccounts(p,
		compliancetest.Account("cbdc", "wallet-1", "CNY"), compliancetest.Account("hub", p.Address, ""))
}

func TestAWholeParticipantIsValid(t *testing.T) {
	require.NoError(t, bank().Validate(compliancetest.Addresses()))
	relayer := compliancetest.Participant("relayer", compliance.ROLE_RELAYER)
	relayer.Bic = ""
	require.NoError(t, relayer.Validate(compliancetest.Addresses()), "a relayer needs no BIC")
}

// Each row is one guard of the README, in order of precedence.
func TestAParticipantIsRefused(t *testing.T) {
	for _, row := range []struct {
		name  string
		spoil func(*compliance.Participant)
		want  error
		says  string
	}{
		{"id too short", func(p *compliance.Participant) { p.Id = "a" }, compliance.ErrInvalidParticipant, "2 to 32"},
		{"id too long", func(p *compliance.Participant) { p.Id = strings.Repeat("a", 33) }, compliance.ErrInvalidParticipant, "2 to 32"},
		{"id with a capital", func(p *compliance.Participant) { p.Id = "Bank" }, compliance.ErrInvalidParticipant, "id"},
		{"address of nothing", func(p *compliance.Participant) { p.Address = "" }, compliance.ErrInvalidParticipant, "address"},
		{"address of another chain", func(p *compliance.Participant) {
			p.Address = "cosmos1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnrql8a"
		}, compliance.ErrInvalidParticipant, "address"},
		{"address in capitals", func(p *compliance.Participant) {
			p.Address = strings.ToUpper(p.Address)
		}, compliance.ErrInvalidParticipant, "written as"},
		{"no name", func(p *compliance.Participant) { p.Name = "" }, compliance.ErrInvalidParticipant, "name"},
		{"name with a line break", func(p *compliance.Participant) { p.Name = "a\nb" }, compliance.ErrInvalidParticipant, "name"},
		{"LEI too short", func(p *compliance.Participant) { p.Lei = p.Lei[:19] }, compliance.ErrInvalidParticipant, "LEI"},
		{"BIC that is none", func(p *compliance.Participant) { p.Bic = "BANK" }, compliance.ErrInvalidParticipant, "ISO 9362"},
		{"bank without BIC", func(p *compliance.Participant) { p.Bic = "" }, compliance.ErrInvalidParticipant, "need one"},
		{"country that is none", func(p *compliance.Participant) { p.Jurisdiction = "XX" }, compliance.ErrInvalidParticipant, "ISO 3166-1"},
		{"no role", func(p *compliance.Participant) { p.Roles, p.Bic = nil, "" }, compliance.ErrInvalidParticipant, "at least one"},
		{"role that is none", func(p *compliance.Participant) {
			p.Roles = append(p.Roles, 77)
		}, compliance.ErrInvalidParticipant, "77 is no role"},
		{"role twice", func(p *compliance.Participant) {
			p.Roles = append(p.Roles, compliance.ROLE_BANK)
		}, compliance.ErrInvalidParticipant, "twice"},
		{"frozen without a reason", func(p *compliance.Participant) { p.Frozen = true }, compliance.ErrInvalidParticipant, "reason"},
		{"too many accounts", func(p *compliance.Participant) {
			p.Accounts = make([]compliance.Account, compliance.MaxAccounts+1)
		}, compliance.ErrInvalidAccount, "at most 64"},
		{"account without a ledger", func(p *compliance.Participant) { p.Accounts[0].Ledger = "" }, compliance.ErrInvalidAccount, "ledger"},
		{"account without a number", func(p *compliance.Participant) { p.Accounts[0].Account = "" }, compliance.ErrInvalidAccount, "account"},
		{"hub account of another", func(p *compliance.Participant) {
			p.Accounts[1].Account = compliancetest.Address("bank-b")
		}, compliance.ErrInvalidAccount, "its own address"},
		{"account without a currency", func(p *compliance.Participant) { p.Accounts[0].Currency = "" }, compliance.ErrInvalidAccount, "currency"},
		{"key too short", func(p *compliance.Participant) {
			p.Accounts[0].ConsentKey = p.Accounts[0].ConsentKey[:32]
		}, compliance.ErrInvalidAccount, "33 bytes"},
		{"key that is no point", func(p *compliance.Participant) {
			p.Accounts[0].ConsentKey = append([]byte{5}, make([]byte, 32)...)
		}, compliance.ErrInvalidAccount, "not a point"},
		{"account twice", func(p *compliance.Participant) {
			p.Accounts = append(p.Accounts, p.Accounts[0])
		}, compliance.ErrInvalidAccount, "twice"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := bank()
			row.spoil(&p)
			err := p.Validate(compliancetest.Addresses())
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, row.says)
		})
	}
}

func TestAnAccountHoldsItsCurrencyAndAHubAccountEvery(t *testing.T) {
	p := bank()
	require.True(t, p.Accounts[0].Holds("CNY"))
	require.False(t, p.Accounts[0].Holds("USD"))
	require.True(t, p.Accounts[1].Holds("CNY") && p.Accounts[1].Holds("USD"))
}

func TestAHeadOfficeHasOneBIC(t *testing.T) {
	short, err := compliance.BICKey("DEUTDEFF")
	require.NoError(t, err)
	long, err := compliance.BICKey("DEUTDEFFXXX")
	require.NoError(t, err)
	require.Equal(t, long, short)
}

// Issued identifiers, as the Global LEI Foundation publishes them.
func TestIssuedLEIsAreValid(t *testing.T) {
	for _, lei := range []string{
		"HWUPKR0MPOU8FGXBT394", "7LTWFZYICNSX8D621K86", "784F5XWPLTWKTBV3E584", "8I5DZWZKVSZI1NUHU748",
	} {
		require.NoError(t, compliance.ValidateLEI(lei))
		completed, err := compliance.CompleteLEI(lei[:18])
		require.NoError(t, err)
		require.Equal(t, lei, completed)
	}
}

func TestAWrongLEIIsRefused(t *testing.T) {
	for _, lei := range []string{
		"", "HWUPKR0MPOU8FGXBT39", "HWUPKR0MPOU8FGXBT3944", "HWUPKR0MPOU8FGXBT395", "WHUPKR0MPOU8FGXBT394",
		"hwupkr0mpou8fgxbt394", "HWUPKR0MPOU8FGXBT3-4", "HWUPKR0MPOU8FGXBT39é",
	} {
		require.Error(t, compliance.ValidateLEI(lei), lei)
	}
	_, err := compliance.CompleteLEI("SHORT")
	require.Error(t, err)
	_, err = compliance.CompleteLEI("hwupkr0mpou8fgxbt3")
	require.Error(t, err)
}

func TestGenesisRefusesWhatTwoParticipantsShare(t *testing.T) {
	a, addresses := bank(), compliancetest.Addresses()
	for name, share := range map[string]func(b *compliance.Participant){
		"id":      func(b *compliance.Participant) { b.Id = a.Id },
		"address": func(b *compliance.Participant) { b.Address = a.Address },
		"LEI":     func(b *compliance.Participant) { b.Lei = a.Lei },
		"BIC":     func(b *compliance.Participant) { b.Bic = a.Bic },
		"account": func(b *compliance.Participant) { b.Accounts = a.Accounts[:1] },
	} {
		b := compliancetest.Participant("bank-b", compliance.ROLE_BANK)
		share(&b)
		g := compliance.GenesisState{Participants: []compliance.Participant{a, b}}
		require.ErrorContains(t, g.Validate(addresses), "same "+name)
	}
	g := compliance.GenesisState{Escrows: []string{a.Address, a.Address}}
	require.ErrorIs(t, g.Validate(addresses), compliance.ErrInvalidGenesis)
	g.Escrows = []string{"nothing"}
	require.ErrorIs(t, g.Validate(addresses), compliance.ErrInvalidGenesis)
	require.NoError(t, compliance.DefaultGenesis().Validate(addresses))
}
