package orderproof_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
)

const (
	chainID = "corridor-1"
	ledger  = "cbdc"
)

var params = orderproof.Params{ChainID: chainID, TrustingPeriod: time.Hour, MaxClockDrift: 10 * time.Second}

// now is the clock of whoever verifies: a minute after the first block.
var now = testhub.Start.Add(time.Minute)

// instruction is an instruction that the hub might give.
func instruction(chainID, ledger string, n int) []byte {
	settlement := order.SettlementID(chainID, "corridor1bank", fmt.Sprint("payment ", n))
	return order.Instruction{
		Kind: order.Hold, ChainID: chainID, Ledger: ledger, Entry: order.NewEntryID(chainID, settlement, 0, ledger), Settlement: settlement,
		SettlementHash: order.HashInstruction([]byte(fmt.Sprint("body ", n))), Payer: "acct-alice", Payee: "acct-bob", Currency: "EUR", AmountMinor: 12_50,
	}.Encode()
}

// four validators, so that three must sign.
func newHub() *testhub.Hub { return testhub.New(chainID, "v0", "v1", "v2", "v3") }

// give adds count instructions for the ledger and makes the two blocks that it takes until they can be proved.
func give(h *testhub.Hub, count int) (height int64) {
	for n := range count {
		h.Give(ledger, instruction(chainID, ledger, n))
	}
	h.Commit()
	return h.Commit()
}

func TestABatchProvesAllInstructionsFromTheBelievedHeader(t *testing.T) {
	h := newHub()
	h.Give("bank", instruction(chainID, "bank", 1))
	height := give(h, 5)
	raw, err := h.Batch(ledger, 1, h.Path(1, height)).Encode()
	require.NoError(t, err)
	b, err := orderproof.DecodeBatch(raw)
	require.NoError(t, err)
	got, err := b.Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	require.Equal(t, h.Root(height), got.Root)
	require.Equal(t, h.Block(height).Time, got.Time)
	require.EqualValues(t, 5, got.Number)
	require.Len(t, got.Instructions, 5)
	for i, each := range got.Instructions {
		require.EqualValues(t, i+1, each.Number)
		require.Equal(t, instruction(chainID, ledger, i), each.Raw)
		require.Equal(t, each.Raw, each.Instruction.Encode())
	}
}
