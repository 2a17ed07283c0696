package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/x/compliance"
)

func TestWhoMaySendToWhom(t *testing.T) {
	e := newEnv(t)
	e.admit(compliance.ROLE_BANK, "bank-a", "bank-b", "frozen")
	escrow, stranger, module := account("escrow"), account("stranger"), authtypes.NewModuleAddress(mint)
	require.NoError(t, e.keeper.NoteEscrow(e.ctx, escrow))
	require.NoError(t, e.fund(account("bank-a"), 100))
	require.NoError(t, e.fund(account("frozen"), 100))
	require.NoError(t, e.fund(escrow, 100))
	e.freeze("frozen")

	for _, row := range []struct {
		name     string
		from, to sdk.AccAddress
		want     error
	}{
		{"a participant pays a participant", account("bank-a"), account("bank-b"), nil},
		{"a participant pays a frozen one", account("bank-a"), account("frozen"), nil},
		{"a participant pays a module", account("bank-a"), module, nil},
		{"a participant pays an escrow", account("bank-a"), escrow, nil},
		{"a participant pays a stranger", account("bank-a"), stranger, compliance.ErrRecipient},
		{"a frozen one pays a participant", account("frozen"), account("bank-a"), compliance.ErrFrozen},
		{"a frozen one pays a module", account("frozen"), module, compliance.ErrFrozen},
		{"an escrow pays a frozen one", escrow, account("frozen"), nil},
		{"an escrow pays a stranger", escrow, stranger, nil},
		{"a module pays a frozen one", module, account("frozen"), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := e.bank.SendCoins(e.ctx, row.from, row.to, sdk.NewCoins(sdk.NewInt64Coin("token", 1)))
			if row.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, row.want)
		})
	}
}
