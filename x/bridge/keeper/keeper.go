package keeper

import (
	"context"
	"fmt"
	"sort"

	"cosmossdk.io/collections"
	"cosmossdk.io/collections/indexes"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"
	"cosmossdk.io/log"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/bridge"
)

// instructionKey names an instruction: ledger and number.
type instructionKey = collections.Pair[string, uint64]

// voteKey names a vote: ledger, number and notary.
type voteKey = collections.Triple[string, uint64, string]

// Keeper is the module's memory. Handlers are registered while the app is wired, before the first block.
type Keeper struct {
	authority string
	owners    []string // sorted, so that every node calls handlers in one order
	handlers  map[string]bridge.OutcomeHandler
	local     bridge.LocalLedger
	verifiers map[bridge.Link]Verifier
	legSides

	schema      collections.Schema
	ledgers     collections.Map[string, bridge.Ledger]
	records     collections.Map[instructionKey, bridge.Record]
	heads       collections.Map[string, uint64]
	trackings   *collections.IndexedMap[instructionKey, bridge.Tracking, queues]
	votes       collections.Map[voteKey, bridge.Vote]
	suspensions collections.Map[collections.Pair[string, string], bridge.Suspension]
	pending     *collections.IndexedMap[string, bridge.PendingChange, pendingIndexes]
	recounts    collections.Map[string, uint64] // the next number to recount, per ledger that is being recounted
	legStores
}

// pendingIndexes finds the changes that are due.
type pendingIndexes struct {
	effective *indexes.Multi[int64, string, bridge.PendingChange] // by nanoseconds of hub time
}

// IndexesList is what collections asks for.
func (i pendingIndexes) IndexesList() []collections.Index[string, bridge.PendingChange] {
	return []collections.Index[string, bridge.PendingChange]{i.effective}
}

// New makes the keeper. authority is the address that governance acts as. It panics on a wrong wiring.
func New(cdc codec.BinaryCodec, storeService store.KVStoreService, addressCodec address.Codec, authority string) *Keeper {
	if _, err := addressCodec.StringToBytes(authority); err != nil {
		panic(fmt.Sprintf("bridge: authority %q is not an address: %s", authority, err))
	}
	sb := collections.NewSchemaBuilder(storeService)
	pairKey := collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)
	k := &Keeper{
		authority: authority,
		handlers:  map[string]bridge.OutcomeHandler{},
		legSides:  legSides{orders: map[string]bridge.OrderSource{}},
		ledgers:   collections.NewMap(sb, bridge.LedgersPrefix, "ledgers", collections.StringKey, codec.CollValue[bridge.Ledger](cdc)),
		records:   collections.NewMap(sb, bridge.RecordsPrefix, "records", pairKey, codec.CollValue[bridge.Record](cdc)),
		heads:     collections.NewMap(sb, bridge.HeadsPrefix, "heads", collections.StringKey, collections.Uint64Value),
		trackings: collections.NewIndexedMap(sb, bridge.TrackingsPrefix, "trackings", pairKey, codec.CollValue[bridge.Tracking](cdc), newQueues(sb)),
		votes: collections.NewMap(sb, bridge.VotesPrefix, "votes",
			collections.TripleKeyCodec(collections.StringKey, collections.Uint64Key, collections.StringKey), codec.CollValue[bridge.Vote](cdc)),
		suspensions: collections.NewMap(sb, bridge.SuspensionsPrefix, "suspensions",
			collections.PairKeyCodec(collections.StringKey, collections.StringKey), codec.CollValue[bridge.Suspension](cdc)),
		pending: collections.NewIndexedMap(sb, bridge.PendingPrefix, "pending", collections.StringKey, codec.CollValue[bridge.PendingChange](cdc),
			pendingIndexes{indexes.NewMulti(sb, bridge.PendingEffectivePrefix, "pending_effective", collections.Int64Key, collections.StringKey,
				func(_ string, p bridge.PendingChange) (int64, error) { return p.Effective.UnixNano(), nil })}),
		recounts:  collections.NewMap(sb, bridge.RecountsPrefix, "recounts", collections.StringKey, collections.Uint64Value),
		legStores: newLegStores(sb, cdc),
	}
	k.verifiers = map[bridge.Link]Verifier{
		bridge.LINK_NOTARIES: notaries{k},
		bridge.LINK_IBC:      packets{k},
	}
	schema, err := sb.Build()
	if err != nil {
		panic(fmt.Sprintf("bridge: schema: %s", err))
	}
	k.schema = schema
	return k
}

// RegisterHandler makes h the receiver of outcomes of what owner appends. It panics on a second one.
func (k *Keeper) RegisterHandler(owner string, h bridge.OutcomeHandler) {
	if _, twice := k.handlers[owner]; twice || owner == "" || h == nil {
		panic(fmt.Sprintf("bridge: handler of %q: want one, not nil, under a name", owner))
	}
	k.handlers[owner] = h
	k.owners = append(k.owners, owner)
	sort.Strings(k.owners)
}

// RegisterLocalLedger makes l execute the hub's own instructions. It panics on a second one.
func (k *Keeper) RegisterLocalLedger(l bridge.LocalLedger) {
	if k.local != nil || l == nil {
		panic("bridge: the hub has exactly one local ledger")
	}
	k.local = l
}

// Authority is the address that governance acts as.
func (k *Keeper) Authority() string { return k.authority }

func logger(ctx context.Context) log.Logger {
	return sdk.UnwrapSDKContext(ctx).Logger().With("module", "x/"+bridge.ModuleName)
}
