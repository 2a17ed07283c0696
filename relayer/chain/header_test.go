package chain_test

import (
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
)

// A light client on one chain takes the other's headers, and what is proved there is what it then knows.
func TestALightClientTakesTheHeaders(t *testing.T) {
	t.Parallel()
	a, b := testchain.Start(t, "chain-1"), testchain.Start(t, "chain-2")
	onA, onB := open(t, a, config(a)), open(t, b, config(b))
	start := reach(t, onA, 3)
	first, err := onA.Header(t.Context(), start, clienttypes.ZeroHeight())
	require.NoError(t, err)
	state := ibctm.NewClientState(a.ChainID, ibctm.DefaultTrustLevel, time.Hour, 2*time.Hour, time.Minute,
		clienttypes.NewHeight(1, uint64(start)), commitmenttypes.GetSDKSpecs(), []string{"upgrade", "upgradedIBCState"})
	_, err = onB.Send(t.Context(), func(signer string) []sdk.Msg {
		create, err := clienttypes.NewMsgCreateClient(state, first.ConsensusState(), signer)
		require.NoError(t, err)
		return []sdk.Msg{create}
	})
	require.NoError(t, err)
	trusted := clienttypes.NewHeight(1, uint64(start))
	for range 2 {
		height := reach(t, onA, int64(trusted.RevisionHeight)+2)
		header, err := onA.Header(t.Context(), height, trusted)
		require.NoError(t, err)
		sent, err := onB.Send(t.Context(), func(signer string) []sdk.Msg {
			update, err := clienttypes.NewMsgUpdateClient("07-tendermint-0", header, signer)
			require.NoError(t, err)
			return []sdk.Msg{update}
		})
		require.NoError(t, err)
		trusted = clienttypes.NewHeight(1, uint64(height))
		reach(t, onB, sent.Height+1)
		proofs, err := onB.Prove(t.Context(), [][]byte{host.FullConsensusStateKey("07-tendermint-0", trusted)}, sent.Height)
		require.NoError(t, err)
		require.NotNil(t, proofs[0].Value)
	}
}
