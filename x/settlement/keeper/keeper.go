package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/collections/indexes"
	"cosmossdk.io/core/store"
	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

var _ bridge.OutcomeHandler = Keeper{}

// Keeper stores settlements. It is the bridge's handler of outcomes under settlement.ModuleName.
type Keeper struct {
	bridge     Bridge
	compliance Compliance
	currency   Currency

	schema      collections.Schema
	settlements *collections.IndexedMap[[]byte, settlement.Settlement, settlementIndexes]
	number      collections.Sequence
	due         *collections.IndexedMap[[]byte, settlement.DueItem, dueIndexes]
}

// dueIndexes orders due settlements by time, in nanoseconds since 1970.
type dueIndexes struct {
	time *indexes.Multi[int64, []byte, settlement.DueItem]
}

// IndexesList is what the map keeps up to date.
func (i dueIndexes) IndexesList() []collections.Index[[]byte, settlement.DueItem] {
	return []collections.Index[[]byte, settlement.DueItem]{i.time}
}

// New makes a keeper.
func New(cdc codec.BinaryCodec, storeService store.KVStoreService, n Neighbours) Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	k := Keeper{
		bridge: n.Bridge, compliance: n.Compliance, currency: n.Currency,
		settlements: collections.NewIndexedMap(sb, settlement.SettlementsPrefix, "settlements",
			collections.BytesKey, codec.CollValue[settlement.Settlement](cdc), newSettlementIndexes(sb)),
		number: collections.NewSequence(sb, settlement.NumberPrefix, "number"),
		due: collections.NewIndexedMap(sb, settlement.DuePrefix, "due", collections.BytesKey, codec.CollValue[settlement.DueItem](cdc),
			dueIndexes{indexes.NewMulti(sb, settlement.DueTimePrefix, "due_by_time", collections.Int64Key, collections.BytesKey,
				func(_ []byte, item settlement.DueItem) (int64, error) { return item.Time.UnixNano(), nil })}),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err)
	}
	k.schema = schema
	return k
}

// Settlement is the one with this id, or settlement.ErrNotFound.
func (k Keeper) Settlement(ctx context.Context, id []byte) (settlement.Settlement, error) {
	s, err := k.settlements.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return s, settlement.ErrNotFound.Wrapf("id %x", id)
	}
	return s, err
}

func bodyOf(s settlement.Settlement) (order.Body, error) {
	body, err := order.DecodeBody(s.Body)
	if err != nil {
		return body, settlement.ErrInvalid.Wrapf("stored body of settlement %x: %v", s.Id, err)
	}
	return body, nil
}

// moment is the block that a step runs in: hub time, and no other.
func moment(ctx context.Context) settlement.Moment {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	return settlement.Moment{Time: sdkCtx.BlockTime().UTC(), Height: sdkCtx.BlockHeight()}
}

func logger(ctx context.Context) log.Logger {
	return sdk.UnwrapSDKContext(ctx).Logger().With("module", settlement.ModuleName)
}
