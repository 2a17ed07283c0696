package hubclient

import (
	"context"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	"github.com/cosmos/cosmos-sdk/codec"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// DialTimeout bounds how long Dial waits for the node's first answer.
const DialTimeout = 10 * time.Second

// latestTimeout bounds one question for the newest block, which a node that lives answers from memory.
const latestTimeout = 5 * time.Second

// Node says where one hub node is. Both addresses are loopback or a tunnel: the connection is not encrypted.
type Node struct {
	GRPC string // host:port
	RPC  string // http://host:port, CometBFT's RPC; may be empty where no blocks are followed
}

// Client is a connection to one hub node. It is safe for concurrent use.
type Client struct {
	node    Node
	chainID string
	conn    *grpc.ClientConn
	codec   codec.Codec
	txs     client.TxConfig
}

// New makes a client of a node that need not run yet, for a chain whose id is known.
func New(n Node, chainID string) (*Client, error) {
	cdc, txs, err := newCodec()
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(n.GRPC,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(codec.NewProtoCodec(cdc.InterfaceRegistry()).GRPCCodec())))
	if err != nil {
		return nil, fmt.Errorf("hub node %s: %w", n.GRPC, err)
	}
	return &Client{node: n, conn: conn, codec: cdc, txs: txs, chainID: chainID}, nil
}

// Dial connects to a node and asks it which chain it is on. If chainID is not empty, another chain is an error.
func Dial(ctx context.Context, n Node, chainID string) (*Client, error) {
	c, err := New(n, chainID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	info, err := cmtservice.NewServiceClient(c.conn).GetNodeInfo(ctx, &cmtservice.GetNodeInfoRequest{}, grpc.WaitForReady(true))
	if err != nil {
		c.conn.Close()
		return nil, fmt.Errorf("hub node %s does not answer: is it running, and is that its gRPC address? %w", n.GRPC, err)
	}
	c.chainID = info.DefaultNodeInfo.Network
	if chainID != "" && chainID != c.chainID {
		c.conn.Close()
		return nil, fmt.Errorf("hub node %s is on chain %s, not %s: check the address", n.GRPC, c.chainID, chainID)
	}
	return c, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Conn is the connection for generated query clients.
func (c *Client) Conn() *grpc.ClientConn { return c.conn }

// ChainID is the chain that the node is on.
func (c *Client) ChainID() string { return c.chainID }

// Codec knows every message of the hub.
func (c *Client) Codec() codec.Codec { return c.codec }

// Block is a block's height and hub time.
type Block struct {
	Height int64
	Time   time.Time
}

// Latest is the newest block that the node has.
func (c *Client) Latest(ctx context.Context) (Block, error) {
	ctx, cancel := context.WithTimeout(ctx, latestTimeout)
	defer cancel()
	res, err := cmtservice.NewServiceClient(c.conn).GetLatestBlock(ctx, &cmtservice.GetLatestBlockRequest{})
	if err != nil {
		return Block{}, fmt.Errorf("latest block of %s: %w", c.node.GRPC, err)
	}
	return Block{Height: res.SdkBlock.Header.Height, Time: res.SdkBlock.Header.Time}, nil
}
