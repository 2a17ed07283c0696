package ibcnet_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// did is a transaction in which the named thing happened to packet 7 of transfer/channel-3.
func did(what string, second int64) ibcnet.Tx {
	return ibcnet.Tx{Height: second, Time: time.Unix(second, 0), Events: []abci.Event{{Type: what, Attributes: []abci.EventAttribute{
		{Key: "packet_sequence", Value: "7"}, {Key: "packet_src_port", Value: "transfer"}, {Key: "packet_src_channel", Value: "channel-3"},
	}}}}
}

func TestAPacketEndsExactlyOnce(t *testing.T) {
	send, ack, timeout, recv := did("send_packet", 1), did("acknowledge_packet", 4), did("timeout_packet", 5), did("recv_packet", 2)
	for name, test := range map[string]struct {
		source, destination []ibcnet.Tx
		wrong               string
	}{
		"received and acknowledged": {source: []ibcnet.Tx{send, ack}, destination: []ibcnet.Tx{recv}},
		"timed out":                 {source: []ibcnet.Tx{send, timeout}},
		"forgotten":                 {source: []ibcnet.Tx{send}, wrong: "ended 0 times"},
		"never acknowledged":        {source: []ibcnet.Tx{send}, destination: []ibcnet.Tx{recv}, wrong: "ended 0 times"},
		"acknowledged twice":        {source: []ibcnet.Tx{send, ack, ack}, destination: []ibcnet.Tx{recv}, wrong: "ended 2 times"},
		"received twice":            {source: []ibcnet.Tx{send, ack}, destination: []ibcnet.Tx{recv, recv}, wrong: "received 2 times"},
		"received and timed out":    {source: []ibcnet.Tx{send, timeout}, destination: []ibcnet.Tx{recv}, wrong: "received 1 times"},
		"acknowledged from nowhere": {source: []ibcnet.Tx{ack}, destination: []ibcnet.Tx{recv}, wrong: "sent 0 times"},
	} {
		t.Run(name, func(t *testing.T) {
			tally, err := ibcnet.Count(ibcnet.Fates(test.source, test.destination, "transfer", "channel-3"))
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, 1, tally.Acknowledged+tally.TimedOut)
			if tally.Acknowledged == 1 {
				require.Equal(t, 3*time.Second, tally.Median)
			}
		})
	}
	elsewhere := did("recv_packet", 3)
	elsewhere.Events[0].Attributes = append(elsewhere.Events[0].Attributes, abci.EventAttribute{Key: "packet_dst_channel", Value: "channel-9"})
	tally, err := ibcnet.Count(ibcnet.Fates([]ibcnet.Tx{send, ack}, []ibcnet.Tx{recv, elsewhere}, "transfer", "channel-3"))
	require.NoError(t, err, "a third chain's channel of that name")
	require.Equal(t, 1, tally.Acknowledged)
	require.Empty(t, ibcnet.Fates([]ibcnet.Tx{send}, nil, "transfer", "channel-4"), "another channel's packets")
}
