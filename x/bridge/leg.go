package bridge

import (
	"context"
	"fmt"
	"math"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/fsm"
)

// The leg app's port and version (ICS-04, ICS-05).
const (
	LegPort    = "corridor-leg"
	LegVersion = "corridor-leg-1"
)

// TendermintClient is the one type of light client that proves for a channel (ICS-07).
const TendermintClient = "07-tendermint"

// NoTimeoutUnixNs is the largest time that is legal everywhere: block times are signed nanoseconds.
const NoTimeoutUnixNs = uint64(math.MaxInt64)

// Channels is IBC as the bridge wants it: x/bridge/ibc.
type Channels interface {
	// Bind takes the leg app's port for this module. It does nothing where that is done.
	Bind(ctx context.Context) error
	// End says what a channel of the leg app's port is; ErrChannel if there is none.
	End(ctx context.Context, channelID string) (ChannelEnd, error)
	// Send writes a packet. ErrPacketExpired means that the far chain's time has passed the timeout; any other error
	// that nothing can be sent by this channel now. An error means that nothing was written.
	//
	// CONTRACT: the caller gives a CacheContext and drops it with an error.
	Send(ctx context.Context, channelID string, timeoutUnixNs uint64, packet []byte) (sequence uint64, err error)
}

// ChannelEnd is this chain's end of a channel, as IBC knows it.
type ChannelEnd struct {
	ConnectionID string
	ClientType   string
	ChainID      string // of the chain at the other end, as the client says
	Open         bool
	Unordered    bool
	FarPort      string
	Version      string
}

// OrderSource says what a HOLD comes with. The module that wrote the instruction is it.
type OrderSource interface {
	// HoldOrder gives the settlement's canonical bytes, the quote's if the leg is under one, and the payer's signature.
	HoldOrder(ctx context.Context, i order.Instruction) (body, quote, signature []byte, err error)
}

// PeerLedger is this chain's own ledger, as another hub's instructions reach it: x/token.
type PeerLedger interface {
	// ConsentKey is the compressed secp256k1 key on file for an account; nil if there is no such account, or no key.
	ConsentKey(ctx context.Context, account string) ([]byte, error)
	// ExecutePeer carries an instruction of another hub out, idempotently on its entry id. A refusal is an outcome;
	// an error means that nothing happened.
	ExecutePeer(ctx context.Context, i order.Instruction) (Result, error)
	// RefusePeer tombstones an entry that was never heard of, and answers what the entry then says to the instruction.
	RefusePeer(ctx context.Context, i order.Instruction, reason string) (Result, error)
}

// DispatchStep is what happens to a dispatch.
type DispatchStep string

// The closed set of steps.
const (
	DispatchSent       DispatchStep = "sent"
	DispatchAnswered   DispatchStep = "answered"
	DispatchUnanswered DispatchStep = "unanswered"
	DispatchAgain      DispatchStep = "again"
)

// DispatchTable says which state of a dispatch follows which.
//
// INVARIANT: no way leads out of ANSWERED.
var DispatchTable = fsm.MustNew("dispatch", DISPATCH_STATE_WAITING, []DispatchState{DISPATCH_STATE_ANSWERED},
	[]fsm.Row[DispatchState, DispatchStep]{
		{From: DISPATCH_STATE_WAITING, On: DispatchSent, To: DISPATCH_STATE_SENT},
		{From: DISPATCH_STATE_WAITING, On: DispatchAnswered, To: DISPATCH_STATE_ANSWERED}, // expired unsent, or a late answer to an earlier packet
		{From: DISPATCH_STATE_WAITING, On: DispatchUnanswered, To: DISPATCH_STATE_UNANSWERED},
		{From: DISPATCH_STATE_SENT, On: DispatchAnswered, To: DISPATCH_STATE_ANSWERED},
		{From: DISPATCH_STATE_SENT, On: DispatchUnanswered, To: DISPATCH_STATE_UNANSWERED},
		{From: DISPATCH_STATE_SENT, On: DispatchAgain, To: DISPATCH_STATE_WAITING},
		{From: DISPATCH_STATE_UNANSWERED, On: DispatchAgain, To: DISPATCH_STATE_WAITING},
		{From: DISPATCH_STATE_UNANSWERED, On: DispatchAnswered, To: DISPATCH_STATE_ANSWERED},
	})

// Travels tells whether an instruction of this kind can be dispatched in a packet.
func Travels(k order.Kind) bool { return k == order.Hold || k == order.Post || k == order.Void }

// PacketAnswer is what came back of a packet.
type PacketAnswer struct {
	Result  []byte // of a successful acknowledgement
	Failure string // else why there is none: an error acknowledgement or a timeout, after which nothing is kept there
}

// ReadAnswer says what an answer makes of an instruction; ok is false where it is no outcome, and the verdict's reason
// says why. The guards are in the order of README.md in x/bridge/ibc.
func ReadAnswer(i order.Instruction, a PacketAnswer) (v Verdict, ok bool) {
	if a.Failure != "" {
		return Verdict{Outcome: order.Refused, Reason: note(a.Failure)}, i.Kind == order.Hold
	}
	answer, err := order.DecodeLegAnswer(a.Result)
	switch {
	case err != nil:
		return Verdict{Reason: note(err.Error())}, false
	case answer.InstructionHash != i.Hash():
		return Verdict{Reason: note(fmt.Sprintf("the answer is about instruction %s, not %s", answer.InstructionHash, i.Hash()))}, false
	case !i.Kind.Allowed(answer.Outcome):
		return Verdict{Reason: note(fmt.Sprintf("the answer to a %s is %s", i.Kind, answer.Outcome))}, false
	}
	return Verdict{Outcome: answer.Outcome, LedgerReference: note(answer.LedgerReference), Reason: note(answer.Reason)}, true
}

// CheckAgain tells whether a dispatch may be sent again. Guard 4 of MsgSendAgain.
//
// REPLAY PROTECTION: a HOLD is never sent a second time, as the first packet's timeout would be taken for the second's.
func CheckAgain(d Dispatch, i order.Instruction, channelID string) error {
	switch {
	case i.Kind == order.Hold && d.Packets > 0:
		return ErrNotAgain.Wrapf("instruction %d of %s is a HOLD that was sent: its deadline ends it", d.Number, d.Ledger)
	case d.State == DISPATCH_STATE_SENT && d.Packet.ChannelId == channelID:
		return ErrNotAgain.Wrapf("instruction %d of %s is under way in packet %d of %s: have it relayed", d.Number, d.Ledger, d.Packet.Sequence, channelID)
	case d.State != DISPATCH_STATE_SENT && d.State != DISPATCH_STATE_UNANSWERED:
		return ErrNotAgain.Wrapf("instruction %d of %s is %s", d.Number, d.Ledger, d.State)
	}
	return nil
}
