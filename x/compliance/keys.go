package compliance

import "cosmossdk.io/collections"

// Names of the module and its stores.
const (
	ModuleName = "compliance"
	StoreKey   = ModuleName
	// TransientStoreKey counts the transactions of a block.
	TransientStoreKey = "transient_" + ModuleName
)

// Prefixes of the store. Numbers are never reused.
var (
	ParamsPrefix             = collections.NewPrefix(1)
	ParticipantsPrefix       = collections.NewPrefix(2)
	ParticipantAddressPrefix = collections.NewPrefix(3)
	ParticipantLEIPrefix     = collections.NewPrefix(4)
	ParticipantBICPrefix     = collections.NewPrefix(5)
	AccountsPrefix           = collections.NewPrefix(6)
	EscrowsPrefix            = collections.NewPrefix(7)
)

// Prefixes of the transient store.
var SenderTxsPrefix = collections.NewPrefix(1)
