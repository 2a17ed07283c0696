package ibc_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/log"

	sdk "github.com/cosmos/cosmos-sdk/types"
	capability "github.com/cosmos/ibc-go/modules/capability/types"
	transfer "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	channel "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	port "github.com/cosmos/ibc-go/v8/modules/core/05-port/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/compliance/compliancetest"
	"github.com/corridor-network/corridor/x/compliance/ibc"
)

// app stands where the ICS-20 app does and accepts everything; the real one is under test in app.
type app struct{ port.IBCModule }

func (app) OnRecvPacket(sdk.Context, channel.Packet, sdk.AccAddress) exported.Acknowledgement {
	return channel.NewResultAcknowledgement([]byte{1})
}

func (app) OnChanOpenInit(
	sdk.Context, channel.Order, []string, string, string, *capability.Capability, channel.Counterparty, string,
) (string, error) {
	return transfer.Version, nil
}

func (app) OnChanOpenTry(
	sdk.Context, channel.Order, []string, string, string, *capability.Capability, channel.Counterparty, string,
) (string, error) {
	return transfer.Version, nil
}

// participants know two, and remember escrows.
type participants struct{ escrows []string }

func (*participants) ByAddress(_ context.Context, address string) (compliance.Participant, error) {
	for _, id := range []string{"bank-a", "frozen"} {
		if p := compliancetest.Participant(id, compliance.ROLE_BANK); p.Address == address {
			p.Frozen = id == "frozen"
			return p, nil
		}
	}
	return compliance.Participant{}, compliance.ErrUnknownParticipant
}

func (p *participants) NoteEscrow(_ context.Context, escrow sdk.AccAddress) error {
	p.escrows = append(p.escrows, string(escrow))
	return nil
}

func TestWhatArrivesIsForAnAdmittedParticipantOrGoesBack(t *testing.T) {
	middleware := ibc.NewTransfer(app{}, &participants{})
	for _, row := range []struct {
		name     string
		data     []byte
		accepted bool
	}{
		{"a participant", packetTo("bank-a"), true},
		{"a frozen participant", packetTo("frozen"), false},
		{"a stranger", packetTo("stranger"), false},
		{"what cannot be read is the app's to refuse", []byte("?"), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			ack := middleware.OnRecvPacket(sdk.Context{}.WithLogger(log.NewNopLogger()), channel.Packet{Data: row.data}, nil)
			require.Equal(t, row.accepted, ack.Success())
		})
	}
}

func TestTheEscrowOfAChannelIsKnownFromItsHandshake(t *testing.T) {
	known := &participants{}
	middleware := ibc.NewTransfer(app{}, known)
	_, err := middleware.OnChanOpenInit(sdk.Context{}, channel.UNORDERED, nil, transfer.PortID, "channel-0", nil, channel.Counterparty{}, "")
	require.NoError(t, err)
	_, err = middleware.OnChanOpenTry(sdk.Context{}, channel.UNORDERED, nil, transfer.PortID, "channel-1", nil, channel.Counterparty{}, "")
	require.NoError(t, err)
	require.Equal(t, []string{
		string(transfer.GetEscrowAddress(transfer.PortID, "channel-0")), string(transfer.GetEscrowAddress(transfer.PortID, "channel-1")),
	}, known.escrows)
}

func TestChannelUpgradesAreNotOffered(t *testing.T) {
	_, upgrades := any(ibc.NewTransfer(app{}, &participants{})).(port.UpgradableModule)
	require.False(t, upgrades)
}

func packetTo(id string) []byte {
	return transfer.NewFungibleTokenPacketData("token", "1", "far", compliancetest.Address(id), "").GetBytes()
}
