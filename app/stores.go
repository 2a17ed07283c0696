package app

import (
	storetypes "cosmossdk.io/store/types"
	upgradetypes "cosmossdk.io/x/upgrade/types"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	capabilitytypes "github.com/cosmos/ibc-go/modules/capability/types"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// stores are the keys of the modules' stores. A change here needs an upgrade handler with store upgrades.
type stores struct {
	keys   map[string]*storetypes.KVStoreKey
	memory map[string]*storetypes.MemoryStoreKey
	// transient stores forget everything at the end of a block.
	transient map[string]*storetypes.TransientStoreKey
}

func newStores() stores {
	return stores{
		keys: storetypes.NewKVStoreKeys(
			authtypes.StoreKey, banktypes.StoreKey, stakingtypes.StoreKey, slashingtypes.StoreKey,
			govtypes.StoreKey, upgradetypes.StoreKey, consensustypes.StoreKey,
			capabilitytypes.StoreKey, ibcexported.StoreKey, transfertypes.StoreKey,
			compliance.StoreKey, bridge.StoreKey, currency.StoreKey, token.StoreKey, settlement.StoreKey,
		),
		memory:    storetypes.NewMemoryStoreKeys(capabilitytypes.MemStoreKey),
		transient: storetypes.NewTransientStoreKeys(compliance.TransientStoreKey),
	}
}
