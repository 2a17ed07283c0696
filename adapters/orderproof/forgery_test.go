package orderproof_test

import (
	"slices"
	"testing"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/orderproof/testhub"
)

// A forger alters one instruction and makes everything that hangs on it consistent, one layer after the other. He gets
// as far as the first thing that needs a key he does not have; only who believes his root believes him.
func TestAForgeryIsCaughtHoweverFarItIsMadeConsistent(t *testing.T) {
	forged := testhub.New(chainID, "m0", "m1", "m2", "m3")
	for n := range 4 {
		forged.Give(ledger, instruction(chainID, ledger, n))
	}
	forged.Give(ledger, instruction(chainID, ledger, 99))
	forged.Commit()
	height := forged.Commit()
	theirs := forged.Batch(ledger, 1, forged.Path(1, height))
	block := forged.Block(height)

	a := fair()
	layers := []struct {
		name string
		make func()
		want error
	}{
		{"the instruction", func() { a.batch.Items[4] = theirs.Items[4] }, orderproof.ErrChain},
		{"the record with its chained hash", func() {
			value := theirs.Head.Value
			a.batch.Head.Value, a.batch.Head.Proofs[0].GetExist().Value = value, value
		}, orderproof.ErrProof},
		{"the proof in the store", func() { a.batch.Head.Proofs[0] = theirs.Head.Proofs[0] }, orderproof.ErrProof},
		{"the proof of the store", func() { a.batch.Head.Proofs[1] = theirs.Head.Proofs[1] }, orderproof.ErrProof},
		{"the header", func() { a.last().AppHash = block.AppHash }, orderproof.ErrHeader},
		{"the commit's block", func() { a.last().Commit.BlockID.Hash = a.last().Hash() }, orderproof.ErrHeader},
		{"the signatures, by other keys", func() {
			step := a.last()
			step.Commit.Signatures = forged.Sign(step.Header, block.ValidatorSet).Commit.Signatures
			for i := range step.Commit.Signatures {
				step.Commit.Signatures[i].ValidatorAddress = step.ValidatorSet.Validators[i].Address
			}
		}, orderproof.ErrHeader},
		{"the signers", func() { a.batch.Path.Steps = []*cmttypes.LightBlock{block} }, orderproof.ErrHeader},
		{"the signers of the anchor", func() { a.batch.Path.Anchor.Validators = block.ValidatorSet }, orderproof.ErrRoot},
		{"the anchor", func() { a.batch.Path = theirs.Path }, orderproof.ErrRoot},
		{"the root itself", func() { a.root = forged.Root(1) }, nil},
	}
	for _, layer := range layers {
		layer.make()
		_, err := a.verify()
		require.ErrorIs(t, err, layer.want, layer.name)
	}
}

// Fewer signatures than were given, and a hash in place of an instruction, are other batches: as true as the first.
func TestWhatMayBeLeftOutLeavesTheBatchTrue(t *testing.T) {
	a := fair()
	whole, err := a.verify()
	require.NoError(t, err)
	a.last().Commit.Signatures[2] = cmttypes.NewCommitSigAbsent()
	a.batch.Items = slices.Clone(a.batch.Items)
	a.batch.Items[0].Raw = nil
	less, err := a.verify()
	require.NoError(t, err)
	require.Equal(t, whole.Root, less.Root)
	require.Equal(t, whole.Head, less.Head)
	require.Equal(t, whole.Instructions[1:], less.Instructions)
}

func TestAHubOfOneValidator(t *testing.T) {
	h := testhub.New(chainID, "alone")
	height := give(h, 1)
	_, err := h.Batch(ledger, 1, h.Path(1, height)).Verify(params, ledger, h.Root(1), now)
	require.NoError(t, err)
	everyByteMatters(t, h.Batch(ledger, 1, h.Path(height)), h.Root(height), 0x01)
}
