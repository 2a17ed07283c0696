package ibcnet

import (
	"context"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/gogoproto/proto"
	controllertypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/controller/types"
	icatypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// gasOfAccount is the limit for what an interchain account's owner does.
const gasOfAccount = 400_000

// Account is an interchain account whose owner is a key on one chain.
type Account struct {
	Owner      *Signer
	Connection string // of the owner's chain
	Address    string // on the other chain, once the channel is open
}

// HostPort is the port of interchain accounts on the chain where they are.
const HostPort = icatypes.HostPortID

// Port is that of the account's channel on the owner's chain.
func (a Account) Port() string { return icatypes.ControllerPortPrefix + a.Owner.Address }

// Register asks for the account, which begins the handshake of an ordered channel.
func (a Account) Register() ([]byte, error) {
	return a.Owner.Sign(gasOfAccount, &controllertypes.MsgRegisterInterchainAccount{
		Owner: a.Owner.Address, ConnectionId: a.Connection, Ordering: channeltypes.ORDERED,
	})
}

// Find asks the owner's chain for the account's address.
func (a *Account) Find(ctx context.Context) error {
	var res controllertypes.QueryInterchainAccountResponse
	err := a.Owner.chain.query(ctx, "/ibc.applications.interchain_accounts.controller.v1.Query/InterchainAccount",
		&controllertypes.QueryInterchainAccountRequest{Owner: a.Owner.Address, ConnectionId: a.Connection}, &res)
	a.Address = res.Address
	return err
}

// Do sends a packet that has the account execute messages on its chain.
func (a Account) Do(timeout time.Duration, msgs ...proto.Message) ([]byte, error) {
	cdc := codec.NewProtoCodec(types.NewInterfaceRegistry())
	data, err := icatypes.SerializeCosmosTx(cdc, msgs, icatypes.EncodingProtobuf)
	if err != nil {
		return nil, err
	}
	return a.Owner.Sign(gasOfAccount, &controllertypes.MsgSendTx{
		Owner: a.Owner.Address, ConnectionId: a.Connection, RelativeTimeout: uint64(timeout),
		PacketData: icatypes.InterchainAccountPacketData{Type: icatypes.EXECUTE_TX, Data: data},
	})
}

// Closed tells whether a channel's end is closed.
func (c *Chain) Closed(ctx context.Context, port, channel string) (bool, error) {
	var res channeltypes.QueryChannelResponse
	err := c.query(ctx, "/ibc.core.channel.v1.Query/Channel", &channeltypes.QueryChannelRequest{PortId: port, ChannelId: channel}, &res)
	return err == nil && res.Channel.State == channeltypes.CLOSED, err
}
