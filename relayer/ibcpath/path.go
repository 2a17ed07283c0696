package ibcpath

import channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"

// End is one end of a path: a chain, and there the client of the other chain and the connection over it.
type End struct {
	Chain        Chain
	ClientID     string
	ConnectionID string
}

// ChannelEnd names a channel on one chain.
type ChannelEnd struct {
	Port    string
	Channel string
}

// Channel is an open channel between the two ends of a path: Ends[0] on the first chain, Ends[1] on the second.
type Channel struct {
	Ends    [2]ChannelEnd
	Ordered bool
}

// Packet is a packet together with what became of it as far as was seen in blocks.
type Packet struct {
	channeltypes.Packet
	SentAt int64  // height of the block that sent it
	Ack    []byte // the acknowledgement that was written, if it was seen; nil otherwise
}
