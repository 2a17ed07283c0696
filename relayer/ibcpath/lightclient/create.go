package lightclient

import (
	"context"
	"fmt"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// What a client is made with where nothing else is said.
var (
	defaultTrustLevel  = ibctm.DefaultTrustLevel // 1/3: one correct validator of those trusted signed
	defaultUpgradePath = []string{"upgrade", "upgradedIBCState"}
)

// defaultClockDrift bears two clocks a few seconds off and a counterparty that waits half a minute for a block.
const defaultClockDrift = 40 * time.Second

// Options are the terms of a new client. The zero value is right for most chains.
type Options struct {
	TrustingPeriod  time.Duration  // two thirds of the unbonding period if 0
	UnbondingPeriod time.Duration  // what the chain's staking module says if 0; a chain without one needs it given
	MaxClockDrift   time.Duration  // 40 s if 0
	TrustLevel      ibctm.Fraction // 1/3 if zero
	UpgradePath     []string       // upgrade, upgradedIBCState if nil
}

// Like are the terms of another client, as governance demands of a substitute.
func Like(state *ibctm.ClientState) Options {
	return Options{
		TrustingPeriod: state.TrustingPeriod, UnbondingPeriod: state.UnbondingPeriod, MaxClockDrift: state.MaxClockDrift,
		TrustLevel: state.TrustLevel, UpgradePath: state.UpgradePath,
	}
}

// New is a client that a chain does not have yet.
type New struct {
	State     *ibctm.ClientState
	Consensus *ibctm.ConsensusState

	packedState, packedConsensus *codectypes.Any
}

// Create makes a client of a chain at its newest block.
func Create(ctx context.Context, of ibcpath.Reader, options Options) (New, error) {
	head, err := ibcpath.Newest(ctx, of, 1)
	if err != nil {
		return New{}, err
	}
	header, err := of.Header(ctx, head.Height, clienttypes.ZeroHeight())
	if err != nil {
		return New{}, err
	}
	if options.UnbondingPeriod == 0 {
		if options.UnbondingPeriod, err = unbondingPeriod(ctx, of); err != nil {
			return New{}, err
		}
	}
	created := New{Consensus: header.ConsensusState(), State: stateOf(of.ID(), head.Height, options)}
	if err := created.State.Validate(); err != nil {
		return New{}, fmt.Errorf("client of %s: %w", of.ID(), err)
	}
	if created.packedState, err = clienttypes.PackClientState(created.State); err != nil {
		return New{}, err
	}
	created.packedConsensus, err = clienttypes.PackConsensusState(created.Consensus)
	return created, err
}

// stateOf fills in what the options leave open.
func stateOf(chainID string, height int64, options Options) *ibctm.ClientState {
	if options.TrustingPeriod == 0 {
		options.TrustingPeriod = options.UnbondingPeriod / 3 * 2
	}
	if options.MaxClockDrift == 0 {
		options.MaxClockDrift = defaultClockDrift
	}
	if options.TrustLevel.Denominator == 0 {
		options.TrustLevel = defaultTrustLevel
	}
	if options.UpgradePath == nil {
		options.UpgradePath = defaultUpgradePath
	}
	at := clienttypes.NewHeight(clienttypes.ParseChainID(chainID), uint64(height))
	return ibctm.NewClientState(chainID, options.TrustLevel, options.TrustingPeriod, options.UnbondingPeriod, options.MaxClockDrift, at,
		commitmenttypes.GetSDKSpecs(), options.UpgradePath)
}

// Message creates the client.
func (n New) Message(signer string) sdk.Msg {
	return &clienttypes.MsgCreateClient{ClientState: n.packedState, ConsensusState: n.packedConsensus, Signer: signer}
}

// Created is the id of the client that a transaction created.
func Created(events []abci.Event) (string, error) {
	for _, event := range events {
		if event.Type == clienttypes.EventTypeCreateClient {
			if id := attribute(event, clienttypes.AttributeKeyClientID); id != "" {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("the transaction has no %s event that names the client", clienttypes.EventTypeCreateClient)
}

// unbondingPeriod is how long the chain's stakes stay liable.
func unbondingPeriod(ctx context.Context, of ibcpath.Reader) (time.Duration, error) {
	answer, err := stakingtypes.NewQueryClient(of.At(0)).Params(ctx, &stakingtypes.QueryParamsRequest{})
	if err != nil {
		return 0, fmt.Errorf("ask %s for its unbonding period (give it where the chain has no staking module): %w", of.ID(), err)
	}
	return answer.Params.UnbondingTime, nil
}

// attribute is an event's value under a key; empty if it has none.
func attribute(event abci.Event, key string) string {
	for _, each := range event.Attributes {
		if each.Key == key {
			return each.Value
		}
	}
	return ""
}
