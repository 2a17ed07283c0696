package ibc

import (
	"testing"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"
)

// FuzzAcknowledgement reads whatever bytes come back of a packet: a failure is what core IBC wrote as one and nothing else, as it makes a
// HOLD refused; what core wrote as a result arrives as it was sent.
func FuzzAcknowledgement(f *testing.F) {
	f.Add(channeltypes.NewResultAcknowledgement([]byte("answer")).Acknowledgement())
	f.Add(channeltypes.NewErrorAcknowledgement(channeltypes.ErrInvalidPacket).Acknowledgement())
	f.Add([]byte(`{"error":""}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := readAcknowledgement(raw)
		var ack channeltypes.Acknowledgement
		if channeltypes.SubModuleCdc.UnmarshalJSON(raw, &ack) != nil {
			require.Empty(t, a.Failure, "what is no envelope is no failure")
			require.Equal(t, raw, a.Result)
			return
		}
		_, failed := ack.Response.(*channeltypes.Acknowledgement_Error)
		require.Equal(t, failed, a.Failure != "")

		sent := readAcknowledgement(channeltypes.NewResultAcknowledgement(raw).Acknowledgement())
		require.Empty(t, sent.Failure)
		require.Equal(t, string(raw), string(sent.Result))
	})
}
