package ibcpath

import (
	"encoding/hex"
	"slices"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

// attributes are pairs of key and value.
func attributes(pairs ...string) []abci.EventAttribute {
	var all []abci.EventAttribute
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, abci.EventAttribute{Key: pair[0], Value: pair[1]})
	}
	return all
}

// aboutPacket is what every event about packet 7 says.
func aboutPacket(more ...string) []abci.EventAttribute {
	return attributes(append([]string{
		"packet_timeout_height", "1-50", "packet_timeout_timestamp", "9", "packet_sequence", "7", "packet_src_port", "transfer",
		"packet_src_channel", "channel-0", "packet_dst_port", "transfer", "packet_dst_channel", "channel-1", "connection_id", "connection-2",
	}, more...)...)
}

func TestEventsAreReadAsTheChainWritesThem(t *testing.T) {
	packet := channeltypes.Packet{
		Sequence: 7, SourcePort: "transfer", SourceChannel: "channel-0", DestinationPort: "transfer", DestinationChannel: "channel-1",
		TimeoutHeight: clienttypes.NewHeight(1, 50), TimeoutTimestamp: 9,
	}
	full := packet
	full.Data = []byte{0xff, '{'}
	data := hex.EncodeToString(full.Data)
	source, destination := ChannelEnd{"transfer", "channel-0"}, ChannelEnd{"transfer", "channel-1"}
	got := eventsOf(Block{Events: []abci.Event{
		{Type: "transfer", Attributes: attributes("amount", "5")},
		{Type: "send_packet", Attributes: aboutPacket("packet_data", "garbled", "packet_data_hex", data)},
		{Type: "recv_packet", Attributes: aboutPacket("packet_data_hex", data)},
		{Type: "write_acknowledgement", Attributes: aboutPacket("packet_data_hex", data, "packet_ack_hex", "0102")},
		{Type: "acknowledge_packet", Attributes: aboutPacket()},
		{Type: "timeout_packet", Attributes: aboutPacket()},
		{Type: "channel_close_init", Attributes: attributes("port_id", "transfer", "channel_id", "channel-0")},
		{Type: "channel_open_ack", Attributes: attributes("port_id", "transfer", "channel_id", "channel-1", "connection_id", "connection-2")},
	}})
	require.Equal(t, []event{
		{what: sent, at: source, connection: "connection-2", packet: full},
		{what: received, at: destination, connection: "connection-2", packet: packet},
		{what: acknowledgementWritten, at: destination, connection: "connection-2", packet: full, ack: []byte{1, 2}},
		{what: acknowledged, at: source, connection: "connection-2", packet: packet},
		{what: timedOut, at: source, connection: "connection-2", packet: packet},
		{what: channelClosed, at: source},
		{what: channelOpened, at: destination, connection: "connection-2"},
	}, got)
}

func TestEventsThatAreNotTheChainsAreLeftOut(t *testing.T) {
	for name, e := range map[string]abci.Event{
		"no attributes":    {Type: "send_packet"},
		"no hex":           {Type: "send_packet", Attributes: aboutPacket("packet_data_hex", "xyz")},
		"no number":        {Type: "recv_packet", Attributes: aboutPacket("packet_sequence", "-1")},
		"no height":        {Type: "recv_packet", Attributes: aboutPacket("packet_timeout_height", "tomorrow")},
		"a port of a path": {Type: "recv_packet", Attributes: aboutPacket("packet_dst_port", "../x")},
		"no channel":       {Type: "channel_close", Attributes: attributes("port_id", "transfer")},
	} {
		require.Empty(t, eventsOf(Block{Events: []abci.Event{e}}), name)
	}
}
