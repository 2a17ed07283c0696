package ibcpath

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneRelayerAloneDoesEverythingAtOnce(t *testing.T) {
	require.Zero(t, Share{}.Rank(ChannelEnd{"transfer", "channel-0"}, false, 7))
	require.True(t, Share{}.Turn(0, 0))
}

func TestRelayersTakeTurnsAndTakeOver(t *testing.T) {
	channel := ChannelEnd{"transfer", "channel-0"}
	for sequence := range uint64(9) {
		ranks := map[int64]bool{}
		for index := range 3 {
			share := Share{Index: index, Of: 3, After: 4}
			rank := share.Rank(channel, false, sequence)
			require.Equal(t, rank == 0, sequence%3 == uint64(index), "the packet is its own")
			require.False(t, ranks[rank], "one relayer a turn")
			ranks[rank] = true
			require.True(t, share.Turn(rank, 4*rank))
			require.Equal(t, rank == 0, share.Turn(rank, 4*rank-1) || rank == 0)
			require.Equal(t, share.Rank(channel, true, 0), share.Rank(channel, true, sequence), "an ordered channel is one relayer's")
		}
	}
}
