package keeper_test

import (
	"encoding/hex"
	"testing"

	"cosmossdk.io/store/rootmulti"
	storetypes "cosmossdk.io/store/types"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

func TestRecordsAreNumberedAndChainedPerLedger(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 3)
	w.append("hub", 1)
	for _, ledger := range []string{"cny", "hub"} {
		head, err := w.query.Head(w.ctx, &bridge.QueryHeadRequest{Ledger: ledger})
		require.NoError(t, err)
		hash := order.OutboxStart(chainID, ledger)
		for n := uint64(1); n <= head.Number; n++ {
			answer, err := w.query.Instruction(w.ctx, &bridge.QueryInstructionRequest{Ledger: ledger, Number: n})
			require.NoError(t, err)
			hash = order.OutboxNext(hash, n, answer.Record.Instruction)
			require.Equal(t, hash[:], answer.Record.ChainHash)
			require.Equal(t, w.ctx.BlockHeight(), answer.Record.Height)
			require.True(t, w.ctx.BlockTime().Equal(answer.Record.Time))
		}
		require.Equal(t, hash[:], head.ChainHash)
	}
}

func TestTheHeadOfAnEmptyOutboxIsItsStart(t *testing.T) {
	w := newWorld(t)
	head, err := w.query.Head(w.ctx, &bridge.QueryHeadRequest{Ledger: "cny"})
	require.NoError(t, err)
	start := order.OutboxStart(chainID, "cny")
	require.Zero(t, head.Number)
	require.Equal(t, start[:], head.ChainHash)
}

// What a ledger that checks orders does: one ICS-23 proof under the documented key, against the app hash.
func TestARecordIsProvedUnderItsDocumentedKey(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 2)
	commit := w.test.CMS.Commit()
	answer, err := w.test.CMS.(*rootmulti.Store).Query(&storetypes.RequestQuery{
		Path: "/" + bridge.StoreKey + "/key", Data: bridge.RecordKey("cny", 2), Height: commit.Version, Prove: true,
	})
	require.NoError(t, err)
	require.EqualValues(t, abci.CodeTypeOK, answer.Code)

	path := "/" + bridge.StoreKey + "/x:" + hex.EncodeToString(bridge.RecordKey("cny", 2))
	require.NoError(t, rootmulti.DefaultProofRuntime().VerifyValue(answer.ProofOps, commit.Hash, path, answer.Value))

	var record bridge.Record
	codec.NewProtoCodec(codectypes.NewInterfaceRegistry()).MustUnmarshal(answer.Value, &record)
	require.EqualValues(t, 2, record.Number)
	i, err := order.DecodeInstruction(record.Instruction)
	require.NoError(t, err)
	require.Equal(t, instruction(order.Hold, "cny", "ref-cny-1"), i)
}

func TestAppendWritesToTheOutboxAndDoesNothingElse(t *testing.T) {
	w := newWorld(t)
	w.append("hub", 1)
	w.append("cny", 1)
	require.Empty(t, w.lines())
	require.Equal(t, []string{"EventInstructed", "EventInstructed"}, w.events())
	require.Equal(t, bridge.PROGRESS_OPEN, w.tracking("hub", 1).Progress)
}

func TestAppendTakesInstructionsForASuspendedLedger(t *testing.T) {
	w := newWorld(t)
	_, err := w.msg.SuspendLedger(w.ctx, &bridge.MsgSuspendLedger{Authority: w.gov, Ledger: "cny", Reason: "incident"})
	require.NoError(t, err)
	w.append("cny", 1)
	w.attest("n1", order.Held, 1)
	require.EqualValues(t, 1, w.attest("n2", order.Held, 1), "and its outcome counts: what was ordered must end")
}

func TestWhatAppendRefuses(t *testing.T) {
	w := newWorld(t)
	with := func(change func(*order.Instruction)) order.Instruction {
		i := instruction(order.Hold, "cny", "ref")
		change(&i)
		return i
	}
	for _, c := range []struct {
		name  string
		owner string
		i     order.Instruction
		err   error
		says  string
	}{
		{"of an unknown owner", "stranger", with(func(*order.Instruction) {}), bridge.ErrUnknownOwner, "stranger"},
		{"for an unknown ledger", owner, instruction(order.Hold, "usd", "ref"), bridge.ErrUnknownLedger, "usd"},
		{"of another chain", owner, with(func(i *order.Instruction) { i.ChainID = "other-1" }), bridge.ErrInvalidInstruction, "other-1"},
		{"with another entry id", owner, with(func(i *order.Instruction) { i.Entry[0]++ }), bridge.ErrInvalidInstruction, "entry id"},
		{"without an amount", owner, with(func(i *order.Instruction) { i.AmountMinor = 0 }), bridge.ErrInvalidInstruction, "amount"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.unchanged(func(ctx sdk.Context) error {
				_, err := w.k.Append(ctx, c.owner, c.i)
				return err
			})
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.says)
		})
	}
}
