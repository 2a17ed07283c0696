package ledgerlink

import (
	"context"
	"net"
	"net/http"
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
	rpcserver "github.com/cometbft/cometbft/rpc/jsonrpc/server"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/server"
	cosmos "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/app/genesis"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// comet is a hub as it runs in life: the application under CometBFT with one validator, a block every 50 milliseconds, its
// databases in memory.
type comet struct {
	t         *testing.T
	app       *app.App
	RPC, GRPC string
	client    *hubclient.Client
}

// making lets one application be made at a time: parts of it write to globals.
var making sync.Mutex

type appOptions map[string]any

func (o appOptions) Get(key string) any { return o[key] }

func startComet(t *testing.T, g *apptest.Genesis) *comet {
	t.Helper()
	home := t.TempDir()
	key := privval.GenFilePV(filepath.Join(home, "key.json"), filepath.Join(home, "state.json"))
	key.Save()
	public, err := cryptocodec.FromCmtPubKeyInterface(key.Key.PubKey)
	require.NoError(t, err)
	g.Validators[0].ConsensusKey, g.Time = public, time.Now().Add(-time.Second)
	making.Lock()
	h := &comet{t: t, app: app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true,
		appOptions{flags.FlagHome: home}, baseapp.SetChainID(g.ChainID))}
	making.Unlock()
	doc, err := genesis.Build(h.app, g.Spec)
	require.NoError(t, err)
	config := cmtcfg.DefaultConfig()
	config.SetRoot(home)
	config.RPC.ListenAddress, config.P2P.ListenAddress, config.P2P.PexReactor = "", "tcp://127.0.0.1:0", false
	config.Consensus.TimeoutCommit, config.Instrumentation.Prometheus = 50*time.Millisecond, false
	config.Consensus.WalPath = filepath.Join(home, "wal", "wal")
	nodeKey, err := p2p.LoadOrGenNodeKey(filepath.Join(home, "node_key.json"))
	require.NoError(t, err)
	running, err := node.NewNode(config, key, nodeKey, proxy.NewLocalClientCreator(server.NewCometABCIWrapper(h.app)),
		func() (*cmttypes.GenesisDoc, error) { return doc.ToGenesisDoc() },
		func(*cmtcfg.DBContext) (cmtdb.DB, error) { return cmtdb.NewMemDB(), nil },
		node.DefaultMetricsProvider(config.Instrumentation), cmtlog.NewNopLogger())
	require.NoError(t, err)
	h.serve(running, local.New(running), g.ChainID)
	require.NoError(t, running.Start())
	t.Cleanup(func() { _ = running.Stop(); running.Wait() })
	h.client, err = hubclient.New(hubclient.Node{GRPC: h.GRPC, RPC: h.RPC}, g.ChainID)
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.client.Close() })
	require.Eventually(t, func() bool {
		b, err := h.client.Latest(context.Background())
		return err == nil && b.Height > 3
	}, patience, 10*time.Millisecond)
	return h
}

// serve opens the node's two doors on free ports.
func (h *comet) serve(running *node.Node, local *local.Local, chainID string) {
	context := client.Context{}.WithClient(local).WithChainID(chainID).WithCodec(h.app.Codec).
		WithInterfaceRegistry(h.app.InterfaceRegistry).WithTxConfig(h.app.TxConfig)
	h.app.RegisterTxService(context)
	h.app.RegisterTendermintService(context)
	env, err := running.ConfigureRPC()
	require.NoError(h.t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/websocket", rpcserver.NewWebsocketManager(env.GetRoutes()).WebsocketHandler)
	rpcserver.RegisterRPCFuncs(mux, env.GetRoutes(), cmtlog.NewNopLogger())
	rpc := &http.Server{Handler: mux}
	rpcDoor, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(h.t, err)
	go func() { _ = rpc.Serve(rpcDoor) }()
	h.t.Cleanup(func() { _ = rpc.Close() })
	queries := grpc.NewServer(grpc.ForceServerCodec(codec.NewProtoCodec(h.app.InterfaceRegistry).GRPCCodec()))
	h.app.RegisterGRPCServer(queries)
	grpcDoor, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(h.t, err)
	go func() { _ = queries.Serve(grpcDoor) }()
	h.t.Cleanup(queries.Stop)
	h.RPC, h.GRPC = "http://"+rpcDoor.Addr().String(), grpcDoor.Addr().String()
}

func (h *comet) keys(names ...string) keyring.Keyring {
	ring := keyring.NewInMemory(h.client.Codec())
	for _, name := range names {
		apptest.Import(h.t, ring, name, apptest.HubKey(name))
	}
	return ring
}

// send has a participant send a message, and waits for its block.
func (h *comet) send(from string, msg cosmos.Msg) {
	h.t.Helper()
	sender, err := h.client.NewSender(h.keys(from), from)
	require.NoError(h.t, err)
	_, err = sender.Send(h.t.Context(), msg)
	require.NoError(h.t, err)
}
