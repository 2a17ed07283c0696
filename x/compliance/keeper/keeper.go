package keeper

import (
	"fmt"
	"maps"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/corridor-network/corridor/x/compliance"
)

// Keeper remembers who takes part.
type Keeper struct {
	addresses address.Codec
	authority string
	accounts  AccountKeeper
	modules   map[string]bool // the modules' accounts, by their bytes; only looked up

	schema       collections.Schema
	params       collections.Item[compliance.Params]
	participants *collections.IndexedMap[string, compliance.Participant, participantIndexes]
	escrows      collections.KeySet[[]byte]
}

// New makes a keeper. authority is the governance account's address.
func New(
	cdc codec.BinaryCodec, storeService store.KVStoreService, addresses address.Codec, authority string, accounts AccountKeeper,
) Keeper {
	if _, err := addresses.StringToBytes(authority); err != nil {
		panic(fmt.Sprintf("compliance: authority %q: %s", authority, err))
	}
	sb := collections.NewSchemaBuilder(storeService)
	k := Keeper{
		addresses: addresses,
		authority: authority,
		accounts:  accounts,
		modules:   map[string]bool{},
		params:    collections.NewItem(sb, compliance.ParamsPrefix, "params", codec.CollValue[compliance.Params](cdc)),
		participants: collections.NewIndexedMap(sb, compliance.ParticipantsPrefix, "participants",
			collections.StringKey, codec.CollValue[compliance.Participant](cdc), newParticipantIndexes(sb, addresses)),
		escrows: collections.NewKeySet(sb, compliance.EscrowsPrefix, "escrows", collections.BytesKey),
	}
	for _, name := range slices.Sorted(maps.Keys(accounts.GetModulePermissions())) {
		k.modules[string(authtypes.NewModuleAddress(name))] = true
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err)
	}
	k.schema = schema
	return k
}

// Authority is the governance account's address.
func (k Keeper) Authority() string { return k.authority }
