package orderproof_test

import (
	"errors"
	"testing"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

func TestChangedValidatorsNeedAHeaderBetween(t *testing.T) {
	h := newHub()
	h.SetValidators("v0", "v1", "n2", "n3") // signs from header 3 on
	give(h, 1)
	h.SetValidators("n0", "n1", "n2", "n3") // signs from header 5 on
	height := give(h, 1)
	height = max(height, h.Commit())

	_, err := h.Path(1, height).Verify(params, h.Root(1), now)
	require.ErrorIs(t, err, orderproof.ErrHeader)
	require.ErrorIs(t, err, orderproof.ErrTooFar, "whoever makes the path learns that a step is missing")

	got, err := h.Path(1, 3, height).Verify(params, h.Root(1), now)
	require.NoError(t, err)
	require.Equal(t, h.Block(height).Header.Hash(), got.Hash())

	_, err = h.Path(1, 2, 3, 4, 5, 6).Verify(params, h.Root(1), now)
	require.NoError(t, err, "one header after the other needs no overlap")
}

func TestAPathNamesAFewSignersAsTooFarOnlyWhereAStepWouldHelp(t *testing.T) {
	h := newHub()
	h.Vote = func(i int) cmttypes.BlockIDFlag { return []cmttypes.BlockIDFlag{2, 2, 3, 1}[i] }
	_, err := h.Path(1, give(h, 1)).Verify(params, h.Root(1), now)
	require.ErrorIs(t, err, orderproof.ErrHeader)
	require.False(t, errors.Is(err, orderproof.ErrTooFar))
}

// Three of four are more than two thirds; the fourth may be absent or have voted for no block.
func TestOneOfFourMayBeMissing(t *testing.T) {
	for _, flag := range []cmttypes.BlockIDFlag{cmttypes.BlockIDFlagAbsent, cmttypes.BlockIDFlagNil} {
		h := newHub()
		h.Vote = func(i int) cmttypes.BlockIDFlag {
			if i == 1 {
				return flag
			}
			return cmttypes.BlockIDFlagCommit
		}
		height := give(h, 1)
		_, err := h.Batch(ledger, 1, h.Path(1, height)).Verify(params, ledger, h.Root(1), now)
		require.NoError(t, err)
		everyByteMatters(t, h.Batch(ledger, 1, h.Path(1, height)), h.Root(1), 0x01)
	}
}

func TestAgeWithinTheTrustingPeriodStopsNothing(t *testing.T) {
	h := newHub()
	height := give(h, 1)
	end := h.Block(1).Time.Add(params.TrustingPeriod)
	_, err := h.Path(1, height).Verify(params, h.Root(1), end.Add(-time.Nanosecond))
	require.NoError(t, err)
	_, err = h.Path(1, height).Verify(params, h.Root(1), end)
	require.ErrorIs(t, err, orderproof.ErrOutsideTrustingPeriod)
	_, err = h.Path(height).Verify(params, h.Root(height), end)
	require.NoError(t, err, "a newer header is believed for longer")
}

func TestWhatIsReadOfflineLooksAtNoAge(t *testing.T) {
	h := newHub()
	height := give(h, 1)
	kept := orderproof.Params{ChainID: chainID}
	for _, when := range []time.Time{{}, now, now.AddDate(20, 0, 0)} {
		_, err := h.Path(1, height).Verify(kept, h.Root(1), when)
		require.NoError(t, err)
	}
	_, err := h.Path(1, height).Verify(kept, h.Root(1), h.Block(2).Time)
	require.ErrorIs(t, err, orderproof.ErrHeader, "with a clock, the future is still refused")
}

func TestPathsHaveOneEncoding(t *testing.T) {
	h := newHub()
	give(h, 1)
	for _, p := range []orderproof.Path{h.Path(1), h.Path(1, 3), h.Path(1, 2, 3)} {
		raw, err := orderproof.EncodePath(p)
		require.NoError(t, err)
		decoded, err := orderproof.DecodePath(raw)
		require.NoError(t, err)
		_, err = decoded.Verify(params, h.Root(1), now)
		require.NoError(t, err)
		for _, step := range decoded.Steps {
			require.NoError(t, step.ValidateBasic(chainID), "what is decoded is whole for CometBFT too")
		}
		again, err := orderproof.EncodePath(decoded)
		require.NoError(t, err)
		require.Equal(t, raw, again)
	}
}

func TestProposerPriorityIsNotEncoded(t *testing.T) {
	h := newHub()
	give(h, 1)
	p := h.Path(1, 3)
	plain, err := orderproof.EncodePath(p)
	require.NoError(t, err)
	p.Steps[0].ValidatorSet = p.Steps[0].ValidatorSet.CopyIncrementProposerPriority(3)
	turned, err := orderproof.EncodePath(p)
	require.NoError(t, err)
	require.Equal(t, plain, turned)
}

func TestRootsAreWrittenAndRead(t *testing.T) {
	root := newHub().Root(1)
	again, err := orderproof.ParseRoot(root.String())
	require.NoError(t, err)
	require.Equal(t, root, again)
	for _, bad := range []string{"", "1", ":", "1:", "0:" + root.String()[2:], "01:" + root.String()[2:], "+1:" + root.String()[2:], root.String() + "00", "1:xyz", root.String()[2:]} {
		_, err := orderproof.ParseRoot(bad)
		require.ErrorIs(t, err, orderproof.ErrMalformed, bad)
	}
}
