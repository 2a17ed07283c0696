package app

import (
	capabilitykeeper "github.com/cosmos/ibc-go/modules/capability/keeper"
	capabilitytypes "github.com/cosmos/ibc-go/modules/capability/types"
	"github.com/cosmos/ibc-go/v8/modules/apps/transfer"
	transferkeeper "github.com/cosmos/ibc-go/v8/modules/apps/transfer/keeper"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	porttypes "github.com/cosmos/ibc-go/v8/modules/core/05-port/types"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibckeeper "github.com/cosmos/ibc-go/v8/modules/core/keeper"

	"github.com/corridor-network/corridor/x/bridge"
	bridgeibc "github.com/corridor-network/corridor/x/bridge/ibc"
	complianceibc "github.com/corridor-network/corridor/x/compliance/ibc"
)

// IBCKeepers are those of IBC: the core, ICS-20 and the capabilities that tie channels to modules.
type IBCKeepers struct {
	Capability     *capabilitykeeper.Keeper
	IBC            *ibckeeper.Keeper
	Transfer       transferkeeper.Keeper
	ScopedIBC      capabilitykeeper.ScopedKeeper
	ScopedTransfer capabilitykeeper.ScopedKeeper
	ScopedBridge   capabilitykeeper.ScopedKeeper
}

// newIBCKeepers needs the keepers made before it, and hangs IBC into the bridge, whose legs travel by it. The nil
// subspaces were for migrations from x/params, which this chain never had.
func newIBCKeepers(in keeperInput, k Keepers) IBCKeepers {
	cdc := in.encoding.Codec
	var ibc IBCKeepers
	ibc.Capability = capabilitykeeper.NewKeeper(cdc, in.stores.keys[capabilitytypes.StoreKey],
		in.stores.memory[capabilitytypes.MemStoreKey])
	ibc.ScopedIBC = ibc.Capability.ScopeToModule(ibcexported.ModuleName)
	ibc.ScopedTransfer = ibc.Capability.ScopeToModule(transfertypes.ModuleName)
	ibc.ScopedBridge = ibc.Capability.ScopeToModule(bridge.ModuleName)
	ibc.Capability.Seal()

	ibc.IBC = ibckeeper.NewKeeper(cdc, in.stores.keys[ibcexported.StoreKey], nil, k.Staking, k.Upgrade,
		ibc.ScopedIBC, Authority())
	ibc.Transfer = transferkeeper.NewKeeper(cdc, in.stores.keys[transfertypes.StoreKey], nil,
		ibc.IBC.ChannelKeeper, ibc.IBC.ChannelKeeper, ibc.IBC.PortKeeper, k.Account, k.Bank,
		ibc.ScopedTransfer, Authority())
	k.Bridge.RegisterChannels(bridgeibc.NewChannels(bridgeibc.Core{
		Channels: ibc.IBC.ChannelKeeper, Connections: ibc.IBC.ConnectionKeeper, Clients: ibc.IBC.ClientKeeper,
		Ports: ibc.IBC.PortKeeper, Scoped: ibc.ScopedBridge,
	}))
	ibc.IBC.SetRouter(porttypes.NewRouter().
		AddRoute(transfertypes.ModuleName, complianceibc.NewTransfer(transfer.NewIBCModule(ibc.Transfer), k.Compliance)).
		AddRoute(bridge.ModuleName, bridgeibc.NewApp(k.Bridge, ibc.ScopedBridge)))
	return ibc
}
