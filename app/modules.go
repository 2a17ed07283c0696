package app

import (
	"cosmossdk.io/x/upgrade"
	upgradetypes "cosmossdk.io/x/upgrade/types"

	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authsims "github.com/cosmos/cosmos-sdk/x/auth/simulation"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/bank"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/consensus"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	"github.com/cosmos/cosmos-sdk/x/genutil"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	"github.com/cosmos/cosmos-sdk/x/gov"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	"github.com/cosmos/cosmos-sdk/x/slashing"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	"github.com/cosmos/cosmos-sdk/x/staking"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/cosmos/ibc-go/modules/capability"
	capabilitytypes "github.com/cosmos/ibc-go/modules/capability/types"
	"github.com/cosmos/ibc-go/v8/modules/apps/transfer"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	ibc "github.com/cosmos/ibc-go/v8/modules/core"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/x/bridge"
	bridgemodule "github.com/corridor-network/corridor/x/bridge/module"
	"github.com/corridor-network/corridor/x/compliance"
	compliancemodule "github.com/corridor-network/corridor/x/compliance/module"
	"github.com/corridor-network/corridor/x/currency"
	currencymodule "github.com/corridor-network/corridor/x/currency/module"
	"github.com/corridor-network/corridor/x/settlement"
	settlementmodule "github.com/corridor-network/corridor/x/settlement/module"
	"github.com/corridor-network/corridor/x/token"
	tokenmodule "github.com/corridor-network/corridor/x/token/module"
)

// wireModules puts the modules into the manager, in the orders below.
func (app *App) wireModules() {
	k, cdc := KeepersOf(app), app.Codec
	app.Modules = module.NewManager(
		auth.NewAppModule(cdc, k.Account, authsims.RandomGenesisAccounts, nil),
		bank.NewAppModule(cdc, k.Bank, k.Account, nil),
		staking.NewAppModule(cdc, k.Staking, k.Account, k.Bank, nil),
		slashing.NewAppModule(cdc, k.Slashing, k.Account, k.Bank, k.Staking, nil, app.InterfaceRegistry),
		gov.NewAppModule(cdc, k.Gov, k.Account, k.Bank, nil),
		genutil.NewAppModule(k.Account, k.Staking, app, app.TxConfig),
		upgrade.NewAppModule(k.Upgrade, k.Account.AddressCodec()),
		consensus.NewAppModule(cdc, k.Consensus),
		capability.NewAppModule(cdc, *k.Capability, false),
		ibc.NewAppModule(k.IBC),
		ibctm.NewAppModule(),
		transfer.NewAppModule(k.Transfer),
		bridgemodule.NewAppModule(k.Bridge),
		compliancemodule.New(k.Compliance, k.Account.AddressCodec()),
		currencymodule.New(k.Currency),
		tokenmodule.New(k.Token),
		settlementmodule.New(k.Settlement),
	)
	app.Basics = module.NewBasicManagerFromManager(app.Modules, basicOverrides(cdc))
	app.Basics.RegisterLegacyAminoCodec(app.Amino)
	app.Basics.RegisterInterfaces(app.InterfaceRegistry)

	app.Modules.SetOrderPreBlockers(upgradetypes.ModuleName)
	app.Modules.SetOrderBeginBlockers(beginBlockOrder()...)
	app.Modules.SetOrderEndBlockers(endBlockOrder()...)
	app.Modules.SetOrderInitGenesis(genesisOrder()...)
	app.Modules.SetOrderExportGenesis(genesisOrder()...)
}

// beginBlockOrder: capabilities before IBC uses them; slashing counts missed blocks before staking changes the
// validators.
func beginBlockOrder() []string {
	return []string{
		capabilitytypes.ModuleName, slashingtypes.ModuleName, stakingtypes.ModuleName,
		ibcexported.ModuleName, transfertypes.ModuleName, genutiltypes.ModuleName,
	}
}

// endBlockOrder: governance first, so that what it decides works in the same block; outcomes before the settlements
// that wait for them, so that a due time is looked at last; staking at the end, so that it sees all that happened
// to validators.
func endBlockOrder() []string {
	return []string{
		govtypes.ModuleName,
		ibcexported.ModuleName, transfertypes.ModuleName, capabilitytypes.ModuleName,
		bridge.ModuleName, currency.ModuleName, settlement.ModuleName,
		genutiltypes.ModuleName, stakingtypes.ModuleName,
	}
}

// genesisOrder: capabilities first, accounts before what has accounts, balances before pools, participants
// before genutil, whose transactions pass the ante handler.
func genesisOrder() []string {
	return []string{
		capabilitytypes.ModuleName, authtypes.ModuleName, banktypes.ModuleName,
		stakingtypes.ModuleName, slashingtypes.ModuleName, govtypes.ModuleName,
		ibcexported.ModuleName, ibctm.ModuleName, transfertypes.ModuleName,
		upgradetypes.ModuleName, consensustypes.ModuleName,
		bridge.ModuleName, compliance.ModuleName, currency.ModuleName, token.ModuleName, settlement.ModuleName,
		genutiltypes.ModuleName,
	}
}
