package testchain_test

import (
	"testing"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
)

func TestTwoChainsRunInOneProcessAndGoOnAfterARestart(t *testing.T) {
	a, b := testchain.Start(t, "chain-a"), testchain.Start(t, "chain-b")
	coins := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 5))
	pay := &banktypes.MsgSend{FromAddress: testchain.Address("user-0"), ToAddress: testchain.Address("user-1"), Amount: coins}
	for _, n := range []*testchain.Node{a, b} {
		require.Positive(t, n.Send("user-0", pay).Height)
		rpc, err := rpchttp.New(n.RPC, "/websocket")
		require.NoError(t, err)
		status, err := rpc.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, n.ChainID, status.NodeInfo.Network)
		record, err := n.Keyring().Key("user-0")
		require.NoError(t, err)
		address, err := record.GetAddress()
		require.NoError(t, err)
		require.Equal(t, testchain.Address("user-0"), address.String())
	}
	before, rpc := b.Height(), b.RPC
	b.Restart()
	require.Equal(t, rpc, b.RPC)
	require.Greater(t, b.Height(), before)
	require.Positive(t, b.Send("user-0", pay).Height)
	require.Eventually(t, func() bool { return a.Height() > 3 }, 10*time.Second, 10*time.Millisecond)
}
