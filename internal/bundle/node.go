package bundle

import (
	"context"
	"fmt"

	"github.com/cometbft/cometbft/light/provider"
	lighthttp "github.com/cometbft/cometbft/light/provider/http"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// Node is a hub node's RPC as a Source.
type Node struct {
	rpc     *rpchttp.HTTP
	headers provider.Provider
}

var _ Source = (*Node)(nil)

// NewNode makes a Source of a node's RPC, such as http://host:26657. It asks nothing yet.
func NewNode(chainID, address string) (*Node, error) {
	rpc, err := rpchttp.New(address, "/websocket")
	if err != nil {
		return nil, fmt.Errorf("hub RPC %s: %w", address, err)
	}
	return &Node{rpc: rpc, headers: lighthttp.NewWithClient(chainID, rpc)}, nil
}

// Latest implements Source.
func (n *Node) Latest(ctx context.Context) (int64, error) {
	status, err := n.rpc.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("hub RPC %s does not answer: %w", n.rpc.Remote(), err)
	}
	return status.SyncInfo.LatestBlockHeight, nil
}

// Header implements Source.
func (n *Node) Header(ctx context.Context, height int64) (*cmttypes.LightBlock, error) {
	block, err := n.headers.LightBlock(ctx, height)
	if err != nil {
		return nil, fmt.Errorf("header %d of %s: %w", height, n.rpc.Remote(), err)
	}
	return block, nil
}

// Prove implements Source.
func (n *Node) Prove(ctx context.Context, height int64, store string, key []byte) (orderproof.Membership, error) {
	res, err := n.rpc.ABCIQueryWithOptions(ctx, "/store/"+store+"/key", key, rpcclient.ABCIQueryOptions{Height: height, Prove: true})
	if err != nil {
		return orderproof.Membership{}, fmt.Errorf("state of block %d at %s: %w", height, n.rpc.Remote(), err)
	}
	if r := res.Response; r.Code != 0 || len(r.Value) == 0 {
		return orderproof.Membership{}, fmt.Errorf("state of block %d at %s has nothing under %X of %s (%s): the node may keep no state that old; ask one that does",
			height, n.rpc.Remote(), key, store, r.Log)
	}
	return orderproof.NewMembership(store, key, res.Response.Value, res.Response.ProofOps)
}

// Transactions implements Source.
func (n *Node) Transactions(ctx context.Context, height int64) ([][]byte, error) {
	res, err := n.rpc.Block(ctx, &height)
	if err != nil {
		return nil, fmt.Errorf("block %d at %s, which holds notaries' attestations: %w; ask a node that keeps its blocks", height, n.rpc.Remote(), err)
	}
	raw := make([][]byte, len(res.Block.Txs))
	for i, one := range res.Block.Txs {
		raw[i] = one
	}
	return raw, nil
}
