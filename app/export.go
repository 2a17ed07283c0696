package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cosmossdk.io/store/rootmulti"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/x/staking"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibcexported "github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctypes "github.com/cosmos/ibc-go/v8/modules/core/types"
)

// exportedKey is where an exported app_state says which block it is the state of, beside the modules' states.
const exportedKey = "exported"

// exportedBlock is the last block before an export.
type exportedBlock struct {
	ChainID string    `json:"chain_id"`
	Height  int64     `json:"height,string"`
	Time    time.Time `json:"time"`
}

// Export is the loaded state as a genesis: same chain id, the next height first. Whoever starts a chain with it
// has to set a genesis_time after the exported block's; initChain refuses an earlier one.
func (app *App) Export(modules []string) (servertypes.ExportedApp, error) {
	block, err := app.lastBlock()
	if err != nil {
		return servertypes.ExportedApp{}, err
	}
	ctx := app.NewContextLegacy(true, cmtproto.Header{ChainID: block.ChainID, Height: block.Height, Time: block.Time})
	state, err := app.Modules.ExportGenesisForModules(ctx, app.Codec, modules)
	if err != nil {
		return servertypes.ExportedApp{}, fmt.Errorf("export modules: %w", err)
	}
	if err := app.dropLocalhost(state); err != nil {
		return servertypes.ExportedApp{}, err
	}
	if state[exportedKey], err = json.Marshal(block); err != nil {
		return servertypes.ExportedApp{}, err
	}
	raw, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return servertypes.ExportedApp{}, err
	}
	validators, err := staking.WriteValidators(ctx, KeepersOf(app).Staking)
	if err != nil {
		return servertypes.ExportedApp{}, fmt.Errorf("export validators: %w", err)
	}
	return servertypes.ExportedApp{
		AppState: raw, Validators: validators, Height: block.Height + 1,
		ConsensusParams: app.GetConsensusParams(ctx),
	}, nil
}

// dropLocalhost takes the 09-localhost client out of an exported state. ibc-go makes one in every InitGenesis, and
// then refuses to import it because it is not among the allowed clients.
func (app *App) dropLocalhost(state map[string]json.RawMessage) error {
	raw, ok := state[ibcexported.ModuleName]
	if !ok {
		return nil
	}
	var genesis ibctypes.GenesisState
	if err := app.Codec.UnmarshalJSON(raw, &genesis); err != nil {
		return fmt.Errorf("export %s: %w", ibcexported.ModuleName, err)
	}
	clients := &genesis.ClientGenesis
	clients.Clients = slices.DeleteFunc(clients.Clients, func(c clienttypes.IdentifiedClientState) bool {
		return c.ClientId == ibcexported.LocalhostClientID
	})
	raw, err := app.Codec.MarshalJSON(&genesis)
	if err != nil {
		return fmt.Errorf("export %s: %w", ibcexported.ModuleName, err)
	}
	state[ibcexported.ModuleName] = raw
	return nil
}

// lastBlock reads the loaded block's time from the store's commit: after a restart nothing else knows it.
func (app *App) lastBlock() (exportedBlock, error) {
	height := app.LastBlockHeight()
	store, ok := app.CommitMultiStore().(*rootmulti.Store)
	if !ok {
		return exportedBlock{}, fmt.Errorf("export: the store is a %T, which keeps no block times", app.CommitMultiStore())
	}
	commit, err := store.GetCommitInfo(height)
	if err != nil {
		return exportedBlock{}, fmt.Errorf("export: time of block %d: %w", height, err)
	}
	return exportedBlock{ChainID: app.ChainID(), Height: height, Time: commit.Timestamp.UTC()}, nil
}

// checkResumed refuses an exported state that would be started in the past of its own chain: hub time would run
// backwards, and the light clients of other chains would freeze.
func checkResumed(state map[string]json.RawMessage, request *abci.RequestInitChain) error {
	raw, resumed := state[exportedKey]
	if !resumed {
		return nil
	}
	delete(state, exportedKey)
	var block exportedBlock
	if err := json.Unmarshal(raw, &block); err != nil {
		return fmt.Errorf("app_state.%s of the genesis file: %w", exportedKey, err)
	}
	if !request.Time.After(block.Time) {
		return fmt.Errorf("genesis_time %s is not after the exported block's, %s: set it with `corridord genesis resume`, "+
			"and remove data/state.db, where the node has kept the refused file",
			request.Time.Format(time.RFC3339Nano), block.Time.Format(time.RFC3339Nano))
	}
	// Under another chain id it is another chain, with heights of its own; x/settlement refuses one whose
	// settlements are open.
	if request.ChainId == block.ChainID && request.InitialHeight != block.Height+1 {
		return fmt.Errorf("initial_height %d does not follow the exported block %d: set it to %d",
			request.InitialHeight, block.Height, block.Height+1)
	}
	return nil
}
