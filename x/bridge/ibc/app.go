package ibc

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"
	capability "github.com/cosmos/ibc-go/modules/capability/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	porttypes "github.com/cosmos/ibc-go/v8/modules/core/05-port/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"

	"github.com/corridor-network/corridor/x/bridge"
)

// Legs is what the leg app wants of the bridge's keeper.
type Legs interface {
	// Receive carries a peer's packet out. An error means that nothing may stay of it.
	Receive(ctx context.Context, channelID string, packet []byte) (answer []byte, err error)
	// PacketAnswered takes in what came back of a packet. It never fails.
	PacketAnswered(ctx context.Context, p bridge.PacketKey, a bridge.PacketAnswer)
}

// App is the leg app as core IBC calls it. It has no upgrade callbacks, on purpose: core refuses upgrades then.
type App struct {
	legs   Legs
	scoped ScopedKeeper
}

var _ porttypes.IBCModule = App{}

// NewApp makes the leg app.
func NewApp(legs Legs, scoped ScopedKeeper) App { return App{legs, scoped} }

// OnChanOpenInit opens this end. An empty version means the one there is.
func (a App) OnChanOpenInit(
	ctx sdk.Context, order channeltypes.Order, _ []string, portID, channelID string,
	owned *capability.Capability, far channeltypes.Counterparty, version string,
) (string, error) {
	if version == "" {
		version = bridge.LegVersion
	}
	return a.open(ctx, opening{order: order, port: portID, channel: channelID, owned: owned, farPort: far.PortId, version: version})
}

// OnChanOpenTry opens this end in answer to the other.
func (a App) OnChanOpenTry(
	ctx sdk.Context, order channeltypes.Order, _ []string, portID, channelID string,
	owned *capability.Capability, far channeltypes.Counterparty, farVersion string,
) (string, error) {
	return a.open(ctx, opening{order: order, port: portID, channel: channelID, owned: owned, farPort: far.PortId, version: farVersion})
}

// opening is what the two ends propose to each other.
type opening struct {
	order                  channeltypes.Order
	port, channel, farPort string
	owned                  *capability.Capability
	version                string
}

func (a App) open(ctx sdk.Context, o opening) (string, error) {
	switch {
	case o.order != channeltypes.UNORDERED:
		return "", bridge.ErrChannel.Wrapf("it is %s: open it UNORDERED, as one packet that times out would close an ordered one", o.order)
	case o.port != bridge.LegPort || o.farPort != bridge.LegPort:
		return "", bridge.ErrChannel.Wrapf("it goes from port %s to port %s: both are %s", o.port, o.farPort, bridge.LegPort)
	}
	if err := checkVersion(o.version); err != nil {
		return "", err
	}
	return o.version, a.scoped.ClaimCapability(ctx, o.owned, host.ChannelCapabilityPath(o.port, o.channel))
}

func checkVersion(version string) error {
	if version != bridge.LegVersion {
		return bridge.ErrChannel.Wrapf("version %q: this chain speaks %s", version, bridge.LegVersion)
	}
	return nil
}

// OnChanOpenAck checks what version the other end chose.
func (App) OnChanOpenAck(_ sdk.Context, _, _, _, farVersion string) error {
	return checkVersion(farVersion)
}

// OnChanOpenConfirm has nothing to do: governance decides whether the channel carries anything.
func (App) OnChanOpenConfirm(sdk.Context, string, string) error { return nil }

// OnChanCloseInit refuses: decided instructions would be stranded.
func (App) OnChanCloseInit(sdk.Context, string, string) error {
	return bridge.ErrChannel.Wrap("it is never closed; governance sets another one for the ledger or the peer")
}

// OnChanCloseConfirm refuses: what is open here then ends by timeout on close.
func (App) OnChanCloseConfirm(sdk.Context, string, string) error {
	return bridge.ErrChannel.Wrap("this end stays open; governance sets another one for the ledger or the peer")
}

// OnRecvPacket carries a peer's packet out. All outcomes are successful acknowledgements, since core drops what an
// unsuccessful one's callback wrote.
func (a App) OnRecvPacket(ctx sdk.Context, packet channeltypes.Packet, _ sdk.AccAddress) exported.Acknowledgement {
	answer, err := a.legs.Receive(ctx, packet.DestinationChannel, packet.Data)
	if err != nil {
		ctx.Logger().Error("a peer's packet is refused", "channel", packet.DestinationChannel, "sequence", packet.Sequence, "reason", err)
		return channeltypes.NewErrorAcknowledgementWithCodespace(err)
	}
	return channeltypes.NewResultAcknowledgement(answer)
}

// OnAcknowledgementPacket takes in what the other chain answered. It never fails.
func (a App) OnAcknowledgementPacket(ctx sdk.Context, packet channeltypes.Packet, raw []byte, _ sdk.AccAddress) error {
	a.legs.PacketAnswered(ctx, keyOf(packet), readAcknowledgement(raw))
	return nil
}

// OnTimeoutPacket takes in that the packet can never be received, by its time or as the other end is closed. It never fails.
func (a App) OnTimeoutPacket(ctx sdk.Context, packet channeltypes.Packet, _ sdk.AccAddress) error {
	a.legs.PacketAnswered(ctx, keyOf(packet), bridge.PacketAnswer{Failure: "timed out: it was not received in time and never will be"})
	return nil
}

func keyOf(packet channeltypes.Packet) bridge.PacketKey {
	return bridge.PacketKey{ChannelId: packet.SourceChannel, Sequence: packet.Sequence}
}

// readAcknowledgement reads the envelope of ICS-04. What is none is passed on as a result, which the bridge then cannot read:
// only an error that the other chain's core wrote is known to have left nothing behind.
func readAcknowledgement(raw []byte) bridge.PacketAnswer {
	var ack channeltypes.Acknowledgement
	if err := channeltypes.SubModuleCdc.UnmarshalJSON(raw, &ack); err != nil {
		return bridge.PacketAnswer{Result: raw}
	}
	switch r := ack.Response.(type) {
	case *channeltypes.Acknowledgement_Error:
		return bridge.PacketAnswer{Failure: "the other chain could not take it: " + r.Error}
	case *channeltypes.Acknowledgement_Result:
		return bridge.PacketAnswer{Result: r.Result}
	}
	return bridge.PacketAnswer{Result: raw}
}
