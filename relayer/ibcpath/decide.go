package ibcpath

import (
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// Action is what is to be done about a packet now.
type Action int

// The closed set of actions. Recv goes to the chain that the packet is for, the three after it to the chain that sent it.
const (
	Nothing        Action = iota // it has ended, or nobody can do anything about it any more
	Wait                         // Why says what for
	Recv                         // MsgRecvPacket
	Ack                          // MsgAcknowledgement
	Timeout                      // MsgTimeout
	TimeoutOnClose               // MsgTimeoutOnClose
)

var actionNames = [...]string{"nothing", "wait", "recv", "ack", "timeout", "timeout-on-close"}

// String is the action's name, as metrics and people see it.
func (a Action) String() string { return actionNames[a] }

// message tells whether the action is one to submit.
func (a Action) message() bool { return a > Wait }

// Facts is what the two chains said of one packet.
type Facts struct {
	Packet          // SentAt is 0 while its data has not been found
	Ordered   bool  // the channel's order
	Committed bool  // the chain that sent it holds its commitment
	Received  bool  // the other has its receipt, or is past its sequence on an ordered channel
	AckAt     int64 // the block that wrote its acknowledgement; 0: none has, or it has not been found
	Unfound   bool  // an acknowledgement was written, and it is being looked for
}

// Sight is what is seen of one chain.
type Sight struct {
	Revision uint64 // of the chain's heights
	Head     Head   // the newest block that was read
	Proven   Head   // the newest header that proofs may be checked by: Head, or an earlier one where the connection has a delay
	ClosedAt int64  // the block that closed the channel there; 0 while it is open
}

// proves tells whether what block height did can be proved: its state is signed by the header of the next block.
func (s Sight) proves(height int64) bool { return height < s.Proven.Height }

// elapsed tells whether a block of that height and time would refuse the packet.
func (s Sight) elapsed(p channeltypes.Packet, at Head) bool {
	timeout := channeltypes.NewTimeout(p.TimeoutHeight, p.TimeoutTimestamp)
	height := clienttypes.NewHeight(s.Revision, uint64(max(at.Height, 0))) //nolint:gosec // not negative
	return timeout.Elapsed(height, uint64(max(at.Time.UnixNano(), 0)))     //nolint:gosec // not negative
}

// View is what is seen of both chains when a packet is decided on.
type View struct {
	Source, Destination Sight
}

// Decision is an action and the reason for it.
type Decision struct {
	Do  Action
	Why string
}

// What a decision says. Each is one guard of Decide, in the order of README.md.
const (
	whyEnded       = "the chain that sent it holds no commitment: it was acknowledged or timed out"
	whySourceShut  = "it was received, but the channel that sent it is closed and takes no acknowledgement"
	whyAckUnfound  = "it was received; its acknowledgement is being looked for in the block that wrote it"
	whyNoAck       = "it was received; the application there has not written an acknowledgement"
	whyAckUnsigned = "it was received; the next header will prove its acknowledgement"
	whyAck         = "it was received, and its acknowledgement can be proved"
	whyNoData      = "its data is being looked for in the block that sent it"
	whyTimeout     = "its timeout passed, and it can be proved that it was not received"
	whyClosed      = "the channel there is closed, and it can be proved that it was not received"
	whyClosing     = "the channel there was closed; the next header will prove it"
	whyElapsing    = "its timeout passes with the next block; then a header will prove that it was not received"
	whySendUnsent  = "it was sent; the next header will prove it"
	whyRecv        = "it was sent, and that can be proved"
)

// Decide says what is to be done about one packet. It is pure; its guards are in order, the first that holds decides. On an
// ordered channel, Sequence keeps the order.
func Decide(f Facts, v View) Decision {
	switch {
	case !f.Committed:
		return Decision{Nothing, whyEnded}
	case f.Received:
		return decideReceived(f, v)
	case f.SentAt == 0:
		return Decision{Wait, whyNoData}
	case v.Destination.elapsed(f.Packet.Packet, v.Destination.Proven):
		return Decision{Timeout, whyTimeout}
	case v.Destination.ClosedAt > 0 && v.Destination.proves(v.Destination.ClosedAt):
		return Decision{TimeoutOnClose, whyClosed}
	case v.Destination.ClosedAt > 0:
		return Decision{Wait, whyClosing}
	case v.Destination.elapsed(f.Packet.Packet, next(v.Destination.Head)):
		return Decision{Wait, whyElapsing}
	case !v.Source.proves(f.SentAt):
		return Decision{Wait, whySendUnsent}
	}
	return Decision{Recv, whyRecv}
}

// decideReceived is Decide for a packet that was received.
func decideReceived(f Facts, v View) Decision {
	switch {
	case v.Source.ClosedAt > 0:
		return Decision{Nothing, whySourceShut}
	case f.Unfound:
		return Decision{Wait, whyAckUnfound}
	case f.AckAt == 0:
		return Decision{Wait, whyNoAck}
	case !v.Destination.proves(f.AckAt):
		return Decision{Wait, whyAckUnsigned}
	}
	return Decision{Ack, whyAck}
}

// next is the soonest that the block after head can be.
func next(head Head) Head { return Head{Height: head.Height + 1, Time: head.Time} }

// Numbered is a decision about the packet of that sequence.
type Numbered struct {
	Sequence uint64
	Decision Decision
}

// Sequence picks from the decisions about all packets of an ordered channel that have not ended, lowest sequence first, those that
// keep its order: acknowledgements from the lowest packet on, packets from the next one that the destination takes, and
// timeouts from the lowest that was not received, those before which have timed out already. It is pure.
func Sequence(all []Numbered, nextRecv uint64) []Numbered {
	var picked []Numbered
	acking, first := true, Wait // the action of the first that was not received
	for _, each := range all {
		do := each.Decision.Do
		if each.Sequence < nextRecv {
			if acking = acking && do == Ack; acking {
				picked = append(picked, each)
			}
			continue
		}
		if first == Wait {
			first = do
		}
		switch {
		case do != first: // what is behind is decided on when that is done
			return picked
		case do == Recv && each.Sequence == nextRecv:
			nextRecv++
		case do != Timeout && do != TimeoutOnClose:
			return picked
		}
		picked = append(picked, each)
	}
	return picked
}
