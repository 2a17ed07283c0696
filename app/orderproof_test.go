package app_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
)

var writeVector = flag.Bool("write-proof-vector", false, "write the batch to adapters/orderproof/testdata/vector.json")

// A ledger that checks takes what the hub's real stores prove. Consensus is played: the headers around the real app
// hash are signed by a test's validators.
func TestALedgerThatChecksTakesTheHubsOwnProofs(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	q, body := quoted(chain, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
	propose(chain, q, body)
	attested(t, chain, "cny", 1, order.Held)
	attested(t, chain, "usd", 1, order.Held)

	headers := testhub.New(chain.ID(), "v0", "v1", "v2", "v3")
	root := headers.Root(1)
	headers.Alter = func(h *cmttypes.Header) { h.AppHash = chain.Last.AppHash }
	b := orderproof.Batch{Path: headers.Path(1, headers.Commit()), From: 1, Before: order.OutboxStart(chain.ID(), "cny")}
	for n := uint64(1); n <= 2; n++ {
		b.Items = append(b.Items, orderproof.NewItem(chain.Record("cny", n).Encode()))
	}
	b.Head = proved(t, chain, orderproof.RecordKey("cny", 2))

	raw, err := b.Encode()
	require.NoError(t, err)
	b, err = orderproof.DecodeBatch(raw)
	require.NoError(t, err)
	got, err := b.Verify(orderproof.Params{ChainID: chain.ID()}, "cny", root, time.Time{})
	require.NoError(t, err)
	require.EqualValues(t, 2, got.Number)
	require.Equal(t, order.Hold, got.Instructions[0].Instruction.Kind)
	require.Equal(t, order.Post, got.Instructions[1].Instruction.Kind)
	if *writeVector {
		vector, err := json.MarshalIndent(map[string]string{
			"chain_id": chain.ID(), "ledger": "cny", "root": root.String(), "batch": hex.EncodeToString(raw),
			"proven_root": got.Root.String(), "proven_head": got.Head.String(),
		}, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("../adapters/orderproof/testdata/vector.json", append(vector, '\n'), 0o644))
	}
}

// proved asks the hub for a value with its proof, as a node is asked, against the state that the newest block left.
func proved(t *testing.T, chain *apptest.Chain, key []byte) orderproof.Membership {
	t.Helper()
	answer, err := chain.App.Query(context.Background(), &abci.RequestQuery{
		Path: "/store/" + orderproof.RecordStore + "/key", Data: key, Height: chain.Height(), Prove: true,
	})
	require.NoError(t, err)
	require.Zero(t, answer.Code, answer.Log)
	m, err := orderproof.NewMembership(orderproof.RecordStore, answer.Key, answer.Value, answer.ProofOps)
	require.NoError(t, err)
	return m
}

func TestTheHubAndLedgersThatCheckAgreeOnWhereRecordsLie(t *testing.T) {
	require.Equal(t, bridge.StoreKey, orderproof.RecordStore)
	for _, n := range []uint64{1, 258, 1 << 40} {
		require.Equal(t, bridge.RecordKey("cny", n), orderproof.RecordKey("cny", n))
	}
}
