package prooftest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/prooftest"
)

var genesis = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func hold(reference string) order.Instruction {
	return order.NewInstruction(order.Hold, order.Body{
		ChainID: "hub-1", Proposer: "p", Reference: reference, PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
		Legs: []order.Leg{{Ledger: "cbdc", Payer: "A", Payee: "B", Currency: "CNY", AmountMinor: 1, PaidBy: order.NoLeg}},
	}, 0)
}

func TestWhatTheHubOrdersIsProvenByItsHeaders(t *testing.T) {
	for _, orders := range []int{1, 2, 3, 4, 7, 40} {
		h := prooftest.New("hub-1", t.Name(), 4, genesis)
		root, now := h.Root(), genesis.Add(time.Minute)
		for i := range orders {
			require.EqualValues(t, i+1, h.Order(hold(string(rune('a'+i)))))
			h.OrderIn("elsewhere", []byte{1})
		}
		want := h.Commit(now)
		b, err := h.Batch("cbdc", root.Height, 1)
		require.NoError(t, err)
		raw, err := b.Encode()
		require.NoError(t, err)
		b, err = orderproof.DecodeBatch(raw)
		require.NoError(t, err)
		params := orderproof.Params{ChainID: "hub-1", TrustingPeriod: time.Hour, MaxClockDrift: time.Second}
		v, err := b.Verify(params, "cbdc", root, now)
		require.NoError(t, err)
		require.Equal(t, want, v.Root)
		require.EqualValues(t, orders, v.Number)
		require.Len(t, v.Instructions, orders)
	}
}

func TestAForkIsRefusedUnlessTheHubsOwnValidatorsSignIt(t *testing.T) {
	h := prooftest.New("hub-1", "s", 4, genesis)
	now := genesis.Add(time.Minute)
	params := orderproof.Params{ChainID: "hub-1", TrustingPeriod: time.Hour, MaxClockDrift: time.Second}
	for _, c := range []struct {
		name    string
		chain   *prooftest.Hub
		signers int
		want    error
	}{
		{"other keys", h.Fork(), 4, orderproof.ErrHeader},
		{"too few", h.Split(), 2, orderproof.ErrHeader},
		{"the hub's own", h.Split(), 3, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.chain.Order(hold("forged"))
			c.chain.CommitBy(now, c.signers)
			b, err := c.chain.Batch("cbdc", 1, 1)
			require.NoError(t, err)
			_, err = b.Verify(params, "cbdc", h.Root(), now)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestABatchByAnOlderHeaderHasWhatWasOrderedThen(t *testing.T) {
	h := prooftest.New("hub-1", "s", 1, genesis)
	h.Order(hold("a"))
	h.Commit(genesis.Add(1))
	h.Order(hold("b"))
	h.Commit(genesis.Add(2))
	b, err := h.BatchAt("cbdc", 1, 2, 1)
	require.NoError(t, err)
	require.Len(t, b.Items, 1)
	_, err = h.BatchAt("cbdc", 1, 1, 1)
	require.ErrorContains(t, err, "signs no instruction")
	_, err = h.BatchAt("cbdc", 3, 2, 1)
	require.ErrorContains(t, err, "no way from header 3 to 2")
}
