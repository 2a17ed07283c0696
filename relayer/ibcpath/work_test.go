package ibcpath

import (
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

// backlogOf is a path on which that many packets, sent in block 5, wait for their receipt. Both chains are at block 10.
func backlogOf(packets uint64) (*Path, *stream) {
	now := Head{Height: 10, Time: time.Unix(1_800_000_000, 0)}
	p := &Path{book: book{heads: [2]Head{now, now}, proven: [2]Head{now, now}}}
	ch := newChannel(Channel{}, [2]int64{})
	for sequence := range packets {
		e := ch.streams[0].meet(sequence+1, now.Time)
		e.sentAt, e.packet = 5, &channeltypes.Packet{Sequence: sequence + 1, TimeoutHeight: clienttypes.NewHeight(0, 1000)}
	}
	p.book.channels = []*channel{ch}
	return p, ch.streams[0]
}

func sizes(batches []*batch) (sizes []int) {
	for _, b := range batches {
		sizes = append(sizes, len(b.jobs))
	}
	return sizes
}

// A backlog's first transaction does not wait until all of it is proved.
func TestTheFirstBatchIsSmall(t *testing.T) {
	p, _ := backlogOf(2000)
	require.Equal(t, []int{firstBatch, maxBatch}, sizes(p.take(1, 2)))
	require.Equal(t, []int{maxBatch, 300}, sizes(p.take(1, 9)))
	require.Empty(t, p.take(1, 9), "the rest is under way")
}

// A signer has one transaction on its way at a time, so a backlog that is found little by little must not use them all up with little ones.
func TestABacklogThatIsStillBeingFoundIsGathered(t *testing.T) {
	p, s := backlogOf(fullEnough - 1)
	s.listing, s.state = true, [2]int64{8, 8}
	p.begun[1] = true
	live := s.packets[7]
	live.sentAt = 9
	require.Equal(t, []int{1}, sizes(p.take(1, 9)), "the live packet alone")

	p.gathering[1] = time.Now().Add(-gatherFor)
	require.Equal(t, []int{fullEnough - 2}, sizes(p.take(1, 9)), "they have waited long enough")

	p, s = backlogOf(fullEnough - 1)
	s.listing, s.state = true, [2]int64{8, 8}
	require.Equal(t, []int{firstBatch}, sizes(p.take(1, 1)), "the very first does not wait")
	require.Empty(t, p.take(1, 9))
	s.listing = false
	require.Equal(t, []int{fullEnough - 1 - firstBatch}, sizes(p.take(1, 9)), "all is found")

	p, s = backlogOf(fullEnough)
	s.listing, s.state = true, [2]int64{8, 8}
	p.begun[1] = true
	require.Equal(t, []int{fullEnough}, sizes(p.take(1, 9)), "that is enough to go")
}
