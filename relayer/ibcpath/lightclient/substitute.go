package lightclient

import (
	"context"
	"fmt"
	"time"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// moduleAccountURL is how chains store the account of a module.
const moduleAccountURL = "/cosmos.auth.v1beta1.ModuleAccount"

// Substitution asks a chain's governance to give a client that has expired or is frozen the state of another.
type Substitution struct {
	Subject    string    // the client that is of no use any more
	Substitute string    // an active one on the same terms; Like gives the terms
	Title      string    // of the proposal; made up if empty
	Summary    string    // made up if empty
	Deposit    sdk.Coins // what the chain's governance demands if nil
}

// Propose checks that the chain can accept the substitution and gives the proposal. It needs a chain with ibc-go v8 or later.
func Propose(ctx context.Context, chain ibcpath.Reader, s Substitution) (func(proposer string) sdk.Msg, error) {
	subject, err := Look(ctx, chain, s.Subject)
	if err != nil {
		return nil, err
	}
	substitute, err := Look(ctx, chain, s.Substitute)
	if err != nil {
		return nil, err
	}
	if err := replaceable(subject, substitute, time.Now()); err != nil {
		return nil, err
	}
	authority, err := governance(ctx, chain)
	if err != nil {
		return nil, err
	}
	if s.Deposit == nil {
		answer, err := govv1.NewQueryClient(chain.At(0)).Params(ctx, &govv1.QueryParamsRequest{ParamsType: govv1.ParamDeposit})
		if err != nil {
			return nil, fmt.Errorf("ask %s what deposit a proposal needs: %w", chain.ID(), err)
		}
		s.Deposit = answer.Params.MinDeposit
	}
	if s.Title == "" {
		s.Title = fmt.Sprintf("Recover client %s of %s", s.Subject, subject.State.ChainId)
	}
	if s.Summary == "" {
		s.Summary = fmt.Sprintf("Client %s is %s. It takes the state of %s, an active client of %s on the same terms.", s.Subject,
			subject.Status(time.Now()), s.Substitute, substitute.State.ChainId)
	}
	return s.proposal(authority)
}

// proposal is the message that a proposer signs.
func (s Substitution) proposal(authority string) (func(proposer string) sdk.Msg, error) {
	recover, err := codectypes.NewAnyWithValue(clienttypes.NewMsgRecoverClient(authority, s.Subject, s.Substitute))
	if err != nil {
		return nil, err
	}
	return func(proposer string) sdk.Msg {
		return &govv1.MsgSubmitProposal{
			Messages: []*codectypes.Any{recover}, InitialDeposit: s.Deposit, Proposer: proposer, Title: s.Title, Summary: s.Summary,
		}
	}, nil
}

// replaceable says why the chain would refuse the substitution.
func replaceable(subject, substitute Client, now time.Time) error {
	switch status := substitute.Status(now); {
	case subject.ID == substitute.ID:
		return fmt.Errorf("client %s cannot take its own place: create another on the same terms first", subject.ID)
	case subject.Status(now) == exported.Active:
		return fmt.Errorf("client %s on %s is active: there is nothing to replace", subject.ID, subject.Chain)
	case status != exported.Active:
		return fmt.Errorf("client %s on %s cannot take the place of %s: it is %s itself", substitute.ID, substitute.Chain, subject.ID, status)
	case subject.State.LatestHeight.GTE(substitute.State.LatestHeight):
		return fmt.Errorf("client %s on %s knows block %s, no later one than %s does: bring it forward first", substitute.ID, substitute.Chain,
			substitute.State.LatestHeight, subject.ID)
	case !ibctm.IsMatchingClientState(*subject.State, *substitute.State):
		return fmt.Errorf("client %s on %s is on other terms than %s (trust level, unbonding period, clock drift, proof specs or upgrade path): "+
			"create one on the same terms", substitute.ID, substitute.Chain, subject.ID)
	}
	return nil
}

// governance is the address of the chain's governance.
func governance(ctx context.Context, chain ibcpath.Reader) (string, error) {
	answer, err := authtypes.NewQueryClient(chain.At(0)).ModuleAccountByName(ctx, &authtypes.QueryModuleAccountByNameRequest{Name: govtypes.ModuleName})
	if err != nil {
		return "", fmt.Errorf("ask %s for its governance account: %w", chain.ID(), err)
	}
	var account authtypes.ModuleAccount
	if answer.Account == nil || answer.Account.TypeUrl != moduleAccountURL {
		return "", fmt.Errorf("the governance account of %s is not a %s", chain.ID(), moduleAccountURL)
	}
	if err := account.Unmarshal(answer.Account.Value); err != nil {
		return "", err
	}
	if account.BaseAccount == nil {
		return "", fmt.Errorf("the governance account of %s has no address", chain.ID())
	}
	return account.Address, nil
}
