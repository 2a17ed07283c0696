package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// PacketAnswered takes in what came back of a packet: the evidence in one CacheContext, what follows from it in another. It
// never fails, as an error would make core IBC keep a packet open that will never be answered again. Running out of gas
// alone ends the transaction: the packet stays open and is relayed again.
func (k *Keeper) PacketAnswered(ctx context.Context, p bridge.PacketKey, a bridge.PacketAnswer) {
	var about *bridge.InstructionKey
	if err := isolated(ctx, func(ctx context.Context) (err error) {
		about, err = k.keepAnswer(ctx, p, a)
		return err
	}); err != nil {
		logger(ctx).Error("an answer could not be kept", "channel", p.ChannelId, "sequence", p.Sequence, "error", err)
		return
	}
	if about == nil {
		return
	}
	if err := isolated(ctx, func(ctx context.Context) error { return k.advanceAnswered(ctx, *about) }); err != nil {
		logger(ctx).Error("an answer is queued: it could not be counted", "ledger", about.Ledger, "number", about.Number, "error", err)
		if err := isolated(ctx, func(ctx context.Context) error { return k.recountFrom(ctx, *about) }); err != nil {
			logger(ctx).Error("an answer could not be queued", "ledger", about.Ledger, "number", about.Number, "error", err)
		}
	}
}

// keepAnswer stores the evidence. It returns which instruction has an outcome by it, if one has.
func (k *Keeper) keepAnswer(ctx context.Context, p bridge.PacketKey, a bridge.PacketAnswer) (*bridge.InstructionKey, error) {
	key := collections.Join(p.ChannelId, p.Sequence)
	open, err := k.openPackets.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		logger(ctx).Info("an answer to a packet that is not open", "channel", p.ChannelId, "sequence", p.Sequence)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := k.openPackets.Remove(ctx, key); err != nil {
		return nil, err
	}
	d, i, err := k.dispatch(ctx, open.Instruction.Ledger, open.Instruction.Number)
	if err != nil {
		return nil, err
	}
	v, ok := bridge.ReadAnswer(i, a)
	switch {
	case !ok && d.State == bridge.DISPATCH_STATE_SENT && d.Packet == p:
		return nil, k.unanswered(ctx, d, v.Reason)
	case !ok:
		return nil, nil // a newer packet is under way, or the outcome is known
	case d.State == bridge.DISPATCH_STATE_ANSWERED && uint32(v.Outcome) != d.Outcome:
		logger(ctx).Error("a second answer differs from the first, which stays", "ledger", d.Ledger, "number", d.Number)
		return nil, emit(ctx, &bridge.EventAnswersDiffer{
			Ledger: d.Ledger, Number: d.Number, Outcome: order.Outcome(d.Outcome).String(), OtherOutcome: v.Outcome.String(),
		})
	case d.State == bridge.DISPATCH_STATE_ANSWERED:
		return nil, nil
	}
	return &open.Instruction, k.answered(ctx, d, v)
}

// answered stores an outcome's evidence.
func (k *Keeper) answered(ctx context.Context, d bridge.Dispatch, v bridge.Verdict) error {
	d.Outcome, d.LedgerReference, d.Reason = uint32(v.Outcome), v.LedgerReference, v.Reason
	if err := k.moveDispatch(ctx, d, bridge.DispatchAnswered); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventAnswered{Ledger: d.Ledger, Number: d.Number, Outcome: v.Outcome.String(), Reason: v.Reason})
}

// unanswered stores that a packet came to nothing, and why.
func (k *Keeper) unanswered(ctx context.Context, d bridge.Dispatch, reason string) error {
	d.Reason = reason
	if err := k.moveDispatch(ctx, d, bridge.DispatchUnanswered); err != nil {
		return err
	}
	logger(ctx).Error("an instruction's packet came to nothing", "ledger", d.Ledger, "number", d.Number, "reason", reason)
	return emit(ctx, &bridge.EventUnanswered{Ledger: d.Ledger, Number: d.Number, Reason: reason})
}

func (k *Keeper) advanceAnswered(ctx context.Context, about bridge.InstructionKey) error {
	l, err := k.Ledger(ctx, about.Ledger)
	if err != nil {
		return err
	}
	_, err = k.advance(ctx, l, about.Number)
	return err
}

// recountFrom has the end of block look at an instruction, and those after it, again.
func (k *Keeper) recountFrom(ctx context.Context, about bridge.InstructionKey) error {
	next, err := k.recounts.Get(ctx, about.Ledger)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	if err == nil && next <= about.Number {
		return nil
	}
	return k.recounts.Set(ctx, about.Ledger, about.Number)
}
