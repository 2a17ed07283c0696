package lightclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/light"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// maxSteps bounds how many headers one update may need. A validator set that changes by a third within a single block needs one
// header for that block; a chain where that happens more often than this since the last update is not understood.
const maxSteps = 64

// Updater is the ibcpath.ClientUpdater of 07-tendermint clients. Its zero value is ready.
type Updater struct{}

var _ ibcpath.ClientUpdater = Updater{}

// Update verifies the header of minHeight against what the chain has stored, and needs a client that is usable: an *Unusable is the
// error otherwise.
func (Updater) Update(ctx context.Context, end ibcpath.End, counterparty ibcpath.Reader, minHeight int64) (func(string) []sdk.Msg, clienttypes.Height, error) {
	client, err := Look(ctx, end.Chain, end.ClientID)
	if err != nil {
		return nil, clienttypes.Height{}, err
	}
	now := time.Now()
	if err := client.Usable(now); err != nil {
		return nil, clienttypes.Height{}, err
	}
	latest := client.State.LatestHeight
	if err := follows(client, counterparty); err != nil {
		return nil, clienttypes.Height{}, err
	}
	if latest.RevisionHeight >= uint64(minHeight) {
		return func(string) []sdk.Msg { return nil }, latest, nil
	}
	headers, err := climb(client.State, trustIn(latest, client.Newest), minHeight, now,
		func(height int64, trusted clienttypes.Height) (*ibctm.Header, error) {
			return counterparty.Header(ctx, height, trusted)
		})
	if err != nil {
		return nil, clienttypes.Height{}, fmt.Errorf("bring client %s on %s to block %d of %s: %w", client.ID, client.Chain, minHeight,
			counterparty.ID(), err)
	}
	msg, err := updates(client.ID, headers)
	return msg, clienttypes.NewHeight(latest.RevisionNumber, uint64(minHeight)), err
}

// follows checks that the client is one of that chain, in its present revision.
func follows(client Client, counterparty ibcpath.Reader) error {
	if client.State.ChainId == counterparty.ID() {
		return nil
	}
	return fmt.Errorf("client %s on %s is of chain %s, not of %s: name another client, or upgrade it if that chain changed its name "+
		"(corridor relay client upgrade)", client.ID, client.Chain, client.State.ChainId, counterparty.ID())
}

// climb gives the headers that lead a client from what it trusts to the target: the target's alone where it can be verified
// at once, otherwise by halving the distance until each step can be.
func climb(client *ibctm.ClientState, from trust, target int64, now time.Time,
	header func(height int64, trusted clienttypes.Height) (*ibctm.Header, error),
) ([]*ibctm.Header, error) {
	var steps []*ibctm.Header
	for from.height.RevisionHeight < uint64(target) {
		if len(steps) == maxSteps {
			return nil, fmt.Errorf("it needs more than %d headers in between: its validators changed too often since block %s", maxSteps, from.height)
		}
		for next := target; ; {
			step, err := header(next, from.height)
			if err != nil {
				return nil, err
			}
			err = from.accept(client, step, now)
			if err == nil {
				steps, from = append(steps, step), then(step)
				break
			}
			distance := next - int64(from.height.RevisionHeight)
			if far := (light.ErrNewValSetCantBeTrusted{}); !errors.As(err, &far) || distance == 1 {
				return nil, err
			}
			next -= distance / 2
		}
	}
	return steps, nil
}

// updates are the messages that show the headers to the client.
func updates(id string, headers []*ibctm.Header) (func(string) []sdk.Msg, error) {
	packed := make([]*codectypes.Any, len(headers))
	for i, header := range headers {
		var err error
		if packed[i], err = clienttypes.PackClientMessage(header); err != nil {
			return nil, err
		}
	}
	return func(signer string) []sdk.Msg {
		msgs := make([]sdk.Msg, len(packed))
		for i, header := range packed {
			msgs[i] = &clienttypes.MsgUpdateClient{ClientId: id, ClientMessage: header, Signer: signer}
		}
		return msgs
	}, nil
}
