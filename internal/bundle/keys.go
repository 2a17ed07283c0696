package bundle

import (
	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

var pairKey = collections.PairKeyCodec(collections.StringKey, collections.Uint64Key)

// settlementKey is where store "settlement" keeps a settlement.
func settlementKey(id []byte) ([]byte, error) {
	return collections.EncodeKeyWithPrefix(settlement.SettlementsPrefix, collections.BytesKey, id)
}

// ledgerKey is where store "bridge" keeps a ledger.
func ledgerKey(id string) ([]byte, error) {
	return collections.EncodeKeyWithPrefix(bridge.LedgersPrefix, collections.StringKey, id)
}

// trackingKey is where store "bridge" keeps what it remembers about a record.
func trackingKey(ledger string, number uint64) ([]byte, error) {
	return collections.EncodeKeyWithPrefix(bridge.TrackingsPrefix, pairKey, collections.Join(ledger, number))
}
