package keeper

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// queueDispatch writes that an instruction has to be sent. It needs neither channel nor client: a decision cannot fail.
func (k *Keeper) queueDispatch(ctx context.Context, ledger string, number uint64) error {
	return k.saveDispatch(ctx, bridge.Dispatch{
		Ledger: ledger, Number: number, State: bridge.DispatchTable.Start(), Height: sdk.UnwrapSDKContext(ctx).BlockHeight(),
	})
}

// saveDispatch is the one place where dispatches are written; the queue follows.
func (k *Keeper) saveDispatch(ctx context.Context, d bridge.Dispatch) error {
	key := collections.Join(d.Ledger, d.Number)
	if err := k.dispatches.Set(ctx, key, d); err != nil {
		return err
	}
	if d.State == bridge.DISPATCH_STATE_WAITING {
		return k.waiting.Set(ctx, key)
	}
	return k.waiting.Remove(ctx, key)
}

// moveDispatch is the one place where a dispatch's state changes.
func (k *Keeper) moveDispatch(ctx context.Context, d bridge.Dispatch, step bridge.DispatchStep) error {
	next, err := bridge.DispatchTable.Next(d.State, step)
	if err != nil {
		return fmt.Errorf("dispatch of instruction %d of %s: %w", d.Number, d.Ledger, err)
	}
	d.State, d.Height = next, sdk.UnwrapSDKContext(ctx).BlockHeight()
	return k.saveDispatch(ctx, d)
}

// budget is what is left of one block's dispatch. Every relayer reads what was sent from the block's events, so bytes are
// bounded too.
type budget struct{ packets, bytes int }

func (b *budget) spend(packet []byte) { b.packets, b.bytes = b.packets-1, b.bytes-len(packet) }

func (b *budget) spent() bool { return b.packets <= 0 || b.bytes <= 0 }

// dispatchSome sends what waits, ledger by ledger, another ledger first each block, so that none starves another.
func (k *Keeper) dispatchSome(ctx context.Context) error {
	ledgers, err := k.waitingLedgers(ctx)
	if err != nil || len(ledgers) == 0 {
		return err
	}
	first := int(sdk.UnwrapSDKContext(ctx).BlockHeight() % int64(len(ledgers)))
	left := &budget{packets: bridge.MaxDispatchesPerBlock, bytes: bridge.MaxDispatchBytesPerBlock}
	for n := range ledgers {
		ledger := ledgers[(first+n)%len(ledgers)]
		k.bestEffort(ctx, "dispatch to "+ledger, func(ctx context.Context) error { return k.dispatchTo(ctx, ledger, left) })
		if left.spent() {
			return nil
		}
	}
	return nil
}

// waitingLedgers are those with something to send, by id. It steps from ledger to ledger, not through what waits.
func (k *Keeper) waitingLedgers(ctx context.Context) ([]string, error) {
	var ledgers []string
	rng := new(collections.Range[instructionKey])
	for len(ledgers) < bridge.MaxLedgers {
		found := ""
		if err := k.waiting.Walk(ctx, rng, func(key instructionKey) (bool, error) {
			found = key.K1()
			return true, nil
		}); err != nil || found == "" {
			return ledgers, err
		}
		ledgers = append(ledgers, found)
		rng = new(collections.Range[instructionKey]).StartExclusive(collections.Join(found, uint64(math.MaxUint64)))
	}
	return ledgers, nil
}

// dispatchTo sends a ledger's oldest waiting instructions until one send fails. A few more are then looked at for HOLDs that are
// too late, and cost the other ledgers nothing.
func (k *Keeper) dispatchTo(ctx context.Context, ledger string, left *budget) error {
	l, err := k.Ledger(ctx, ledger)
	if err != nil {
		return err
	}
	var numbers []uint64
	if err := k.waiting.Walk(ctx, collections.NewPrefixedPairRange[string, uint64](ledger), func(key instructionKey) (bool, error) {
		numbers = append(numbers, key.K2())
		return len(numbers) == max(left.packets, bridge.MaxStalledLooks), nil
	}); err != nil {
		return err
	}
	var stalled error
	for looks, n := range numbers {
		if left.spent() || (stalled != nil && looks >= bridge.MaxStalledLooks) {
			break
		}
		k.bestEffort(ctx, fmt.Sprintf("dispatch instruction %d of %s", n, ledger), func(ctx context.Context) (err error) {
			if stalled != nil {
				_, err = k.dispatchOne(ctx, l, n, nil)
				return err
			}
			stalled, err = k.dispatchOne(ctx, l, n, left)
			return err
		})
	}
	return k.noteStall(ctx, ledger, stalled)
}

