package ibcnet

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cosmos/cosmos-sdk/types/query"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/gogoproto/proto"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"

	"cosmossdk.io/math"
)

// Client is the node's RPC.
func (c *Chain) Client() *rpchttp.HTTP { return c.client }

// Height is the height of the newest block that the application has committed.
func (c *Chain) Height(ctx context.Context) (int64, error) {
	res, err := c.client.ABCIInfo(ctx)
	if err != nil {
		return 0, err
	}
	return res.Response.LastBlockHeight, nil
}

// Now is the time of the newest block.
func (c *Chain) Now(ctx context.Context) (time.Time, error) {
	res, err := c.client.Status(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", c.ID, err)
	}
	return res.SyncInfo.LatestBlockTime, nil
}

// query asks the newest state.
func (c *Chain) query(ctx context.Context, path string, req, res proto.Message) error {
	raw, err := proto.Marshal(req)
	if err != nil {
		return err
	}
	answer, err := c.client.ABCIQuery(ctx, path, raw)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", c.ID, path, err)
	}
	if answer.Response.Code != 0 {
		return fmt.Errorf("%s: %s: %s", c.ID, path, answer.Response.Log)
	}
	return proto.Unmarshal(answer.Response.Value, res)
}

// Balance is what an address has of a denomination.
func (c *Chain) Balance(ctx context.Context, address, denom string) (math.Int, error) {
	var res banktypes.QueryBalanceResponse
	err := c.query(ctx, "/cosmos.bank.v1beta1.Query/Balance", &banktypes.QueryBalanceRequest{Address: address, Denom: denom}, &res)
	if err != nil {
		return math.Int{}, err
	}
	return res.Balance.Amount, nil
}

// Pending tells whether packets of a channel still wait for an acknowledgement or a timeout.
func (c *Chain) Pending(ctx context.Context, port, channel string) (bool, error) {
	var res channeltypes.QueryPacketCommitmentsResponse
	err := c.query(ctx, "/ibc.core.channel.v1.Query/PacketCommitments", &channeltypes.QueryPacketCommitmentsRequest{
		PortId: port, ChannelId: channel, Pagination: &query.PageRequest{Limit: 1},
	}, &res)
	return len(res.Commitments) > 0, err
}

// PendingCount is how many packets of a channel wait. It walks them all: not to be asked often.
func (c *Chain) PendingCount(ctx context.Context, port, channel string) (int, error) {
	var res channeltypes.QueryPacketCommitmentsResponse
	err := c.query(ctx, "/ibc.core.channel.v1.Query/PacketCommitments", &channeltypes.QueryPacketCommitmentsRequest{
		PortId: port, ChannelId: channel, Pagination: &query.PageRequest{Limit: 1, CountTotal: true},
	}, &res)
	if err != nil {
		return 0, err
	}
	return int(res.Pagination.Total), nil
}

// OldestPending is the lowest sequence of a channel's packets that wait, or 0. It reads them all: not for thousands.
func (c *Chain) OldestPending(ctx context.Context, port, channel string) (uint64, error) {
	const most = 5000
	var res channeltypes.QueryPacketCommitmentsResponse
	err := c.query(ctx, "/ibc.core.channel.v1.Query/PacketCommitments", &channeltypes.QueryPacketCommitmentsRequest{
		PortId: port, ChannelId: channel, Pagination: &query.PageRequest{Limit: most},
	}, &res)
	oldest := uint64(0)
	for _, each := range res.Commitments { // in the order of their decimal digits
		if oldest == 0 || each.Sequence < oldest {
			oldest = each.Sequence
		}
	}
	return oldest, err
}

// NextSequenceSend is the sequence that the channel's next packet will have.
func (c *Chain) NextSequenceSend(ctx context.Context, port, channel string) (uint64, error) {
	value, err := c.value(ctx, host.NextSequenceSendKey(port, channel))
	if err != nil {
		return 0, err
	}
	if len(value) != 8 {
		return 0, fmt.Errorf("%s has no channel %s/%s", c.ID, port, channel)
	}
	return binary.BigEndian.Uint64(value), nil
}

// value is what the IBC store holds under a key; nil if absent.
func (c *Chain) value(ctx context.Context, key []byte) ([]byte, error) {
	res, err := c.client.ABCIQueryWithOptions(ctx, "store/ibc/key", key, rpcclient.DefaultABCIQueryOptions)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID, err)
	}
	return res.Response.Value, nil
}
