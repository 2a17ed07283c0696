package app

import (
	"encoding/json"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/bank"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/genutil"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	"github.com/cosmos/cosmos-sdk/x/gov"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	"github.com/cosmos/cosmos-sdk/x/slashing"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	ibc "github.com/cosmos/ibc-go/v8/modules/core"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctypes "github.com/cosmos/ibc-go/v8/modules/core/types"
)

// DefaultGenesis is the state of a hub on which nobody is admitted yet.
func (app *App) DefaultGenesis() map[string]json.RawMessage {
	return app.Basics.DefaultGenesis(app.Codec)
}

// basicOverrides replaces the SDK's defaults where the hub differs.
func basicOverrides(cdc codec.Codec) map[string]module.AppModuleBasic {
	return map[string]module.AppModuleBasic{
		genutiltypes.ModuleName:  genutil.NewAppModuleBasic(genutiltypes.DefaultMessageValidator),
		banktypes.ModuleName:     bankBasic{},
		slashingtypes.ModuleName: slashingBasic{},
		govtypes.ModuleName:      govBasic{AppModuleBasic: gov.NewAppModuleBasic(nil)},
		ibcexported.ModuleName:   ibcBasic{},
	}
}

type bankBasic struct{ bank.AppModuleBasic }

// DefaultGenesis makes seats unsendable.
func (bankBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	state := banktypes.DefaultGenesisState()
	state.SendEnabled = []banktypes.SendEnabled{{Denom: SeatDenom, Enabled: false}}
	return cdc.MustMarshalJSON(state)
}

type slashingBasic struct{ slashing.AppModuleBasic }

// signedBlocksWindow is over how many blocks a validator's absence is counted: half an hour at the shortest block
// time, so that a machine's short stall jails nobody.
const signedBlocksWindow = 10_000

// DefaultGenesis slashes nothing: a seat is a right, not a stake. A validator that is down for half of the window
// is jailed.
func (slashingBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	state := slashingtypes.DefaultGenesisState()
	state.Params.SignedBlocksWindow = signedBlocksWindow
	state.Params.SlashFractionDoubleSign = math.LegacyZeroDec()
	state.Params.SlashFractionDowntime = math.LegacyZeroDec()
	return cdc.MustMarshalJSON(state)
}

type govBasic struct{ gov.AppModuleBasic }

// DefaultGenesis takes one deposit a proposal and never burns it.
func (govBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	state := govv1.DefaultGenesisState()
	state.Params.MinDeposit = sdk.NewCoins(sdk.NewInt64Coin(DepositDenom, 1))
	state.Params.ExpeditedMinDeposit = sdk.NewCoins(sdk.NewInt64Coin(DepositDenom, 2))
	state.Params.ProposalCancelRatio = math.LegacyZeroDec().String()
	state.Params.BurnVoteVeto = false
	return cdc.MustMarshalJSON(state)
}

type ibcBasic struct{ ibc.AppModuleBasic }

// DefaultGenesis knows one kind of light client: CometBFT's.
func (ibcBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	state := ibctypes.DefaultGenesisState()
	state.ClientGenesis.Params = clienttypes.NewParams(ibcexported.Tendermint)
	return cdc.MustMarshalJSON(state)
}
