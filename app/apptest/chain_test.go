package apptest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
)

func TestBlocksHaveTheTimeThatTheTestSets(t *testing.T) {
	chain := apptest.New(t, apptest.NewGenesis())
	require.Equal(t, int64(1), chain.Height())
	require.Equal(t, apptest.Start, chain.Now())

	chain.NextBlock(time.Hour)
	chain.NextBlock(0)
	require.Equal(t, int64(3), chain.Height())
	require.Equal(t, apptest.Start.Add(time.Hour+apptest.BlockTime), chain.Context().BlockTime())
}

func send(from, to, denom string, amount int64) sdk.Msg {
	return banktypes.NewMsgSend(apptest.Address(from), apptest.Address(to), sdk.NewCoins(sdk.NewInt64Coin(denom, amount)))
}

func TestAnExportedChainGoesOn(t *testing.T) {
	chain := apptest.New(t, apptest.NewGenesis())
	chain.MustRunTx(apptest.Governor, send(apptest.Governor, apptest.Governor, app.DepositDenom, 1))

	resumed, err := chain.Restart(time.Minute)
	require.NoError(t, err)
	require.Equal(t, chain.Height()+1, resumed.Height())
	resumed.MustRunTx(apptest.Governor, send(apptest.Governor, apptest.Governor, app.DepositDenom, 1))

	_, err = chain.Restart(0)
	require.ErrorContains(t, err, "is not after the exported block's")
}
