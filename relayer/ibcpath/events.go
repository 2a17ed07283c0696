package ibcpath

import (
	"encoding/hex"
	"strconv"

	abci "github.com/cometbft/cometbft/abci/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// happening is what an event says happened.
type happening int

// What can happen to a packet, and to a channel.
const (
	sent happening = iota + 1
	received
	acknowledgementWritten
	acknowledged
	timedOut
	channelOpened
	channelClosed
)

// happenings are the events that count, by type.
var happenings = map[string]happening{
	channeltypes.EventTypeSendPacket:          sent,
	channeltypes.EventTypeRecvPacket:          received,
	channeltypes.EventTypeWriteAck:            acknowledgementWritten,
	channeltypes.EventTypeAcknowledgePacket:   acknowledged,
	channeltypes.EventTypeTimeoutPacket:       timedOut,
	channeltypes.EventTypeChannelOpenAck:      channelOpened,
	channeltypes.EventTypeChannelOpenConfirm:  channelOpened,
	channeltypes.EventTypeChannelClosed:       channelClosed,
	channeltypes.EventTypeChannelCloseInit:    channelClosed,
	channeltypes.EventTypeChannelCloseConfirm: channelClosed,
}

// event is one thing that a block did. packet's data, and ack, are there where the event carries them.
type event struct {
	what       happening
	at         ChannelEnd // on the chain of the block
	connection string
	packet     channeltypes.Packet
	ack        []byte
}

// eventsOf reads what a block did to packets and channels, in order. What is not as ibc-go writes it is not ibc-go's, and left out.
func eventsOf(b Block) []event {
	var found []event
	for _, raw := range b.Events {
		what, counts := happenings[raw.Type]
		if !counts {
			continue
		}
		if e, ok := readEvent(what, raw.Attributes); ok {
			found = append(found, e)
		}
	}
	return found
}

// readEvent reads one event.
func readEvent(what happening, attributes []abci.EventAttribute) (event, bool) {
	e, ok := event{what: what}, true
	for _, a := range attributes {
		ok = e.read(a.Key, a.Value) && ok
	}
	p := e.packet
	switch what {
	case sent, acknowledged, timedOut:
		e.at = ChannelEnd{p.SourcePort, p.SourceChannel}
	case received, acknowledgementWritten:
		e.at = ChannelEnd{p.DestinationPort, p.DestinationChannel}
	case channelOpened, channelClosed:
		return e, ok && e.at.valid()
	}
	return e, ok && e.at.valid() && p.Sequence > 0
}

// read takes one attribute.
func (e *event) read(key, value string) bool {
	p := &e.packet
	var err error
	switch key {
	case channeltypes.AttributeKeyDataHex:
		if e.what == sent || e.what == acknowledgementWritten {
			p.Data, err = hex.DecodeString(value)
		}
	case channeltypes.AttributeKeyAckHex:
		e.ack, err = hex.DecodeString(value)
	case channeltypes.AttributeKeyTimeoutHeight:
		p.TimeoutHeight, err = clienttypes.ParseHeight(value)
	case channeltypes.AttributeKeyTimeoutTimestamp:
		p.TimeoutTimestamp, err = strconv.ParseUint(value, 10, 64)
	case channeltypes.AttributeKeySequence:
		p.Sequence, err = strconv.ParseUint(value, 10, 64)
	case channeltypes.AttributeKeySrcPort:
		p.SourcePort = value
	case channeltypes.AttributeKeySrcChannel:
		p.SourceChannel = value
	case channeltypes.AttributeKeyDstPort:
		p.DestinationPort = value
	case channeltypes.AttributeKeyDstChannel:
		p.DestinationChannel = value
	case channeltypes.AttributeKeyPortID:
		e.at.Port = value
	case channeltypes.AttributeKeyChannelID:
		e.at.Channel = value
	case connectiontypes.AttributeKeyConnectionID:
		e.connection = value
	}
	return err == nil
}
