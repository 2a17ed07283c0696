package app

import (
	"encoding/json"
	"fmt"
	"io"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cast"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	reflectionv1 "cosmossdk.io/api/cosmos/reflection/v1"
	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	runtimeservices "github.com/cosmos/cosmos-sdk/runtime/services"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
	"github.com/cosmos/cosmos-sdk/version"
	"github.com/cosmos/gogoproto/proto"
)

var _ servertypes.Application = (*App)(nil)

// App is the hub's state machine.
type App struct {
	*baseapp.BaseApp
	Encoding

	// Modules runs the modules; Basics knows their codecs and default genesis.
	Modules *module.Manager
	Basics  module.BasicManager

	keepers      any // a *Keepers: see KeepersOf
	stores       stores
	configurator module.Configurator
}

// New builds the application on db and, if loadLatest, loads its newest version. A mistake in the wiring panics:
// nothing could go on without it, and it shows at the first start.
func New(logger log.Logger, db dbm.DB, trace io.Writer, loadLatest bool, options servertypes.AppOptions,
	baseOptions ...func(*baseapp.BaseApp),
) *App {
	encoding := must(newEncoding())
	base := baseapp.NewBaseApp(Name, logger, db, encoding.TxConfig.TxDecoder(), baseOptions...)
	base.SetCommitMultiStoreTracer(trace)
	base.SetVersion(version.Version)
	base.SetInterfaceRegistry(encoding.InterfaceRegistry)
	base.SetTxEncoder(encoding.TxConfig.TxEncoder())

	app := &App{BaseApp: base, Encoding: encoding, stores: newStores()}
	if err := base.RegisterStreamingServices(options, app.stores.keys); err != nil {
		panic(fmt.Errorf("streaming services: %w", err))
	}
	keepers := newKeepers(keeperInput{
		base: base, encoding: encoding, stores: app.stores, logger: logger,
		home:               cast.ToString(options.Get(flags.FlagHome)),
		skipUpgradeHeights: skipUpgradeHeights(options),
	})
	app.keepers = &keepers
	app.wireModules()
	app.registerServices()
	app.registerUpgrades()

	app.MountKVStores(app.stores.keys)
	app.MountMemoryStores(app.stores.memory)
	app.MountTransientStores(app.stores.transient)
	app.SetInitChainer(app.initChain)
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		return app.Modules.PreBlock(ctx)
	})
	app.SetBeginBlocker(app.Modules.BeginBlock)
	app.SetEndBlocker(app.Modules.EndBlock)
	app.SetAnteHandler(newAnteHandler(keepers, app.stores, encoding.TxConfig))
	if loadLatest {
		if err := app.LoadLatestVersion(); err != nil {
			panic(fmt.Errorf("load the newest state from the database: %w", err))
		}
	}
	return app
}

// registerServices makes the modules' messages and queries reachable, and checks their proto annotations.
func (app *App) registerServices() {
	app.configurator = module.NewConfigurator(app.Codec, app.MsgServiceRouter(), app.GRPCQueryRouter())
	if err := app.Modules.RegisterServices(app.configurator); err != nil {
		panic(fmt.Errorf("register services: %w", err))
	}
	autocliv1.RegisterQueryServer(app.GRPCQueryRouter(), runtimeservices.NewAutoCLIQueryService(app.Modules.Modules))
	reflectionv1.RegisterReflectionServiceServer(app.GRPCQueryRouter(), must(runtimeservices.NewReflectionService()))
	if err := msgservice.ValidateProtoAnnotations(must(proto.MergedRegistry())); err != nil {
		panic(fmt.Errorf("proto annotations: %w", err))
	}
}

// initChain starts the state from a genesis file.
func (app *App) initChain(ctx sdk.Context, request *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var state map[string]json.RawMessage
	if err := json.Unmarshal(request.AppStateBytes, &state); err != nil {
		return nil, fmt.Errorf("app_state of the genesis file: %w", err)
	}
	if err := checkResumed(state, request); err != nil {
		return nil, err
	}
	if err := KeepersOf(app).Upgrade.SetModuleVersionMap(ctx, app.Modules.GetVersionMap()); err != nil {
		return nil, fmt.Errorf("module versions: %w", err)
	}
	return app.Modules.InitGenesis(ctx, app.Codec, state)
}

// LoadHeight loads the state of one height.
func (app *App) LoadHeight(height int64) error { return app.LoadVersion(height) }

func skipUpgradeHeights(options servertypes.AppOptions) map[int64]bool {
	skip := map[int64]bool{}
	for _, height := range cast.ToIntSlice(options.Get(server.FlagUnsafeSkipUpgrades)) {
		skip[int64(height)] = true
	}
	return skip
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
