package ibcpath

import (
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

// start is the time of block 0 of the chains in these tables; a block a second.
var start = time.Unix(1_800_000_000, 0)

func headAt(height int64) Head {
	return Head{Height: height, Time: start.Add(time.Duration(height) * time.Second)}
}

// seen is a chain whose newest block was read and can be used for proofs at once.
func seen(height int64) Sight { return Sight{Head: headAt(height), Proven: headAt(height)} }

func shut(s Sight, at int64) Sight { s.ClosedAt = at; return s }

func slow(s Sight, proven int64) Sight { s.Proven = headAt(proven); return s }

// packetSent is a packet of block 10 that times out at height 50.
func packetSent() Facts {
	return Facts{Committed: true, Packet: Packet{SentAt: 10, Packet: channeltypes.Packet{
		Sequence: 7, TimeoutHeight: clienttypes.NewHeight(0, 50),
	}}}
}

func with(changes ...func(*Facts)) Facts {
	f := packetSent()
	for _, change := range changes {
		change(&f)
	}
	return f
}

func TestEachGuardDecides(t *testing.T) {
	received := func(f *Facts) { f.Received = true }
	acked := func(f *Facts) { f.Received, f.AckAt = true, 30 }
	byTime := func(f *Facts) {
		f.TimeoutHeight = clienttypes.ZeroHeight()
		f.TimeoutTimestamp = uint64(start.Add(50 * time.Second).UnixNano())
	}
	for _, row := range []struct {
		name                string
		facts               Facts
		source, destination Sight
		want                Decision
	}{
		{"ended", with(func(f *Facts) { f.Committed = false }), seen(20), seen(20), Decision{Nothing, whyEnded}},
		{"its data is not there", with(func(f *Facts) { f.SentAt = 0 }), seen(20), seen(90), Decision{Wait, whyNoData}},
		{"received, source closed", with(acked), shut(seen(40), 5), seen(40), Decision{Nothing, whySourceShut}},
		{"received, ack looked for", with(received, func(f *Facts) { f.Unfound = true }), seen(40), seen(40), Decision{Wait, whyAckUnfound}},
		{"received, no ack", with(received), seen(40), seen(40), Decision{Wait, whyNoAck}},
		{"ack in the newest block", with(acked), seen(40), seen(30), Decision{Wait, whyAckUnsigned}},
		{"ack signed, delay not over", with(acked), seen(40), slow(seen(40), 30), Decision{Wait, whyAckUnsigned}},
		{"ack", with(acked), seen(40), seen(31), Decision{Ack, whyAck}},
		{"ack after the timeout", with(acked), seen(90), seen(90), Decision{Ack, whyAck}},
		{"ack of a channel closed there", with(acked), seen(40), shut(seen(40), 35), Decision{Ack, whyAck}},
		{"timeout by height", with(), seen(60), seen(50), Decision{Timeout, whyTimeout}},
		{"timeout by time", with(byTime), seen(60), seen(50), Decision{Timeout, whyTimeout}},
		{"timeout before close", with(), seen(60), shut(seen(50), 20), Decision{Timeout, whyTimeout}},
		{"closed there", with(), seen(40), shut(seen(40), 39), Decision{TimeoutOnClose, whyClosed}},
		{"closed there, not signed", with(), seen(40), shut(seen(40), 40), Decision{Wait, whyClosing}},
		{"timeout with the next block", with(), seen(60), seen(49), Decision{Wait, whyElapsing}},
		{"timeout passed, delay not over", with(), seen(60), slow(seen(55), 49), Decision{Wait, whyElapsing}},
		{"time out later than any block", with(byTime), seen(60), seen(49), Decision{Recv, whyRecv}},
		{"another revision has other heights", with(func(f *Facts) {
			f.TimeoutHeight = clienttypes.NewHeight(1, 5)
		}), seen(40), seen(40), Decision{Recv, whyRecv}},
		{"sent in the newest block", with(), seen(10), seen(40), Decision{Wait, whySendUnsent}},
		{"recv", with(), seen(11), seen(40), Decision{Recv, whyRecv}},
		{"recv though the source closed", with(), shut(seen(20), 15), seen(40), Decision{Recv, whyRecv}},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.want, Decide(row.facts, View{Source: row.source, Destination: row.destination}))
		})
	}
}

func TestAnOrderedChannelKeepsItsOrder(t *testing.T) {
	for _, row := range []struct {
		name     string
		first    uint64
		all      []Action
		nextRecv uint64
		want     []uint64
	}{
		{"nothing", 1, nil, 1, nil},
		{"from the next one on", 4, []Action{Recv, Recv, Recv}, 4, []uint64{4, 5, 6}},
		{"none before the next one is there", 5, []Action{Recv, Recv}, 4, nil},
		{"none behind one that waits", 4, []Action{Recv, Wait, Recv}, 4, []uint64{4}},
		{"acknowledgements from the lowest", 2, []Action{Ack, Ack, Recv, Recv}, 4, []uint64{2, 3, 4, 5}},
		{"no acknowledgement behind one that waits", 2, []Action{Wait, Ack, Recv}, 4, []uint64{4}},
		{"timeouts", 4, []Action{Timeout, Timeout}, 4, []uint64{4, 5}},
		{"timeouts behind one that timed out before", 5, []Action{Timeout, Timeout}, 4, []uint64{5, 6}},
		{"nothing is received behind one that timed out", 5, []Action{Recv, Recv}, 4, nil},
		{"a timeout behind a packet waits for it", 4, []Action{Recv, Timeout}, 4, []uint64{4}},
		{"a packet behind a timeout is not sent", 4, []Action{Timeout, Recv}, 4, []uint64{4}},
		{"timeouts on close after acknowledgements", 3, []Action{Ack, TimeoutOnClose, TimeoutOnClose}, 4, []uint64{3, 4, 5}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var all []Numbered
			for i, do := range row.all {
				all = append(all, Numbered{row.first + uint64(i), Decision{Do: do}})
			}
			var got []uint64
			for _, each := range Sequence(all, row.nextRecv) {
				got = append(got, each.Sequence)
			}
			require.Equal(t, row.want, got)
		})
	}
}
