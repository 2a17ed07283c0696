package keeper

import (
	"context"
	"fmt"

	"cosmossdk.io/collections"
	storetypes "cosmossdk.io/store/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// advance brings an instruction of a proved ledger as far as its proof goes: counts it, lapses it, applies it. It
// does nothing once the outcome is applied. Failing to apply is no error here: it is told and queued. newly says
// whether the instruction became counted by this call.
func (k *Keeper) advance(ctx context.Context, l bridge.Ledger, number uint64) (newly bool, err error) {
	t, err := k.trackings.Get(ctx, collections.Join(l.Id, number))
	if err != nil || t.Progress == bridge.PROGRESS_APPLIED {
		return false, err
	}
	verifier, proved := k.verifiers[l.Link]
	if !proved {
		return false, bridge.ErrNotAttested.Wrapf("%s", l.Id)
	}
	verdict, ok, err := verifier.Verdict(ctx, l, number)
	if err != nil {
		return false, err
	}
	if t.Progress == bridge.PROGRESS_COUNTED && (!ok || uint32(verdict.Outcome) != t.Outcome) {
		if err := k.lapse(ctx, &t); err != nil {
			return false, err
		}
	}
	if !ok {
		return false, nil
	}
	if t.Progress == bridge.PROGRESS_OPEN {
		newly = true
		if err := k.count(ctx, &t, verdict); err != nil {
			return false, err
		}
	}
	return newly, k.applyOrQueue(ctx, t)
}

// move is the one place where progress changes.
func move(t *bridge.Tracking, step bridge.Step) error {
	next, err := bridge.ProgressTable.Next(t.Progress, step)
	if err != nil {
		return fmt.Errorf("instruction %d of %s: %w", t.Number, t.Ledger, err)
	}
	t.Progress = next
	return nil
}

func (k *Keeper) count(ctx context.Context, t *bridge.Tracking, v bridge.Verdict) error {
	if err := move(t, bridge.StepCount); err != nil {
		return err
	}
	t.Outcome, t.LedgerReference, t.Reason = uint32(v.Outcome), v.LedgerReference, v.Reason
	if err := k.save(ctx, *t); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventCounted{Ledger: t.Ledger, Number: t.Number, Outcome: v.Outcome.String()})
}

func (k *Keeper) lapse(ctx context.Context, t *bridge.Tracking) error {
	was := order.Outcome(t.Outcome)
	if err := move(t, bridge.StepLapse); err != nil {
		return err
	}
	t.Outcome, t.LedgerReference, t.Reason, t.RetryHeight = 0, "", "", 0
	if err := k.save(ctx, *t); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventLapsed{Ledger: t.Ledger, Number: t.Number, Outcome: was.String()})
}

// applyOrQueue applies a counted outcome, or queues it.
func (k *Keeper) applyOrQueue(ctx context.Context, t bridge.Tracking) error {
	if err := isolated(ctx, func(ctx context.Context) error { return k.apply(ctx, t) }); err != nil {
		return k.failed(ctx, t, err)
	}
	return nil
}

// apply gives a counted outcome to its owner.
func (k *Keeper) apply(ctx context.Context, t bridge.Tracking) error {
	r, err := k.record(ctx, t.Ledger, t.Number)
	if err != nil {
		return err
	}
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil {
		return err
	}
	return k.deliver(ctx, t, bridge.StepApply, bridge.Result{
		Number: t.Number, Instruction: i, Outcome: order.Outcome(t.Outcome), LedgerReference: t.LedgerReference, Reason: t.Reason,
	})
}

// deliver calls the owner and writes that it took the outcome. It runs inside isolated.
func (k *Keeper) deliver(ctx context.Context, t bridge.Tracking, step bridge.Step, result bridge.Result) error {
	handler, known := k.handlers[t.Owner]
	if !known {
		return bridge.ErrUnknownOwner.Wrapf("%q", t.Owner)
	}
	if err := move(&t, step); err != nil {
		return err
	}
	t.Outcome, t.LedgerReference, t.Reason = uint32(result.Outcome), result.LedgerReference, result.Reason
	t.RetryHeight = 0
	if err := k.save(ctx, t); err != nil {
		return err
	}
	if err := handler.HandleOutcome(ctx, result); err != nil {
		return err
	}
	if t.Attempts == 0 {
		return nil
	}
	return emit(ctx, &bridge.EventRecovered{Ledger: t.Ledger, Number: t.Number, Attempts: t.Attempts})
}

// failed tells of a failed attempt and queues the next one.
func (k *Keeper) failed(ctx context.Context, t bridge.Tracking, cause error) error {
	t.Attempts++
	t.RetryHeight = max(sdk.UnwrapSDKContext(ctx).BlockHeight(), 0) + bridge.Backoff(t.Attempts)
	if err := k.save(ctx, t); err != nil {
		return err
	}
	logger(ctx).Error("outcome is queued: it could not be applied", "ledger", t.Ledger, "number", t.Number,
		"owner", t.Owner, "attempts", t.Attempts, "retry_height", t.RetryHeight, "error", cause)
	return emit(ctx, &bridge.EventApplyFailed{Ledger: t.Ledger, Number: t.Number, Attempts: t.Attempts, Error: cut(cause.Error(), bridge.MaxErrorBytes)})
}

// isolated runs do in a CacheContext: all it writes and emits stays, or nothing. A panic is its error, except for
// running out of gas, which ends the transaction: else whoever sends it could choose what fails.
func isolated(ctx context.Context, do func(context.Context) error) (err error) {
	cached, write := sdk.UnwrapSDKContext(ctx).CacheContext()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case storetypes.ErrorOutOfGas, storetypes.ErrorGasOverflow:
			panic(r)
		default:
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if err := do(cached); err != nil {
		return err
	}
	write()
	return nil
}

// cut shortens s to at most n bytes of valid UTF-8.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
