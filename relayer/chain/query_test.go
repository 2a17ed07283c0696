package chain_test

import (
	"fmt"
	"strings"
	"testing"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
)

func trusting(height uint64) clienttypes.Height { return clienttypes.NewHeight(0, height) }

// there is a key of the IBC store from genesis on.
var there = []byte("nextClientSequence")

// keys are many of which all but the first are absent.
func keys() [][]byte {
	all := [][]byte{there}
	for i := range 24 {
		all = append(all, fmt.Appendf(nil, "commitments/none/%d", i))
	}
	return all
}

func TestManyKeysAreProvedAtOneHeight(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-7")
	c := open(t, n, config(n))
	height := reach(t, c, 4) - 1
	proofs, err := c.Prove(t.Context(), keys(), height)
	require.NoError(t, err)
	require.Len(t, proofs, 25)
	for i, p := range proofs {
		require.Equal(t, keys()[i], p.Key)
		require.Equal(t, i == 0, p.Value != nil)
		require.NotEmpty(t, p.Bytes)
		require.Equal(t, clienttypes.NewHeight(7, uint64(height+1)), p.Height)
	}
	value, err := c.Value(t.Context(), there, height)
	require.NoError(t, err)
	require.Equal(t, proofs[0].Value, value)
	value, err = c.Value(t.Context(), []byte("none"), 0)
	require.NoError(t, err)
	require.Nil(t, value)
	upgrade, err := c.ProveStore(t.Context(), "upgrade", []byte("none"), height)
	require.NoError(t, err)
	require.Nil(t, upgrade.Value)
}

func TestANodeWithoutBatchesIsAskedOneByOne(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	p.alter(func(_ string, body []byte) []byte {
		if strings.HasPrefix(string(body), "[") {
			return []byte(`{"jsonrpc":"2.0","id":-1,"error":{"code":-32600,"message":"Invalid Request","data":"no batches"}}`)
		}
		return body
	})
	c := open(t, n, config(n, p.RPC))
	proofs, err := c.Prove(t.Context(), keys(), reach(t, c, 4)-1)
	require.NoError(t, err)
	require.Len(t, proofs, 25)
}

func TestATamperedAnswerIsRefused(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	for name, alter := range map[string]func(string) string{
		"another value": func(s string) string {
			return strings.ReplaceAll(s, `"value":"AAAAAAAAAAA="`, `"value":"AAAAAAAAAAE="`)
		},
		"absent, it says":  func(s string) string { return strings.ReplaceAll(s, `"value":"AAAAAAAAAAA="`, `"value":""`) },
		"no proof":         func(s string) string { return strings.ReplaceAll(s, `"proofOps":{`, `"nothing":{`) },
		"a broken proof":   func(s string) string { return strings.ReplaceAll(s, `"data":"`, `"data":"AAAA`) },
		"of another block": func(s string) string { return strings.ReplaceAll(s, `"height":"`, `"height":"1`) },
	} {
		t.Run(name, func(t *testing.T) {
			p := behind(t, n.RPC)
			c := open(t, n, config(n, p.RPC))
			height := reach(t, c, 4) - 1
			_, err := c.Prove(t.Context(), [][]byte{there}, height)
			require.NoError(t, err)
			p.alter(func(method string, body []byte) []byte {
				if method != "store/ibc/key" {
					return body
				}
				altered := alter(string(body))
				require.NotEqual(t, string(body), altered)
				return []byte(altered)
			})
			_, err = c.Prove(t.Context(), [][]byte{there}, height)
			require.ErrorIs(t, err, chain.ErrProof)
			require.ErrorContains(t, err, "test at 127.0.0.1:")
		})
	}
}

func TestAnotherEndpointProvesWhatALiarDoesNot(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	liar := behind(t, n.RPC)
	c := open(t, n, config(n, liar.RPC, n.RPC))
	height := reach(t, c, 4) - 1
	liar.alter(func(_ string, body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), `"value":"AAAAAAAAAAA="`, `"value":"AAAAAAAAAAE="`))
	})
	proofs, err := c.Prove(t.Context(), [][]byte{there}, height)
	require.NoError(t, err)
	require.Equal(t, make([]byte, 8), proofs[0].Value)
	require.Positive(t, liar.times("store/ibc/key"))
}

func TestStateThatIsNotThereIsAnErrorAndNotAbsent(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	future := reach(t, c, 3) + 10_000
	_, err := c.Value(t.Context(), there, future)
	require.ErrorContains(t, err, "test at ")
	_, err = c.Prove(t.Context(), [][]byte{there}, future)
	require.Error(t, err)
	_, err = connectiontypes.NewQueryClient(c.At(future)).Connections(t.Context(), &connectiontypes.QueryConnectionsRequest{})
	require.Equal(t, codes.OutOfRange, status.Code(err))
}

func TestQueriesTellWhatIsMissingFromWhatFailed(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	accounts := authtypes.NewQueryClient(c.At(0))
	res, err := accounts.Account(t.Context(), &authtypes.QueryAccountRequest{Address: testchain.Address(testchain.Relayer(0))})
	require.NoError(t, err)
	require.IsType(t, &authtypes.BaseAccount{}, res.Account.GetCachedValue())
	_, err = accounts.Account(t.Context(), &authtypes.QueryAccountRequest{Address: testchain.Address("nobody")})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = accounts.Account(t.Context(), &authtypes.QueryAccountRequest{})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	n.Stop()
	_, err = accounts.Account(t.Context(), &authtypes.QueryAccountRequest{Address: testchain.Address("nobody")})
	require.Equal(t, codes.Unavailable, status.Code(err))
}
