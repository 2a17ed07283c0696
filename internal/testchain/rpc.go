package testchain

import (
	"context"
	"net"
	"net/http"
	"strings"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/node"
	rpcserver "github.com/cometbft/cometbft/rpc/jsonrpc/server"
)

// rpcServer is a node's RPC as a node serves it. The node's own cannot say which port it got, so this one listens instead.
type rpcServer struct {
	listener net.Listener
	server   *http.Server
}

func serve(comet *node.Node, config *cmtcfg.Config, address string) (*rpcServer, error) {
	env, err := comet.ConfigureRPC()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	routes := env.GetRoutes()
	sockets := rpcserver.NewWebsocketManager(routes,
		rpcserver.OnDisconnect(func(remote string) { _ = comet.EventBus().UnsubscribeAll(context.Background(), remote) }),
		rpcserver.ReadLimit(config.RPC.MaxBodyBytes))
	mux := http.NewServeMux()
	mux.HandleFunc("/websocket", sockets.WebsocketHandler)
	rpcserver.RegisterRPCFuncs(mux, routes, cmtlog.NewNopLogger())
	s := &rpcServer{listener: listener, server: &http.Server{Handler: http.MaxBytesHandler(mux, config.RPC.MaxBodyBytes)}}
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

func (s *rpcServer) stop() { _ = s.server.Close() }

// WebSocket is the address of the node's events.
func (n *Node) WebSocket() string { return strings.Replace(n.RPC, "http", "ws", 1) + "/websocket" }
