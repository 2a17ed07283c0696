package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/x/bridge"
)

// Ledger is a registered ledger, or bridge.ErrUnknownLedger.
func (k *Keeper) Ledger(ctx context.Context, id string) (bridge.Ledger, error) {
	l, err := k.ledgers.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return bridge.Ledger{}, bridge.ErrUnknownLedger.Wrapf("%q: list them with `query bridge ledgers`", id)
	}
	return l, err
}

// register adds a ledger. Guards 2 to 5 of MsgRegisterLedger.
func (k *Keeper) register(ctx context.Context, l bridge.Ledger) error {
	if err := l.ValidateNew(); err != nil {
		return err
	}
	if l.Link == bridge.LINK_IBC {
		if err := k.checkLedgerChannel(ctx, l.Id, *l.Channel); err != nil {
			return err
		}
	}
	if exists, err := k.ledgers.Has(ctx, l.Id); err != nil {
		return err
	} else if exists {
		return bridge.ErrLedgerExists.Wrapf("%s: change its notaries with MsgSetNotaries", l.Id)
	}
	registered := 0
	if err := k.ledgers.Walk(ctx, nil, func(string, bridge.Ledger) (bool, error) { // at most MaxLedgers
		registered++
		return false, nil
	}); err != nil {
		return err
	}
	if registered >= bridge.MaxLedgers {
		return bridge.ErrTooManyLedgers.Wrapf("%d are registered", registered)
	}
	if err := k.ledgers.Set(ctx, l.Id, l); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventLedgerRegistered{Ledger: l.Id})
}

// suspendLedger stops commits that involve the ledger. Guards 3 and 4 of MsgSuspendLedger.
func (k *Keeper) suspendLedger(ctx context.Context, l bridge.Ledger, reason string) error {
	if l.Suspended {
		return bridge.ErrLedgerSuspended.Wrapf("%s, because: %s", l.Id, l.SuspendedReason)
	}
	if err := bridge.ValidateReason(reason); err != nil {
		return err
	}
	l.Suspended, l.SuspendedReason = true, reason
	if err := k.ledgers.Set(ctx, l.Id, l); err != nil {
		return err
	}
	return emit(ctx, &bridge.EventLedgerSuspended{Ledger: l.Id, Reason: reason})
}

// resumeLedger lets the ledger take part again and tells every owner, in order of their names.
func (k *Keeper) resumeLedger(ctx context.Context, l bridge.Ledger) error {
	if !l.Suspended {
		return bridge.ErrLedgerNotSuspended.Wrapf("%s: there is nothing to resume", l.Id)
	}
	l.Suspended, l.SuspendedReason = false, ""
	if err := k.ledgers.Set(ctx, l.Id, l); err != nil {
		return err
	}
	if err := emit(ctx, &bridge.EventLedgerResumed{Ledger: l.Id}); err != nil {
		return err
	}
	return k.Dispatching(ctx, func(ctx context.Context) error {
		for _, owner := range k.owners {
			if err := k.handlers[owner].LedgerResumed(ctx, l.Id); err != nil {
				return bridge.ErrApplyFailed.Wrapf("%s on the return of ledger %s: %s", owner, l.Id, err)
			}
		}
		return nil
	})
}

func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}
