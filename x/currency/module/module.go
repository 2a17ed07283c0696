package module

import (
	"context"
	"encoding/json"
	"fmt"

	gwruntime "github.com/grpc-ecosystem/grpc-gateway/runtime"

	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkmodule "github.com/cosmos/cosmos-sdk/types/module"

	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/currency/keeper"
)

const consensusVersion = 1

var (
	_ sdkmodule.AppModuleBasic      = AppModule{}
	_ sdkmodule.HasGenesis          = AppModule{}
	_ sdkmodule.HasServices         = AppModule{}
	_ sdkmodule.HasConsensusVersion = AppModule{}
	_ appmodule.AppModule           = AppModule{}
	_ appmodule.HasEndBlocker       = AppModule{}
)

// AppModuleBasic needs no keeper.
type AppModuleBasic struct{}

// Name implements module.AppModuleBasic.
func (AppModuleBasic) Name() string { return currency.ModuleName }

// RegisterLegacyAminoCodec implements module.AppModuleBasic: the messages carry their amino names in the proto.
func (AppModuleBasic) RegisterLegacyAminoCodec(*codec.LegacyAmino) {}

// RegisterInterfaces implements module.AppModuleBasic.
func (AppModuleBasic) RegisterInterfaces(registry types.InterfaceRegistry) {
	currency.RegisterInterfaces(registry)
}

// DefaultGenesis implements module.HasGenesisBasics.
func (AppModuleBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	return cdc.MustMarshalJSON(currency.DefaultGenesis())
}

// ValidateGenesis implements module.HasGenesisBasics.
func (AppModuleBasic) ValidateGenesis(cdc codec.JSONCodec, _ client.TxEncodingConfig, raw json.RawMessage) error {
	var g currency.GenesisState
	if err := cdc.UnmarshalJSON(raw, &g); err != nil {
		return fmt.Errorf("%s genesis: %w", currency.ModuleName, err)
	}
	return g.Validate()
}

// RegisterGRPCGatewayRoutes implements module.AppModuleBasic.
func (AppModuleBasic) RegisterGRPCGatewayRoutes(ctx client.Context, mux *gwruntime.ServeMux) {
	if err := currency.RegisterQueryHandlerClient(context.Background(), mux, currency.NewQueryClient(ctx)); err != nil {
		panic(err)
	}
}

// AppModule is the module with its keeper.
type AppModule struct {
	AppModuleBasic
	keeper keeper.Keeper
}

// New makes the module.
func New(k keeper.Keeper) AppModule { return AppModule{keeper: k} }

// IsOnePerModuleType implements depinject's marker.
func (AppModule) IsOnePerModuleType() {}

// IsAppModule implements appmodule.AppModule.
func (AppModule) IsAppModule() {}

// ConsensusVersion implements module.HasConsensusVersion.
func (AppModule) ConsensusVersion() uint64 { return consensusVersion }

// RegisterServices implements module.HasServices.
func (m AppModule) RegisterServices(c sdkmodule.Configurator) {
	currency.RegisterMsgServer(c.MsgServer(), keeper.NewMsgServer(m.keeper))
	currency.RegisterQueryServer(c.QueryServer(), keeper.NewQueryServer(m.keeper))
}

// EndBlock implements appmodule.HasEndBlocker. It never returns an error, which would halt the chain.
func (m AppModule) EndBlock(ctx context.Context) error {
	m.keeper.EndBlock(ctx)
	return nil
}

// InitGenesis implements module.HasGenesis. A chain that starts with a part of its genesis would be another chain.
func (m AppModule) InitGenesis(ctx sdk.Context, cdc codec.JSONCodec, raw json.RawMessage) {
	var g currency.GenesisState
	cdc.MustUnmarshalJSON(raw, &g)
	if err := m.keeper.InitGenesis(ctx, g); err != nil {
		panic(fmt.Errorf("%s genesis: %w", currency.ModuleName, err))
	}
}

// ExportGenesis implements module.HasGenesis.
func (m AppModule) ExportGenesis(ctx sdk.Context, cdc codec.JSONCodec) json.RawMessage {
	g, err := m.keeper.ExportGenesis(ctx)
	if err != nil {
		panic(fmt.Errorf("%s export: %w", currency.ModuleName, err))
	}
	return cdc.MustMarshalJSON(g)
}
