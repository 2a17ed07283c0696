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

var sentinels = []error{
	orderproof.ErrMalformed, orderproof.ErrOtherChain, orderproof.ErrRoot, orderproof.ErrOutsideTrustingPeriod,
	orderproof.ErrHeader, orderproof.ErrProof, orderproof.ErrOtherLedger, orderproof.ErrChain,
}

func TestHashesStandForInstructionsThatTheReceiverNeedNotSee(t *testing.T) {
	h := newHub()
	height := give(h, 5)
	b := h.Batch(ledger, 1, h.Path(1, height))
	for _, hidden := range []int{0, 1, 3} {
		b.Items[hidden].Raw = nil
	}
	raw, err := b.Encode()
	require.NoError(t, err)
	b, err = orderproof.DecodeBatch(raw)
	require.NoError(t, err)
	got, err := b.Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	require.Len(t, got.Instructions, 2)
	require.EqualValues(t, 3, got.Instructions[0].Number)
	require.EqualValues(t, 5, got.Instructions[1].Number)
	require.EqualValues(t, 5, got.Number)
}

func TestALaterBatchBeginsWhereTheLastOneEnded(t *testing.T) {
	h := newHub()
	first, err := h.Batch(ledger, 1, h.Path(1, give(h, 3))).Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	h.Give(ledger, instruction(chainID, ledger, 10), instruction(chainID, ledger, 11))
	h.Commit()
	b := h.Batch(ledger, first.Number+1, h.Path(first.Root.Height, h.Commit()))
	require.Equal(t, first.Head, b.Before)
	second, err := b.Verify(params, ledger, first.Root, now)
	require.NoError(t, err)
	require.EqualValues(t, 5, second.Number)
	require.Len(t, second.Instructions, 2)
}

// The header that is believed may itself sign the state: no step is needed then.
func TestTheBelievedHeaderProvesItsOwnState(t *testing.T) {
	h := newHub()
	height := give(h, 2)
	got, err := h.Batch(ledger, 1, h.Path(height)).Verify(params, ledger, h.Root(height), now)
	require.NoError(t, err)
	require.Equal(t, h.Root(height), got.Root)
}

// An older record than the newest is proved against an older header, and is true: whether it is news is for the caller.
func TestAnOlderHeadIsProvedForWhatItIs(t *testing.T) {
	h := newHub()
	old := give(h, 2)
	give(h, 3)
	got, err := h.Batch(ledger, 1, h.Path(1, old)).Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	require.EqualValues(t, 2, got.Number)
}

func TestABatchMadeByHandIsVerifiedAsOneFromTheWire(t *testing.T) {
	h := newHub()
	height := give(h, 2)
	b := h.Batch(ledger, 1, h.Path(1, height))
	made, err := b.Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	raw, err := b.Encode()
	require.NoError(t, err)
	decoded, err := orderproof.DecodeBatch(raw)
	require.NoError(t, err)
	again, err := decoded.Encode()
	require.NoError(t, err)
	require.Equal(t, raw, again)
	sent, err := decoded.Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	require.Equal(t, made, sent)
}
