package chain

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/cosmos/cosmos-sdk/codec/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"github.com/cosmos/gogoproto/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// At answers gRPC queries from the state after block height; 0 is the newest. The errors are gRPC statuses.
func (c *Chain) At(height int64) gogogrpc.ClientConn { return queries{chain: c, height: height} }

// queries carries gRPC calls as ABCI queries: a node's RPC is all that a relayer needs.
type queries struct {
	chain  *Chain
	height int64
}

// Invoke asks the application.
func (q queries) Invoke(ctx context.Context, method string, ask, reply any, options ...grpc.CallOption) error {
	question, isMessage := ask.(proto.Message)
	answer, isAnswer := reply.(proto.Message)
	if !isMessage || !isAnswer {
		return status.Errorf(codes.InvalidArgument, "%s: %T or %T is no protobuf message", method, ask, reply)
	}
	raw, err := proto.Marshal(question)
	if err != nil {
		return status.Errorf(codes.InvalidArgument, "%s: %v", method, err)
	}
	res, err := q.query(ctx, method, raw)
	if err != nil {
		return err
	}
	if err := proto.Unmarshal(res.Response.Value, answer); err != nil {
		return status.Errorf(codes.Internal, "%s: %s: the answer does not decode: %v", q.chain.config.Name, method, err)
	}
	for _, option := range options {
		if header, is := option.(grpc.HeaderCallOption); is {
			*header.HeaderAddr = metadata.Pairs(grpctypes.GRPCBlockHeightHeader, strconv.FormatInt(int64(res.Response.Height), 10))
		}
	}
	return types.UnpackInterfaces(reply, q.chain.codec.registry)
}

// NewStream is of no use: queries have no streams.
func (q queries) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, "queries of a chain have no streams")
}

// query gives the application's answer. An application's refusal is a gRPC status; a height that one endpoint does not have is
// asked of the next one.
func (q queries) query(ctx context.Context, method string, raw []byte) (*queryAnswer, error) {
	var answer *queryAnswer
	err := q.chain.pool.do(ctx, method, q.height, func(e *endpoint) error {
		answer = &queryAnswer{}
		err := e.ask(ctx, request{method: "abci_query", result: answer, limit: largeAnswer, params: map[string]any{
			"path": method, "data": hex.EncodeToString(raw), "height": strconv.FormatInt(q.height, 10),
		}})
		if err == nil && answer.stateIsMissing() {
			err = answer.check()
		}
		return err
	})
	var refused *nodeError
	switch {
	case errors.As(err, &refused):
		return nil, status.Error(codes.OutOfRange, err.Error())
	case err != nil && ctx.Err() != nil:
		return nil, status.FromContextError(ctx.Err()).Err()
	case err != nil:
		return nil, status.Error(codes.Unavailable, err.Error())
	case answer.Response.Code != 0:
		return nil, answer.status(fmt.Sprintf("%s: %s", q.chain.config.Name, method))
	}
	return answer, nil
}

// status is the gRPC status that the application's code came from.
func (a *queryAnswer) status(where string) error {
	code := codes.Unknown
	if a.Response.Codespace == sdkerrors.RootCodespace {
		switch a.Response.Code {
		case sdkerrors.ErrInvalidRequest.ABCICode():
			code = codes.InvalidArgument
		case sdkerrors.ErrUnauthorized.ABCICode():
			code = codes.Unauthenticated
		case sdkerrors.ErrKeyNotFound.ABCICode():
			code = codes.NotFound
		case sdkerrors.ErrUnknownRequest.ABCICode():
			code = codes.Unimplemented
		}
	}
	return status.Error(code, where+": "+a.Response.Log)
}
