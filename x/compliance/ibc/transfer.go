package ibc

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	capability "github.com/cosmos/ibc-go/modules/capability/types"
	transfer "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	channel "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	port "github.com/cosmos/ibc-go/v8/modules/core/05-port/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"

	"github.com/corridor-network/corridor/x/compliance"
)

// Participants is what the middleware wants of compliance's keeper.
type Participants interface {
	ByAddress(ctx context.Context, address string) (compliance.Participant, error)
	NoteEscrow(ctx context.Context, escrow sdk.AccAddress) error
}

// Transfer wraps the ICS-20 app. The embedded interface has no upgrade callbacks, on purpose.
type Transfer struct {
	port.IBCModule
	participants Participants
}

var _ port.IBCModule = Transfer{}

// NewTransfer wraps app, the ICS-20 module.
func NewTransfer(app port.IBCModule, participants Participants) Transfer {
	return Transfer{app, participants}
}

// OnRecvPacket refuses what is for nobody admitted, or for a frozen participant: the error acknowledgement makes the other
// chain give the money back. What cannot be read is left to the app to refuse.
func (t Transfer) OnRecvPacket(ctx sdk.Context, packet channel.Packet, relayer sdk.AccAddress) exported.Acknowledgement {
	var data transfer.FungibleTokenPacketData
	if err := transfer.ModuleCdc.UnmarshalJSON(packet.GetData(), &data); err == nil {
		if err := t.checkReceiver(ctx, data.Receiver); err != nil {
			ctx.Logger().Info("refused an incoming transfer", "receiver", data.Receiver, "sequence", packet.Sequence, "reason", err)
			return channel.NewErrorAcknowledgement(err)
		}
	}
	return t.IBCModule.OnRecvPacket(ctx, packet, relayer)
}

func (t Transfer) checkReceiver(ctx context.Context, receiver string) error {
	p, err := t.participants.ByAddress(ctx, receiver)
	if err != nil {
		return err
	}
	if p.Frozen {
		return compliance.ErrFrozen.Wrapf("%s receives nothing from outside: %s", p.Id, p.FrozenReason)
	}
	return nil
}

// OnChanOpenInit makes the channel's escrow account known.
func (t Transfer) OnChanOpenInit(
	ctx sdk.Context, order channel.Order, hops []string, portID, channelID string,
	channelCap *capability.Capability, counterparty channel.Counterparty, version string,
) (string, error) {
	version, err := t.IBCModule.OnChanOpenInit(ctx, order, hops, portID, channelID, channelCap, counterparty, version)
	if err != nil {
		return "", err
	}
	return version, t.participants.NoteEscrow(ctx, transfer.GetEscrowAddress(portID, channelID))
}

// OnChanOpenTry makes the channel's escrow account known.
func (t Transfer) OnChanOpenTry(
	ctx sdk.Context, order channel.Order, hops []string, portID, channelID string,
	channelCap *capability.Capability, counterparty channel.Counterparty, version string,
) (string, error) {
	version, err := t.IBCModule.OnChanOpenTry(ctx, order, hops, portID, channelID, channelCap, counterparty, version)
	if err != nil {
		return "", err
	}
	return version, t.participants.NoteEscrow(ctx, transfer.GetEscrowAddress(portID, channelID))
}
