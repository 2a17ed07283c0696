package ibcpath

import (
	"errors"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheFirstHeightIsFoundFromAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		after := rapid.Int64Range(0, 1_000_000).Draw(t, "after")
		upTo := after + rapid.Int64Range(1, 1_000_000).Draw(t, "blocks")
		first := rapid.Int64Range(after+1, upTo).Draw(t, "first")
		near := rapid.Int64Range(0, 2_100_000).Draw(t, "near")
		asked := 0
		got, err := firstHeight(after, upTo, near, func(height int64) (bool, error) {
			asked++
			if height <= after || height >= upTo {
				t.Fatalf("asked for %d, which is known", height)
			}
			return height >= first, nil
		})
		require.NoError(t, err)
		require.Equal(t, first, got)
		start := min(max(near, after+1), max(upTo-1, after+1))
		distance := max(first-start, start-first)
		require.LessOrEqual(t, asked, 2*bits.Len64(uint64(distance))+3, "from %d to %d", start, first)
	})
}

func TestASearchEndsWithTheNodesError(t *testing.T) {
	broken := errors.New("no answer")
	_, err := firstHeight(0, 100, 50, func(int64) (bool, error) { return false, broken })
	require.ErrorIs(t, err, broken)
}

func TestOneBadItemIsFoundInLog2Attempts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1000).Draw(t, "items")
		poison := rapid.IntRange(0, n-1).Draw(t, "poison")
		items := make([]int, n)
		for i := range items {
			items[i] = i
		}
		landed, attempts := map[int]bool{}, 0
		bad, rest, err := isolate(items, func(part []int) (bool, error) {
			attempts++
			for _, item := range part {
				if item == poison {
					return true, nil
				}
			}
			for _, item := range part {
				landed[item] = true
			}
			return false, nil
		})
		require.NoError(t, err)
		require.Equal(t, poison, bad)
		require.LessOrEqual(t, attempts, bits.Len(uint(n-1)))
		for _, item := range rest {
			require.False(t, landed[item], "%d is to be sent again", item)
			landed[item] = true
		}
		require.Len(t, landed, n-1, "all but one landed or are to be sent")
		require.IsIncreasing(t, append([]int{-1}, rest...))
	})
}
