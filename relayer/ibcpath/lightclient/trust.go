package lightclient

import (
	"bytes"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	tmtypes "github.com/cometbft/cometbft/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
)

// trust is what a client knows at one height.
type trust struct {
	height         clienttypes.Height
	time           time.Time
	nextValidators []byte // hash
}

// trustIn is the trust in a consensus state.
func trustIn(height clienttypes.Height, state *ibctm.ConsensusState) trust {
	return trust{height: height, time: state.Timestamp, nextValidators: state.NextValidatorsHash}
}

// then is the trust that an accepted header gives.
func then(header *ibctm.Header) trust {
	return trustIn(header.GetHeight().(clienttypes.Height), header.ConsensusState())
}

// accept verifies a header as a chain with that client does. A light.ErrNewValSetCantBeTrusted means that too many validators
// changed in between, and that a header in the middle can help.
func (t trust) accept(client *ibctm.ClientState, header *ibctm.Header, now time.Time) error {
	if header.GetHeight().GetRevisionNumber() != t.height.RevisionNumber {
		return fmt.Errorf("header %s is of another revision than the client's %s: upgrade the client first", header.GetHeight(), t.height)
	}
	trusted, err := tmtypes.ValidatorSetFromProto(header.TrustedValidators)
	if err != nil {
		return fmt.Errorf("trusted validators of header %s: %w", header.GetHeight(), err)
	}
	if !bytes.Equal(trusted.Hash(), t.nextValidators) {
		return fmt.Errorf("the node of %s names other validators after height %s than the client has stored: it lies, or the client "+
			"was made of a fork", client.ChainId, t.height)
	}
	signed, err := tmtypes.SignedHeaderFromProto(header.SignedHeader)
	if err != nil {
		return fmt.Errorf("header %s: %w", header.GetHeight(), err)
	}
	validators, err := tmtypes.ValidatorSetFromProto(header.ValidatorSet)
	if err != nil {
		return fmt.Errorf("validators of header %s: %w", header.GetHeight(), err)
	}
	known := &tmtypes.SignedHeader{Header: &tmtypes.Header{
		ChainID: client.ChainId, Height: int64(t.height.RevisionHeight), Time: t.time, NextValidatorsHash: t.nextValidators,
	}}
	return light.Verify(known, trusted, signed, validators, client.TrustingPeriod, now, client.MaxClockDrift, client.TrustLevel.ToTendermint())
}
