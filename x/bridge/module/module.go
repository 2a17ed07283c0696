package module

import (
	"context"
	"encoding/json"
	"fmt"

	"cosmossdk.io/core/appmodule"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	gwruntime "github.com/grpc-ecosystem/grpc-gateway/runtime"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/bridge/keeper"
)

// consensusVersion is raised by every change of what is stored.
const consensusVersion = 1

var (
	_ module.AppModuleBasic      = AppModule{}
	_ module.HasGenesis          = AppModule{}
	_ module.HasServices         = AppModule{}
	_ module.HasConsensusVersion = AppModule{}
	_ appmodule.AppModule        = AppModule{}
	_ appmodule.HasEndBlocker    = AppModule{}
)

// AppModuleBasic is what needs no keeper.
type AppModuleBasic struct{}

// Name is the module's name.
func (AppModuleBasic) Name() string { return bridge.ModuleName }

// RegisterLegacyAminoCodec does nothing: the module has no amino types.
func (AppModuleBasic) RegisterLegacyAminoCodec(*codec.LegacyAmino) {}

// RegisterInterfaces makes the module's messages known.
func (AppModuleBasic) RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	bridge.RegisterInterfaces(registry)
}

// RegisterGRPCGatewayRoutes serves the queries over REST.
func (AppModuleBasic) RegisterGRPCGatewayRoutes(clientCtx client.Context, mux *gwruntime.ServeMux) {
	if err := bridge.RegisterQueryHandlerClient(context.Background(), mux, bridge.NewQueryClient(clientCtx)); err != nil {
		panic(fmt.Sprintf("bridge: gateway routes: %s", err))
	}
}

// DefaultGenesis knows the hub itself as a ledger.
func (AppModuleBasic) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	return cdc.MustMarshalJSON(bridge.DefaultGenesis())
}

// ValidateGenesis checks a genesis file.
func (AppModuleBasic) ValidateGenesis(cdc codec.JSONCodec, _ client.TxEncodingConfig, raw json.RawMessage) error {
	var g bridge.GenesisState
	if err := cdc.UnmarshalJSON(raw, &g); err != nil {
		return fmt.Errorf("bridge genesis: %w", err)
	}
	return g.Validate()
}

// AppModule is the module with its keeper.
type AppModule struct {
	AppModuleBasic
	keeper *keeper.Keeper
}

// NewAppModule makes the module.
func NewAppModule(k *keeper.Keeper) AppModule { return AppModule{keeper: k} }

// IsOnePerModuleType marks the type for the SDK.
func (AppModule) IsOnePerModuleType() {}

// IsAppModule marks the type for the SDK.
func (AppModule) IsAppModule() {}

// ConsensusVersion is the version of what is stored.
func (AppModule) ConsensusVersion() uint64 { return consensusVersion }

// RegisterServices serves messages and queries.
func (m AppModule) RegisterServices(cfg module.Configurator) {
	bridge.RegisterMsgServer(cfg.MsgServer(), keeper.NewMsgServer(m.keeper))
	bridge.RegisterQueryServer(cfg.QueryServer(), keeper.NewQueryServer(m.keeper))
}

// InitGenesis writes the state. It panics on a wrong one: a chain must not start from it.
func (m AppModule) InitGenesis(ctx sdk.Context, cdc codec.JSONCodec, raw json.RawMessage) {
	var g bridge.GenesisState
	cdc.MustUnmarshalJSON(raw, &g)
	if err := m.keeper.InitGenesis(ctx, &g); err != nil {
		panic(fmt.Sprintf("bridge genesis: %s", err))
	}
}

// ExportGenesis reads the state.
func (m AppModule) ExportGenesis(ctx sdk.Context, cdc codec.JSONCodec) json.RawMessage {
	g, err := m.keeper.ExportGenesis(ctx)
	if err != nil {
		panic(fmt.Sprintf("bridge genesis: %s", err))
	}
	return cdc.MustMarshalJSON(g)
}

// EndBlock does what is due. It never returns an error, which would halt the chain.
func (m AppModule) EndBlock(ctx context.Context) error {
	m.keeper.EndBlock(ctx)
	return nil
}
