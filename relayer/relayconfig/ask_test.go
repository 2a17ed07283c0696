package relayconfig_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func TestNodesSayWhatAPersonDoesNot(t *testing.T) {
	n := testchain.Start(t, "chain-a")
	a, err := relayconfig.Ask(t.Context(), relayconfig.Given{Name: "a", RPC: []string{n.RPC}})
	require.NoError(t, err)
	require.Equal(t, "chain-a", a.ChainID)
	require.Equal(t, testchain.Prefix, a.Prefix)
	require.Equal(t, testchain.Denom, a.BondDenom)
	require.Equal(t, "0"+testchain.Denom, a.GasPrice)
	require.Equal(t, 21*24*time.Hour, a.Unbonding)
	require.True(t, relayconfig.OnLoopback([]relayconfig.Chain{a.Chain}))

	given := relayconfig.Given{Name: "a", ChainID: "chain-a", RPC: []string{"http://127.0.0.1:1", n.RPC}, Prefix: "own", GasPrice: "1uown"}
	a, err = relayconfig.Ask(t.Context(), given)
	require.NoError(t, err)
	require.Equal(t, "own", a.Prefix)
	require.Equal(t, "1uown", a.GasPrice)
	require.Len(t, a.Notes, 1, "the node that does not answer is told")

	given.ChainID = "chain-b"
	_, err = relayconfig.Ask(t.Context(), given)
	require.ErrorContains(t, err, "is on chain chain-a, not chain-b: correct chain_id or rpc")
	given.RPC = given.RPC[:1]
	_, err = relayconfig.Ask(t.Context(), given)
	require.ErrorContains(t, err, "no node of a answers; is one running")
	require.False(t, relayconfig.OnLoopback([]relayconfig.Chain{{RPC: []string{"http://127.0.0.1:1", "https://rpc.example"}}}))
}
