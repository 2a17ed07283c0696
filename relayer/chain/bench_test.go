package chain_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
)

// What a batch of proofs costs, the node included.
func BenchmarkProve(b *testing.B) {
	n := testchain.Start(b, "chain-a")
	c, err := chain.Open(b.Context(), config(n), n.Keyring(), quiet())
	require.NoError(b, err)
	b.Cleanup(c.Close)
	keys := [][]byte{there}
	for i := range 499 {
		keys = append(keys, fmt.Appendf(nil, "commitments/none/%d", i))
	}
	require.NoError(b, n.Reach(b.Context(), 5))
	for b.Loop() {
		_, err := c.Prove(b.Context(), keys, 3)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(keys)), "µs/proof")
}

// What reading a block of many transactions costs.
func BenchmarkBlock(b *testing.B) {
	n := testchain.Start(b, "chain-a")
	key := testchain.Relayer(0)
	for range 200 {
		n.Submit(key, pay(1)(testchain.Address(key))...)
	}
	n.Send(key, pay(1)(testchain.Address(key))...)
	height := n.Height()
	require.NoError(b, n.Reach(b.Context(), height))
	for b.Loop() {
		c, err := chain.Open(b.Context(), config(n), n.Keyring(), quiet())
		require.NoError(b, err)
		for h := int64(2); h <= height; h++ {
			_, err := c.Block(b.Context(), h)
			require.NoError(b, err)
		}
		c.Close()
	}
}
