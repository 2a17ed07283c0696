package keeper

import (
	"context"
	"errors"
	"fmt"
	"slices"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// step lets do work on a stored settlement, goes as far as the facts allow, and saves what came out.
func (k Keeper) step(ctx context.Context, id []byte, do func(*settlement.Run) error) (settlement.Settlement, error) {
	s, err := k.Settlement(ctx, id)
	if err != nil {
		return s, err
	}
	run, err := settlement.Resume(s, moment(ctx))
	if err != nil {
		return s, err
	}
	if do != nil {
		if err := do(run); err != nil {
			return s, err
		}
	}
	return k.finish(ctx, run)
}

// finish advances a Run and saves it.
func (k Keeper) finish(ctx context.Context, run *settlement.Run) (settlement.Settlement, error) {
	var facts settlement.Facts
	if run.AllHeld() {
		var err error
		if facts, err = k.facts(ctx, run.Body); err != nil {
			return run.Settlement, err
		}
	}
	if err := run.Advance(facts); err != nil {
		return run.Settlement, err
	}
	return run.Settlement, k.save(ctx, run)
}

// save writes what a Run wants done, then emits its events.
func (k Keeper) save(ctx context.Context, run *settlement.Run) error {
	for _, leg := range run.Effects.TakeSize {
		l := run.Body.Legs[leg]
		if err := k.currency.Take(ctx, order.Hash(l.QuoteID), l.AmountMinor); err != nil {
			return errorsmod.Wrapf(err, "leg %d: propose again under another quote", leg)
		}
	}
	for _, leg := range run.Effects.ReturnSize {
		l := run.Body.Legs[leg]
		if err := k.currency.Return(ctx, order.Hash(l.QuoteID), l.AmountMinor); err != nil {
			return errorsmod.Wrapf(err, "leg %d", leg)
		}
	}
	for _, instruction := range run.Effects.Orders {
		if _, err := k.bridge.Append(ctx, settlement.ModuleName, instruction); err != nil {
			return errorsmod.Wrapf(err, "leg %d: %s", instruction.Leg, instruction.Kind)
		}
	}
	if err := k.reschedule(ctx, run); err != nil {
		return err
	}
	if err := k.settlements.Set(ctx, run.Settlement.Id, run.Settlement); err != nil {
		return err
	}
	events := sdk.UnwrapSDKContext(ctx).EventManager()
	for _, event := range run.Effects.Events {
		if err := events.EmitTypedEvent(event); err != nil {
			return err
		}
	}
	return nil
}

// facts gathers what keeps a held settlement from being decided.
func (k Keeper) facts(ctx context.Context, body order.Body) (settlement.Facts, error) {
	var facts settlement.Facts
	var seen []string
	for i, leg := range body.Legs {
		if !slices.Contains(seen, leg.Ledger) {
			seen = append(seen, leg.Ledger)
			ledger, err := k.bridge.Ledger(ctx, leg.Ledger)
			if err != nil {
				return facts, errorsmod.Wrapf(err, "leg %d", i)
			}
			if ledger.Suspended {
				facts.Suspended = append(facts.Suspended, fmt.Sprintf("ledger %s is suspended: %s", ledger.Id, ledger.SuspendedReason))
			}
		}
		for _, account := range []string{leg.Payer, leg.Payee} {
			holder, _, err := k.compliance.Holder(ctx, leg.Ledger, account)
			switch {
			case errors.Is(err, compliance.ErrUnknownAccount):
				facts.Screening = append(facts.Screening, fmt.Sprintf("leg %d: no participant holds %s on %s", i, account, leg.Ledger))
			case err != nil:
				return facts, errorsmod.Wrapf(err, "leg %d", i)
			case holder.Frozen:
				facts.Screening = append(facts.Screening, fmt.Sprintf("leg %d: participant %s is frozen: %s", i, holder.Id, holder.FrozenReason))
			}
		}
	}
	return facts, nil
}
