package app_test

import (
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/compliance"
)

// Governance can't deposit: it would do so out of the deposits of others, and a refund that fails at the end of a block halts the chain.
func TestGovernanceDepositsNothingOfOthers(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	deposit := sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, 1))
	freeze := func(reason string) sdk.Msg {
		return &compliance.MsgFreeze{Sender: app.Authority(), Id: "bank-b", Reason: reason}
	}
	nested, err := govv1.NewMsgSubmitProposal([]sdk.Msg{freeze("nested")}, deposit, app.Authority(), "", "nested", "nested", false)
	require.NoError(t, err)
	other, err := govv1.NewMsgSubmitProposal([]sdk.Msg{freeze("other")}, deposit, apptest.Address("bank-a").String(), "", "other", "other", true)
	require.NoError(t, err)
	chain.MustRunTx("bank-a", other) // an expedited one wants two deposits, so this one waits in governance's account
	require.ErrorContains(t, chain.Govern(nested), "a module account pays nothing to itself")
	chain.NextBlock(30 * 24 * time.Hour) // all voting periods are over: the deposits are refunded
	chain.NextBlock(time.Second)
}
