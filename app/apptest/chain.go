package apptest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/genesis"
)

// BlockTime is how much later than the block before a block is, where the test doesn't say.
const BlockTime = time.Second

// Chain is a hub in memory. It is not safe for concurrent use.
type Chain struct {
	App *app.App
	// Last is the newest block's result, events included.
	Last *abci.ResponseFinalizeBlock

	t       testing.TB
	chainID string
	height  int64
	now     time.Time
}

type options map[string]any

func (o options) Get(key string) any { return o[key] }

// New starts a chain and makes its first block.
func New(t testing.TB, g *Genesis) *Chain {
	t.Helper()
	hub := newApp(t, g.ChainID)
	doc, err := genesis.Build(hub, g.Spec)
	if err != nil {
		t.Fatal(err)
	}
	chain := &Chain{App: hub, t: t, chainID: g.ChainID}
	if err := chain.start(doc); err != nil {
		t.Fatal(err)
	}
	return chain
}

// Export gives the chain's state as a genesis; the chain may go on.
func (c *Chain) Export() servertypes.ExportedApp {
	c.t.Helper()
	exported, err := c.App.Export(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return exported
}

// Restart exports the state and starts a new chain from it, at a genesis time that is pause later than the last
// block. It is how a test shows that what was exported goes on.
func (c *Chain) Restart(pause time.Duration) (*Chain, error) {
	c.t.Helper()
	return c.Resume(c.Export(), c.chainID, c.now.Add(pause))
}

// Resume starts a chain from an exported state under a chain id and a genesis time. An error is the refusal of
// that genesis.
func (c *Chain) Resume(exported servertypes.ExportedApp, chainID string, at time.Time) (*Chain, error) {
	c.t.Helper()
	chain := &Chain{App: newApp(c.t, chainID), t: c.t, chainID: chainID}
	doc := &genutiltypes.AppGenesis{
		ChainID: chainID, GenesisTime: at, InitialHeight: exported.Height, AppState: exported.AppState,
		Consensus: genutiltypes.NewConsensusGenesis(exported.ConsensusParams, exported.Validators),
	}
	if err := chain.start(doc); err != nil {
		return nil, err
	}
	return chain, nil
}

func newApp(t testing.TB, chainID string) *app.App {
	return app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true,
		options{flags.FlagHome: t.TempDir()}, baseapp.SetChainID(chainID))
}

// start runs InitChain as CometBFT does, and makes the first block.
func (c *Chain) start(doc *genutiltypes.AppGenesis) (err error) {
	defer func() {
		if r := recover(); r != nil { // modules panic at a bad genesis: a node does not start either
			err = fmt.Errorf("init chain: %v", r)
		}
	}()
	params := doc.Consensus.Params.ToProto()
	validators := make([]abci.ValidatorUpdate, len(doc.Consensus.Validators))
	for i, v := range doc.Consensus.Validators {
		validators[i] = abci.Ed25519ValidatorUpdate(v.PubKey.Bytes(), v.Power)
	}
	if _, err := c.App.InitChain(&abci.RequestInitChain{
		Time: doc.GenesisTime, ChainId: doc.ChainID, InitialHeight: doc.InitialHeight,
		ConsensusParams: &params, Validators: validators, AppStateBytes: doc.AppState,
	}); err != nil {
		return fmt.Errorf("init chain: %w", err)
	}
	c.height, c.now = doc.InitialHeight-1, doc.GenesisTime
	c.finalize(0)
	return nil
}

// NextBlock makes an empty block that is later than the last one by a duration; 0 means BlockTime.
func (c *Chain) NextBlock(later time.Duration) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	if later == 0 {
		later = BlockTime
	}
	return c.finalize(later)
}

// AdvanceTo makes one block whose time is at, which must not be before the last block's.
func (c *Chain) AdvanceTo(at time.Time) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	if at.Before(c.now) {
		c.t.Fatalf("the chain is at %s, later than %s", c.now, at)
	}
	return c.finalize(at.Sub(c.now))
}

func (c *Chain) finalize(later time.Duration, txs ...[]byte) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	c.height, c.now = c.height+1, c.now.Add(later)
	response, err := c.App.FinalizeBlock(&abci.RequestFinalizeBlock{Height: c.height, Time: c.now, Txs: txs})
	if err != nil {
		c.t.Fatalf("block %d: the chain would halt: %s", c.height, err)
	}
	if _, err := c.App.Commit(); err != nil {
		c.t.Fatalf("commit of block %d: %s", c.height, err)
	}
	c.Last = response
	return response
}

// ID is the chain id.
func (c *Chain) ID() string { return c.chainID }

// Height is the newest block's.
func (c *Chain) Height() int64 { return c.height }

// Now is the newest block's time: hub time.
func (c *Chain) Now() time.Time { return c.now }

// Context reads the newest committed state. What is written through it is thrown away.
func (c *Chain) Context() sdk.Context {
	c.t.Helper()
	ctx, err := c.App.CreateQueryContext(0, false)
	if err != nil {
		c.t.Fatal(err)
	}
	return ctx.WithChainID(c.chainID).WithBlockTime(c.now)
}

// ModuleState is one module's part of an exported genesis.
func ModuleState(exported servertypes.ExportedApp, module string) (json.RawMessage, error) {
	var state map[string]json.RawMessage
	if err := json.Unmarshal(exported.AppState, &state); err != nil {
		return nil, err
	}
	return state[module], nil
}
