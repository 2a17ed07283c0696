package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proto/tendermint/p2p"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
)

// Node serves a chain over gRPC on a loopback port: the application's own query services, and of a node's services those that a client
// needs to send transactions and to follow blocks. What it accepts waits for NextBlock. It is safe for concurrent use, unlike its chain, which
// is used through Do from then on.
type Node struct {
	Address string // host:port
	OnBlock func(height int64, at time.Time)

	mu      sync.Mutex
	chain   *Chain
	waiting [][]byte
	results map[string]*sdk.TxResponse // by hash
}

// Serve starts a node that lives until the test ends. onBlock, if given, hears of every block that the node makes.
func (c *Chain) Serve(onBlock func(height int64, at time.Time)) *Node {
	c.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	n := &Node{Address: listener.Addr().String(), OnBlock: onBlock, chain: c, results: map[string]*sdk.TxResponse{}}
	server := grpc.NewServer(grpc.ForceServerCodec(codec.NewProtoCodec(c.App.InterfaceRegistry).GRPCCodec()))
	c.App.RegisterGRPCServer(server)
	cmtservice.RegisterServiceServer(server, &nodeService{n: n})
	txtypes.RegisterServiceServer(server, &txService{n: n})
	go server.Serve(listener) //nolint:errcheck // it ends with Stop
	c.t.Cleanup(server.Stop)
	return n
}

// Do uses the chain while nothing else does.
func (n *Node) Do(use func(*Chain)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	use(n.chain)
}

// NextBlock makes a block of everything that waits, later than the last one by a duration.
func (n *Node) NextBlock(later time.Duration) {
	n.mu.Lock()
	waiting := n.waiting
	n.waiting = nil
	results := n.chain.finalize(later, waiting...).TxResults
	for i, r := range results {
		hash := hashOf(waiting[i])
		n.results[hash] = &sdk.TxResponse{
			Height: n.chain.height, TxHash: hash, Codespace: r.Codespace, Code: r.Code, RawLog: r.Log, GasUsed: r.GasUsed, GasWanted: r.GasWanted,
		}
	}
	height, now := n.chain.height, n.chain.now
	n.mu.Unlock()
	if n.OnBlock != nil {
		n.OnBlock(height, now)
	}
}

// MakeBlocks makes blocks until the test ends: one every so often, each later than the last by a duration of hub time.
func (n *Node) MakeBlocks(every, later time.Duration) {
	ended, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				n.NextBlock(later)
			}
		}
	}()
	n.chain.t.Cleanup(func() { close(stop); <-ended })
}

// DropWaiting loses the transactions that wait for a block, and tells how many, as a node does that is started again.
func (n *Node) DropWaiting() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	dropped := len(n.waiting)
	n.waiting = nil
	return dropped
}

// Results are those of all transactions that blocks hold.
func (n *Node) Results() []*sdk.TxResponse {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []*sdk.TxResponse
	for _, r := range n.results {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *sdk.TxResponse) int { return strings.Compare(a.TxHash, b.TxHash) })
	return all
}

func hashOf(tx []byte) string {
	sum := sha256.Sum256(tx)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

type nodeService struct {
	cmtservice.UnimplementedServiceServer
	n *Node
}

// GetNodeInfo implements cmtservice.ServiceServer.
func (s *nodeService) GetNodeInfo(context.Context, *cmtservice.GetNodeInfoRequest) (*cmtservice.GetNodeInfoResponse, error) {
	return &cmtservice.GetNodeInfoResponse{DefaultNodeInfo: &p2p.DefaultNodeInfo{Network: s.n.chain.chainID}}, nil
}

// GetLatestBlock implements cmtservice.ServiceServer.
func (s *nodeService) GetLatestBlock(context.Context, *cmtservice.GetLatestBlockRequest) (*cmtservice.GetLatestBlockResponse, error) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return &cmtservice.GetLatestBlockResponse{SdkBlock: &cmtservice.Block{
		Header: cmtservice.Header{ChainID: s.n.chain.chainID, Height: s.n.chain.height, Time: s.n.chain.now},
	}}, nil
}

type txService struct {
	txtypes.UnimplementedServiceServer
	n *Node
}

// BroadcastTx implements txtypes.ServiceServer: the application checks the transaction, which then waits for a block.
func (s *txService) BroadcastTx(_ context.Context, r *txtypes.BroadcastTxRequest) (*txtypes.BroadcastTxResponse, error) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	response := &sdk.TxResponse{TxHash: hashOf(r.TxBytes)}
	again := func(tx []byte) bool { return hashOf(tx) == response.TxHash }
	if _, included := s.n.results[response.TxHash]; included || slices.ContainsFunc(s.n.waiting, again) {
		response.Codespace, response.Code = sdkerrors.ErrTxInMempoolCache.Codespace(), sdkerrors.ErrTxInMempoolCache.ABCICode()
		return &txtypes.BroadcastTxResponse{TxResponse: response}, nil
	}
	checked, err := s.n.chain.App.CheckTx(&abci.RequestCheckTx{Tx: r.TxBytes, Type: abci.CheckTxType_New})
	if err != nil {
		return nil, err
	}
	if checked.Code == 0 {
		s.n.waiting = append(s.n.waiting, r.TxBytes)
	}
	response.Codespace, response.Code, response.RawLog = checked.Codespace, checked.Code, checked.Log
	return &txtypes.BroadcastTxResponse{TxResponse: response}, nil
}

// GetTx implements txtypes.ServiceServer.
func (s *txService) GetTx(_ context.Context, r *txtypes.GetTxRequest) (*txtypes.GetTxResponse, error) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	response, included := s.n.results[strings.ToUpper(r.Hash)]
	if !included {
		return nil, status.Errorf(codes.NotFound, "tx not found: %s", r.Hash)
	}
	return &txtypes.GetTxResponse{TxResponse: response}, nil
}

// Simulate implements txtypes.ServiceServer.
func (s *txService) Simulate(_ context.Context, r *txtypes.SimulateRequest) (*txtypes.SimulateResponse, error) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	gas, result, err := s.n.chain.App.Simulate(r.TxBytes)
	if err != nil {
		return nil, status.Errorf(codes.Unknown, "%v with gas used: '%d'", err, gas.GasUsed)
	}
	return &txtypes.SimulateResponse{GasInfo: &gas, Result: result}, nil
}
