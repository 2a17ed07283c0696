package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// Append writes an instruction of owner to its ledger's outbox and does nothing else. Two calls write two
// records. It takes instructions for suspended ledgers: a decision cannot fail.
func (k *Keeper) Append(ctx context.Context, owner string, i order.Instruction) (uint64, error) {
	if _, known := k.handlers[owner]; !known {
		return 0, bridge.ErrUnknownOwner.Wrapf("%q: register its handler where the app is wired", owner)
	}
	l, err := k.Ledger(ctx, i.Ledger)
	if err != nil {
		return 0, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if i.ChainID != sdkCtx.ChainID() {
		return 0, bridge.ErrInvalidInstruction.Wrapf("it is of chain %q, this is %q", i.ChainID, sdkCtx.ChainID())
	}
	if err := i.Validate(); err != nil {
		return 0, bridge.ErrInvalidInstruction.Wrapf("for ledger %s: %s", i.Ledger, err)
	}
	if l.Link == bridge.LINK_IBC && !bridge.Travels(i.Kind) {
		return 0, bridge.ErrInvalidInstruction.Wrapf("for ledger %s: a %s does not travel in a packet", i.Ledger, i.Kind)
	}
	number, hash, err := k.head(ctx, i.Ledger)
	if err != nil {
		return 0, err
	}
	number++
	raw := i.Encode()
	next := order.OutboxNext(hash, number, raw)
	record := bridge.Record{
		Ledger: i.Ledger, Number: number, Instruction: raw, ChainHash: next[:], Height: sdkCtx.BlockHeight(), Time: sdkCtx.BlockTime(),
	}
	if err := k.records.Set(ctx, collections.Join(i.Ledger, number), record); err != nil {
		return 0, err
	}
	if err := k.heads.Set(ctx, i.Ledger, number); err != nil {
		return 0, err
	}
	if err := k.save(ctx, bridge.Tracking{Ledger: i.Ledger, Number: number, Owner: owner, Progress: bridge.PROGRESS_OPEN}); err != nil {
		return 0, err
	}
	if l.Link == bridge.LINK_IBC {
		if err := k.queueDispatch(ctx, i.Ledger, number); err != nil {
			return 0, err
		}
	}
	return number, emit(ctx, &bridge.EventInstructed{
		Ledger: i.Ledger, Number: number, Kind: i.Kind.String(), EntryId: i.Entry.String(), SettlementId: i.Settlement.String(),
	})
}

// head is the number and chain hash of a ledger's newest record; 0 and H(0) before the first.
func (k *Keeper) head(ctx context.Context, ledger string) (uint64, order.Hash, error) {
	number, err := k.heads.Get(ctx, ledger)
	if errors.Is(err, collections.ErrNotFound) {
		return 0, order.OutboxStart(sdk.UnwrapSDKContext(ctx).ChainID(), ledger), nil
	}
	if err != nil {
		return 0, order.Hash{}, err
	}
	record, err := k.records.Get(ctx, collections.Join(ledger, number))
	if err != nil {
		return 0, order.Hash{}, err
	}
	return number, order.Hash(record.ChainHash), nil
}

// record is an instruction's record, or bridge.ErrUnknownInstruction.
func (k *Keeper) record(ctx context.Context, ledger string, number uint64) (bridge.Record, error) {
	r, err := k.records.Get(ctx, collections.Join(ledger, number))
	if errors.Is(err, collections.ErrNotFound) {
		return bridge.Record{}, bridge.ErrUnknownInstruction.Wrapf("%d of %s: numbers go from 1 to the one that `query bridge head %s` gives", number, ledger, ledger)
	}
	return r, err
}

// save is the one place where trackings are written; their queues follow.
func (k *Keeper) save(ctx context.Context, t bridge.Tracking) error {
	return k.trackings.Set(ctx, collections.Join(t.Ledger, t.Number), t)
}
