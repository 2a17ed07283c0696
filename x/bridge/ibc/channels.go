package ibc

import (
	"context"
	"errors"

	sdk "github.com/cosmos/cosmos-sdk/types"
	capability "github.com/cosmos/ibc-go/modules/capability/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	tendermint "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/x/bridge"
)

// ChannelKeeper is what the leg app wants of core IBC's channels.
type ChannelKeeper interface {
	GetChannel(ctx sdk.Context, portID, channelID string) (channeltypes.Channel, bool)
	SendPacket(ctx sdk.Context, owner *capability.Capability, portID, channelID string,
		timeoutHeight clienttypes.Height, timeoutTimestamp uint64, data []byte) (uint64, error)
}

// ConnectionKeeper is what the leg app wants of core IBC's connections.
type ConnectionKeeper interface {
	GetConnection(ctx sdk.Context, connectionID string) (connectiontypes.ConnectionEnd, bool)
}

// ClientKeeper is what the leg app wants of core IBC's light clients.
type ClientKeeper interface {
	GetClientState(ctx sdk.Context, clientID string) (exported.ClientState, bool)
}

// PortKeeper is what the leg app wants of core IBC's ports.
type PortKeeper interface {
	BindPort(ctx sdk.Context, portID string) *capability.Capability
}

// ScopedKeeper keeps what the bridge owns: its port and its channels.
type ScopedKeeper interface {
	GetCapability(ctx sdk.Context, name string) (*capability.Capability, bool)
	ClaimCapability(ctx sdk.Context, owned *capability.Capability, name string) error
}

// Core is core IBC.
type Core struct {
	Channels    ChannelKeeper
	Connections ConnectionKeeper
	Clients     ClientKeeper
	Ports       PortKeeper
	Scoped      ScopedKeeper
}

// Channels is core IBC as the bridge wants it.
type Channels struct{ core Core }

var _ bridge.Channels = Channels{}

// NewChannels wraps core IBC.
func NewChannels(core Core) Channels { return Channels{core} }

// Bind takes the leg app's port. After an import the capability is there already.
func (c Channels) Bind(ctx context.Context) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if _, bound := c.core.Scoped.GetCapability(sdkCtx, host.PortPath(bridge.LegPort)); bound {
		return nil
	}
	return c.core.Scoped.ClaimCapability(sdkCtx, c.core.Ports.BindPort(sdkCtx, bridge.LegPort), host.PortPath(bridge.LegPort))
}

// End says what a channel of the leg app's port is, down to the chain that its light client follows.
func (c Channels) End(ctx context.Context, channelID string) (bridge.ChannelEnd, error) {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	channel, found := c.core.Channels.GetChannel(sdkCtx, bridge.LegPort, channelID)
	if !found || len(channel.ConnectionHops) != 1 {
		return bridge.ChannelEnd{}, bridge.ErrChannel.Wrapf("port %s has no %s: open it first, with `corridor relay link --port %s`",
			bridge.LegPort, channelID, bridge.LegPort)
	}
	end := bridge.ChannelEnd{
		ConnectionID: channel.ConnectionHops[0], FarPort: channel.Counterparty.PortId, Version: channel.Version,
		Open: channel.State == channeltypes.OPEN, Unordered: channel.Ordering == channeltypes.UNORDERED,
	}
	connection, found := c.core.Connections.GetConnection(sdkCtx, end.ConnectionID)
	if !found {
		return end, bridge.ErrChannel.Wrapf("%s has no connection %s", channelID, end.ConnectionID)
	}
	client, found := c.core.Clients.GetClientState(sdkCtx, connection.ClientId)
	if !found {
		return end, bridge.ErrChannel.Wrapf("%s has no client %s", end.ConnectionID, connection.ClientId)
	}
	end.ClientType = client.ClientType()
	if state, ok := client.(*tendermint.ClientState); ok {
		end.ChainID = state.ChainId
	}
	return end, nil
}

// Send writes a packet with a timeout by time alone: heights of another chain say nothing about a deadline.
func (c Channels) Send(ctx context.Context, channelID string, timeoutUnixNs uint64, packet []byte) (uint64, error) {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	owner, found := c.core.Scoped.GetCapability(sdkCtx, host.ChannelCapabilityPath(bridge.LegPort, channelID))
	if !found {
		return 0, bridge.ErrChannel.Wrapf("%s is not the bridge's", channelID)
	}
	sequence, err := c.core.Channels.SendPacket(sdkCtx, owner, bridge.LegPort, channelID, clienttypes.ZeroHeight(), timeoutUnixNs, packet)
	if errors.Is(err, channeltypes.ErrTimeoutElapsed) {
		return 0, bridge.ErrPacketExpired.Wrap(err.Error())
	}
	return sequence, err
}