// dispatchOne sends an instruction, or ends its journey where that can't be. stall is why nothing can be sent to the
// ledger now. Without a budget it sends nothing.
func (k *Keeper) dispatchOne(ctx context.Context, l bridge.Ledger, number uint64, left *budget) (stall, err error) {
	d, i, err := k.dispatch(ctx, l.Id, number)
	if err != nil {
		return nil, err
	}
	packet, timeout, err := k.parcel(ctx, i, d)
	if err != nil {
		logger(ctx).Error("an instruction cannot be put in a packet", "ledger", d.Ledger, "number", d.Number, "error", err)
		return nil, k.unanswered(ctx, d, cause(err))
	}
	if now := sdk.UnwrapSDKContext(ctx).BlockTime(); !now.Before(time.Unix(0, int64(timeout))) {
		return nil, k.expire(ctx, l, d)
	}
	if left == nil {
		return nil, nil
	}
	key := bridge.PacketKey{ChannelId: l.Channel.ChannelId}
	err = isolated(ctx, func(ctx context.Context) (err error) {
		if err := k.checkChannel(ctx, *l.Channel); err != nil {
			return err
		}
		key.Sequence, err = k.channels.Send(ctx, key.ChannelId, timeout, packet)
		return err
	})
	if errors.Is(err, bridge.ErrPacketExpired) && i.Kind == order.Hold {
		return nil, k.expire(ctx, l, d)
	}
	if err != nil {
		return err, nil
	}
	left.spend(packet)
	return nil, k.sent(ctx, d, key)
}

// parcel is an instruction's packet and its timeout.
func (k *Keeper) parcel(ctx context.Context, i order.Instruction, d bridge.Dispatch) (packet []byte, timeoutUnixNs uint64, err error) {
	p := order.LegPacket{Instruction: i}
	if i.Kind != order.Hold {
		return p.Encode(), bridge.NoTimeoutUnixNs, nil
	}
	t, err := k.trackings.Get(ctx, collections.Join(d.Ledger, d.Number))
	if err != nil {
		return nil, 0, err
	}
	source, known := k.orders[t.Owner]
	if !known {
		return nil, 0, bridge.ErrUnknownOwner.Wrapf("%q has no orders", t.Owner)
	}
	if p.Body, p.Quote, p.Signature, err = source.HoldOrder(ctx, i); err != nil {
		return nil, 0, err
	}
	body, err := order.DecodeBody(p.Body)
	if err != nil {
		return nil, 0, bridge.ErrHoldBody.Wrap(err.Error())
	}
	packet = p.Encode()
	if _, err := order.DecodeLegPacket(packet); err != nil {
		return nil, 0, bridge.ErrPacketForm.Wrap(err.Error())
	}
	return packet, body.PrepareDeadlineUnixNs, nil
}

// sent notes that an instruction went out.
func (k *Keeper) sent(ctx context.Context, d bridge.Dispatch, key bridge.PacketKey) error {
	open := bridge.OpenPacket{Packet: key, Instruction: bridge.InstructionKey{Ledger: d.Ledger, Number: d.Number}}
	if err := k.openPackets.Set(ctx, collections.Join(key.ChannelId, key.Sequence), open); err != nil {
		return err
	}
	d.Packet, d.Reason = key, ""
	d.Packets++
	if err := k.moveDispatch(ctx, d, bridge.DispatchSent); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventDispatched{Ledger: d.Ledger, Number: d.Number, ChannelId: key.ChannelId, Sequence: key.Sequence})
}

// expire ends the journey of a HOLD that was never sent: it can be received by nobody any more.
func (k *Keeper) expire(ctx context.Context, l bridge.Ledger, d bridge.Dispatch) error {
	v := bridge.Verdict{Outcome: order.Refused, Reason: "not sent before the prepare deadline"}
	if err := k.answered(ctx, d, v); err != nil {
		return err
	}
	_, err := k.advance(ctx, l, d.Number)
	return err
}

// noteStall keeps and tells whether anything can be sent to a ledger.
func (k *Keeper) noteStall(ctx context.Context, ledger string, stalled error) error {
	was, err := k.stalls.Has(ctx, ledger)
	if err != nil {
		return err
	}
	switch {
	case stalled != nil && !was:
		logger(ctx).Error("nothing can be sent to a ledger", "ledger", ledger, "error", stalled)
		s := bridge.Stall{Ledger: ledger, Reason: cause(stalled), Height: sdk.UnwrapSDKContext(ctx).BlockHeight()}
		if err := k.stalls.Set(ctx, ledger, s); err != nil {
			return err
		}
		return emit(ctx, &bridge.EventDispatchStalled{Ledger: ledger, Reason: cut(stalled.Error(), bridge.MaxErrorBytes)})
	case stalled == nil && was:
		if err := k.stalls.Remove(ctx, ledger); err != nil {
			return err
		}
		return emit(ctx, &bridge.EventDispatchResumed{Ledger: ledger})
	}
	return nil
}

// dispatch is an instruction with its journey.
func (k *Keeper) dispatch(ctx context.Context, ledger string, number uint64) (bridge.Dispatch, order.Instruction, error) {
	d, err := k.dispatches.Get(ctx, collections.Join(ledger, number))
	if err != nil {
		return d, order.Instruction{}, err
	}
	r, err := k.record(ctx, ledger, number)
	if err != nil {
		return d, order.Instruction{}, err
	}
	i, err := order.DecodeInstruction(r.Instruction)
	return d, i, err
}
