package orderproof_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// vector is a batch for implementations in other languages: the state and its proof are those of the hub's application
// (app/orderproof_test.go writes it), the headers around them a test's.
type vector struct {
	ChainID    string `json:"chain_id"`
	Ledger     string `json:"ledger"`
	Root       string `json:"root"`
	Batch      string `json:"batch"`
	ProvenRoot string `json:"proven_root"`
	ProvenHead string `json:"proven_head"`
}

func readVector(t testing.TB) (v vector, batch []byte) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vector.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &v))
	batch, err = hex.DecodeString(v.Batch)
	require.NoError(t, err)
	return v, batch
}

func TestTheVectorHolds(t *testing.T) {
	v, raw := readVector(t)
	b, err := orderproof.DecodeBatch(raw)
	require.NoError(t, err)
	again, err := b.Encode()
	require.NoError(t, err)
	require.Equal(t, raw, again)
	root, err := orderproof.ParseRoot(v.Root)
	require.NoError(t, err)
	got, err := b.Verify(orderproof.Params{ChainID: v.ChainID}, v.Ledger, root, time.Time{})
	require.NoError(t, err)
	require.Equal(t, v.ProvenRoot, got.Root.String())
	require.Equal(t, v.ProvenHead, got.Head.String())
	require.Len(t, got.Instructions, 2)
}
