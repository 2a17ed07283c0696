package app

import (
	"context"
	"errors"
	"maps"

	"cosmossdk.io/core/store"
	"cosmossdk.io/log"
	upgradekeeper "cosmossdk.io/x/upgrade/keeper"
	upgradetypes "cosmossdk.io/x/upgrade/types"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/runtime"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	slashingkeeper "github.com/cosmos/cosmos-sdk/x/slashing/keeper"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingkeeper "github.com/cosmos/cosmos-sdk/x/staking/keeper"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"

	"github.com/corridor-network/corridor/x/token"
)

// Keepers are all modules' keepers, in the order in which they know each other.
type Keepers struct {
	Account   authkeeper.AccountKeeper
	Bank      bankkeeper.BaseKeeper
	Staking   *stakingkeeper.Keeper
	Slashing  slashingkeeper.Keeper
	Gov       *govkeeper.Keeper
	Upgrade   *upgradekeeper.Keeper
	Consensus consensuskeeper.Keeper
	CorridorKeepers
	IBCKeepers
}

// KeepersOf gives an application's keepers. App does not show them by their type: whoever names App would compile all their
// collections anew, which are generic, six seconds in each package.
func KeepersOf(app *App) *Keepers { return app.keepers.(*Keepers) }

// keeperInput is what building keepers needs from outside.
type keeperInput struct {
	base               *baseapp.BaseApp
	encoding           Encoding
	stores             stores
	logger             log.Logger
	home               string
	skipUpgradeHeights map[int64]bool
}

func (in keeperInput) service(key string) store.KVStoreService {
	return runtime.NewKVStoreService(in.stores.keys[key])
}

// Authority is the account in whose name passed governance proposals speak.
func Authority() string { return authtypes.NewModuleAddress(govtypes.ModuleName).String() }

// moduleAccounts lists the modules that hold coins, and what they may do with them.
func moduleAccounts() map[string][]string {
	accounts := map[string][]string{
		authtypes.FeeCollectorName:     nil, // fees are zero; x/auth wants the account all the same
		stakingtypes.BondedPoolName:    {authtypes.Burner, authtypes.Staking},
		stakingtypes.NotBondedPoolName: {authtypes.Burner, authtypes.Staking},
		govtypes.ModuleName:            {authtypes.Burner},
		transfertypes.ModuleName:       {authtypes.Minter, authtypes.Burner},
	}
	maps.Copy(accounts, token.ModuleAccounts())
	return accounts
}

// blockedAddresses can't be paid by a transfer of anyone's: money sent to a module account by mistake is lost.
func blockedAddresses() map[string]bool {
	blocked := map[string]bool{}
	for name := range moduleAccounts() {
		blocked[authtypes.NewModuleAddress(name).String()] = true
	}
	return blocked
}

func newKeepers(in keeperInput) Keepers {
	var (
		k         Keepers
		cdc       = in.encoding.Codec
		config    = sdk.GetConfig()
		operators = address.NewBech32Codec(config.GetBech32ValidatorAddrPrefix())
		consensus = address.NewBech32Codec(config.GetBech32ConsensusAddrPrefix())
	)
	k.Consensus = consensuskeeper.NewKeeper(cdc, in.service(consensustypes.StoreKey), Authority(), runtime.EventService{})
	in.base.SetParamStore(k.Consensus.ParamsStore)
	k.Account = authkeeper.NewAccountKeeper(cdc, in.service(authtypes.StoreKey), authtypes.ProtoBaseAccount,
		moduleAccounts(), address.NewBech32Codec(Bech32Prefix), Bech32Prefix, Authority())
	k.Bank = bankkeeper.NewBaseKeeper(cdc, in.service(banktypes.StoreKey), k.Account, blockedAddresses(), Authority(), in.logger)
	k.Staking = stakingkeeper.NewKeeper(cdc, in.service(stakingtypes.StoreKey), k.Account, k.Bank, Authority(), operators, consensus)
	k.Slashing = slashingkeeper.NewKeeper(cdc, in.encoding.Amino, in.service(slashingtypes.StoreKey), k.Staking, Authority())
	k.Staking.SetHooks(stakingtypes.NewMultiStakingHooks(k.Slashing.Hooks()))
	k.Upgrade = upgradekeeper.NewKeeper(in.skipUpgradeHeights, in.service(upgradetypes.StoreKey), cdc, in.home, in.base, Authority())
	k.Gov = govkeeper.NewKeeper(cdc, in.service(govtypes.StoreKey), k.Account, k.Bank, k.Staking, noCommunityPool{},
		in.base.MsgServiceRouter(), govtypes.DefaultConfig(), Authority())
	k.CorridorKeepers = newCorridorKeepers(in, k)
	k.IBCKeepers = newIBCKeepers(in, k)
	return k
}

// noCommunityPool is what x/gov gets instead of x/distribution: without fees and minting there is no pool.
type noCommunityPool struct{}

func (noCommunityPool) FundCommunityPool(context.Context, sdk.Coins, sdk.AccAddress) error {
	return errors.New("the hub has no community pool: leave gov's proposal_cancel_dest empty")
}
