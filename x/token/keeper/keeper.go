package keeper

import (
	"context"
	"fmt"

	"github.com/cosmos/gogoproto/proto"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/token"
)

// Keeper is the hub's own ledger.
type Keeper struct {
	addresses address.Codec
	authority string
	Neighbours

	schema  collections.Schema
	issuers collections.Map[string, token.Issuer]
	holds   collections.Map[string, token.Hold]
}

var (
	_ bridge.LocalLedger = Keeper{}
	_ bridge.PeerLedger  = Keeper{}
)

// New makes a keeper. authority is the governance account's address.
func New(
	cdc codec.BinaryCodec, storeService store.KVStoreService, addresses address.Codec, authority string, n Neighbours,
) Keeper {
	if _, err := addresses.StringToBytes(authority); err != nil {
		panic(fmt.Sprintf("token: authority %q: %s", authority, err))
	}
	for _, name := range []string{token.ModuleName, token.HoldsAccount, token.SuspenseAccount} {
		if n.Accounts.GetModuleAddress(name) == nil {
			panic(fmt.Sprintf("token: x/auth knows no module account %s; give it token.ModuleAccounts", name))
		}
	}
	sb := collections.NewSchemaBuilder(storeService)
	k := Keeper{
		addresses:  addresses,
		authority:  authority,
		Neighbours: n,
		issuers: collections.NewMap(sb, token.IssuersPrefix, "issuers", collections.StringKey,
			codec.CollValue[token.Issuer](cdc)),
		holds: collections.NewMap(sb, token.HoldsPrefix, "holds", collections.StringKey, codec.CollValue[token.Hold](cdc)),
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

func emit(ctx context.Context, e proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(e)
}
