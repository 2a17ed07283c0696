package ibcpath

import (
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

// A backlog's first transaction does not wait until all of it is proved.
func TestTheFirstBatchIsSmall(t *testing.T) {
	now := Head{Height: 10, Time: time.Unix(1_800_000_000, 0)}
	backlog := func() *Path {
		p := &Path{book: book{heads: [2]Head{now, now}, proven: [2]Head{now, now}}}
		ch := newChannel(Channel{}, [2]int64{})
		for sequence := range uint64(2000) {
			e := ch.streams[0].meet(sequence+1, now.Time)
			e.sentAt, e.packet = 5, &channeltypes.Packet{Sequence: sequence + 1, TimeoutHeight: clienttypes.NewHeight(0, 1000)}
		}
		p.book.channels = []*channel{ch}
		return p
	}
	sizes := func(batches []*batch) (sizes []int) {
		for _, b := range batches {
			sizes = append(sizes, len(b.jobs))
		}
		return sizes
	}
	p := backlog()
	require.Equal(t, []int{firstBatch, maxBatch}, sizes(p.take(1, 2)))
	require.Equal(t, []int{maxBatch, 300}, sizes(p.take(1, 9)))
	require.Empty(t, p.take(1, 9), "the rest is under way")
}
