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

	"github.com/corridor-network/corridor/x/currency"
)

type (
	// pairKey is (pay currency, receive currency, quote id).
	pairKey = collections.Triple[string, string, []byte]
	// dueKey is (time in nanoseconds since 1970, quote id).
	dueKey = collections.Pair[uint64, []byte]
)

// Keeper remembers currencies and quotes.
//
// A quote's terms never change, so that what leads to it by pair and by time is written once, when it is published, and
// not again with every part taken of it.
type Keeper struct {
	authority    string
	participants Participants

	schema     collections.Schema
	currencies collections.Map[string, currency.Currency]
	quotes     collections.Map[[]byte, currency.FirmQuote]
	ofPair     collections.KeySet[pairKey]
	// open counts a provider's quotes that are neither withdrawn nor expired.
	open collections.Map[string, uint64]
	// due holds every quote once: at its expiry, and after that at the time at which it may be forgotten.
	due collections.KeySet[dueKey]
}

// New makes a keeper. authority is the governance account's address.
func New(
	cdc codec.BinaryCodec, storeService store.KVStoreService, addresses address.Codec, authority string, participants Participants,
) Keeper {
	if _, err := addresses.StringToBytes(authority); err != nil {
		panic(fmt.Sprintf("currency: authority %q: %s", authority, err))
	}
	sb := collections.NewSchemaBuilder(storeService)
	text, id := collections.StringKey, collections.BytesKey
	k := Keeper{
		authority:    authority,
		participants: participants,
		currencies: collections.NewMap(sb, currency.CurrenciesPrefix, "currencies", text,
			codec.CollValue[currency.Currency](cdc)),
		quotes: collections.NewMap(sb, currency.QuotesPrefix, "quotes", id, codec.CollValue[currency.FirmQuote](cdc)),
		ofPair: collections.NewKeySet(sb, currency.QuotesOfPairPrefix, "quotes_of_pair",
			collections.TripleKeyCodec(text, text, id)),
		open: collections.NewMap(sb, currency.OpenQuotesPrefix, "open_quotes", text, collections.Uint64Value),
		due: collections.NewKeySet(sb, currency.DueTimesPrefix, "due_times",
			collections.PairKeyCodec(collections.Uint64Key, id)),
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
