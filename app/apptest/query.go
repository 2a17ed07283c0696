package apptest

import (
	"context"
	"errors"

	abci "github.com/cometbft/cometbft/abci/types"
	"google.golang.org/grpc"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/gogoproto/proto"
)

// Conn answers gRPC queries from the newest committed state, the way a node does:
//
//	settlement.NewQueryClient(chain.Conn()).Settlement(ctx, &settlement.QuerySettlementRequest{…})
func (c *Chain) Conn() Conn { return Conn{chain: c} }

// Conn is a gRPC connection to a chain in memory.
type Conn struct{ chain *Chain }

// Invoke runs one query.
func (q Conn) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	raw, err := proto.Marshal(args.(proto.Message))
	if err != nil {
		return err
	}
	response, err := q.chain.App.Query(ctx, &abci.RequestQuery{Path: method, Data: raw})
	if err != nil {
		return err
	}
	if response.Code != 0 {
		return errorsmod.ABCIError(response.Codespace, response.Code, response.Log)
	}
	return proto.Unmarshal(response.Value, reply.(proto.Message))
}

// NewStream refuses: the hub has no streaming queries.
func (Conn) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.New("apptest: the hub has no streaming queries")
}
