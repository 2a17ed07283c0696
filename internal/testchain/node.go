package testchain

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/rpc/client/local"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/server"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	"github.com/cosmos/cosmos-sdk/x/crisis"
	"github.com/cosmos/ibc-go/v8/testing/simapp"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log"
)

// Prefix starts every address.
const Prefix = "cosmos"

// startTimeout bounds how long the first block may take.
const startTimeout = 30 * time.Second

// making lets one application be made at a time: parts of it write to globals.
var making sync.Mutex

// Application is simapp.SimApp as most tests need it. Its own type would have each of them compile the collections of all its
// keepers, which are generic; a test that wants a keeper asserts it: node.App.(*simapp.SimApp).
type Application interface {
	servertypes.Application
	AppCodec() codec.Codec
	InterfaceRegistry() codectypes.InterfaceRegistry
	TxConfig() client.TxConfig
}

// Node is a chain of one validator. Its fields do not change while it runs.
type Node struct {
	ChainID string
	Prefix  string
	RPC     string // http://127.0.0.1:port
	App     Application

	t         testing.TB
	settings  settings
	home      string
	validator cmttypes.PrivValidator
	doc       *cmttypes.GenesisDoc
	state     dbm.DB                  // the application's
	stores    map[string]*cmtdb.MemDB // the node's, by name; used while making a node only
	running   *running
	counts    sequences
}

// running is what a stop ends.
type running struct {
	comet *node.Node
	rpc   *rpcServer
	local *local.Local
}

// Start runs a chain until the test ends, and returns when it has its first block.
func Start(t testing.TB, chainID string, opts ...Option) *Node {
	t.Helper()
	n := &Node{
		ChainID: chainID, Prefix: Prefix, t: t, home: t.TempDir(), state: dbm.NewMemDB(), stores: map[string]*cmtdb.MemDB{},
		settings: settings{blockTime: 50 * time.Millisecond, users: 4, mempool: 5000},
	}
	for _, option := range opts {
		option(&n.settings)
	}
	key := privval.GenFilePV(filepath.Join(n.home, "key.json"), filepath.Join(n.home, "state.json"))
	key.Save()
	n.validator = key
	n.start("127.0.0.1:0")
	t.Cleanup(n.Stop)
	return n
}

// Keyring holds all funded keys.
func (n *Node) Keyring() keyring.Keyring {
	return Keyring(n.t, n.App.AppCodec(), fundedKeys(n.settings.users)...)
}

// Validator signs the chain's blocks; whoever has it can fork the chain.
func (n *Node) Validator() cmttypes.PrivValidator { return n.validator }

// Stop ends the node; its state stays. A stopped node may be stopped again.
func (n *Node) Stop() {
	if n.running == nil {
		return
	}
	n.running.rpc.stop()
	_ = n.running.comet.Stop()
	n.running.comet.Wait()
	_ = n.App.Close()
	n.running = nil
}

// Restart runs the stopped chain on where it was, at the same RPC address.
func (n *Node) Restart() {
	n.t.Helper()
	n.Stop()
	n.start(n.RPC[len("http://"):])
}

// start makes application and node from what is stored, and waits for a block.
func (n *Node) start(address string) {
	n.t.Helper()
	app := application(n)
	n.App = app
	pub, err := n.validator.GetPubKey()
	require.NoError(n.t, err)
	if n.doc == nil {
		n.doc = genesis(n, app, pub)
	}
	nodeKey, err := p2p.LoadOrGenNodeKey(filepath.Join(n.home, "node_key.json"))
	require.NoError(n.t, err)
	config := n.config()
	comet, err := node.NewNode(config, n.validator, nodeKey, proxy.NewLocalClientCreator(server.NewCometABCIWrapper(n.App)),
		func() (*cmttypes.GenesisDoc, error) { return n.doc, nil }, n.store,
		node.DefaultMetricsProvider(config.Instrumentation), cmtlog.NewNopLogger())
	require.NoError(n.t, err)
	n.running = &running{comet: comet, local: local.New(comet)}
	n.serveQueries()
	n.running.rpc, err = serve(comet, config, address)
	require.NoError(n.t, err)
	n.RPC = "http://" + n.running.rpc.listener.Addr().String()
	ctx, cancel := context.WithTimeout(n.t.Context(), startTimeout)
	defer cancel()
	before, err := n.executed(ctx)
	require.NoError(n.t, err)
	require.NoError(n.t, comet.Start())
	require.NoError(n.t, n.Reach(ctx, before+1))
}

// application makes the application over its stored state. No method: whoever names Node would read the application's type.
func application(n *Node) *simapp.SimApp {
	making.Lock()
	defer making.Unlock()
	options := simtestutil.AppOptionsMap{
		flags.FlagHome: n.home, crisis.FlagSkipGenesisInvariants: true, server.FlagInvCheckPeriod: uint(0),
	}
	return simapp.NewSimApp(log.NewNopLogger(), n.state, nil, true, options,
		baseapp.SetChainID(n.ChainID), baseapp.SetMinGasPrices(n.settings.gasPrice))
}

// serveQueries lets the application answer what a node answers over abci_query: trials of transactions among it.
func (n *Node) serveQueries() {
	context := client.Context{}.WithClient(n.running.local).WithChainID(n.ChainID).WithCodec(n.App.AppCodec()).
		WithInterfaceRegistry(n.App.InterfaceRegistry()).WithTxConfig(n.App.TxConfig())
	n.App.RegisterTxService(context)
	n.App.RegisterTendermintService(context)
	settings := serverconfig.DefaultConfig()
	settings.MinGasPrices = n.settings.gasPrice
	n.App.RegisterNodeService(context, *settings)
}

func (n *Node) config() *cmtcfg.Config {
	config := cmtcfg.DefaultConfig()
	config.SetRoot(n.home)
	config.RPC.ListenAddress = "" // served by serve, on a port that nobody else can take in between
	config.P2P.ListenAddress = "tcp://127.0.0.1:0"
	config.P2P.PexReactor = false
	config.Consensus.TimeoutCommit = n.settings.blockTime
	config.Consensus.WalPath = filepath.Join(n.home, "wal", "wal")
	config.Mempool.Size = n.settings.mempool
	config.Instrumentation.Prometheus = false
	return config
}

// store keeps the node's databases in memory, across restarts.
func (n *Node) store(which *cmtcfg.DBContext) (cmtdb.DB, error) {
	if n.stores[which.ID] == nil {
		n.stores[which.ID] = cmtdb.NewMemDB()
	}
	return n.stores[which.ID], nil
}
