package lightclient

import (
	"bytes"
	"context"
	"time"

	"github.com/cosmos/cosmos-sdk/types/query"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// How far a search among a chain's clients goes. Beyond it a new client is made, which costs a little and harms nothing.
const (
	pageSize = 100
	maxPages = 20
)

// Find looks for a client of of on chain that is as good as the wanted one: the same terms, active, and its newest consensus state
// is one that of really had. The answer is empty if there is none.
func Find(ctx context.Context, chain, of ibcpath.Reader, want *ibctm.ClientState) (string, error) {
	clients := clienttypes.NewQueryClient(chain.At(0))
	page := &query.PageRequest{Limit: pageSize}
	for range maxPages {
		answer, err := clients.ClientStates(ctx, &clienttypes.QueryClientStatesRequest{Pagination: page})
		if err != nil {
			return "", err
		}
		for _, each := range answer.ClientStates {
			if each.ClientState == nil || each.ClientState.TypeUrl != clientStateURL {
				continue
			}
			var state ibctm.ClientState
			if err := state.Unmarshal(each.ClientState.Value); err != nil || !sameTerms(&state, want) {
				continue
			}
			if good, err := genuine(ctx, chain, of, each.ClientId); err != nil || good {
				return each.ClientId, err
			}
		}
		if answer.Pagination == nil || len(answer.Pagination.NextKey) == 0 {
			break
		}
		page = &query.PageRequest{Limit: pageSize, Key: answer.Pagination.NextKey}
	}
	return "", nil
}

// sameTerms says whether a client follows the same chain on the same terms.
func sameTerms(a, b *ibctm.ClientState) bool {
	return a.ChainId == b.ChainId && a.TrustingPeriod == b.TrustingPeriod && ibctm.IsMatchingClientState(*a, *b)
}

// genuine says whether the client is active and knows the chain as its own nodes show it.
func genuine(ctx context.Context, chain, of ibcpath.Reader, id string) (bool, error) {
	client, err := Look(ctx, chain, id)
	if err != nil || client.Status(time.Now()) != exported.Active {
		return false, err
	}
	real, err := of.Header(ctx, int64(client.State.LatestHeight.RevisionHeight), clienttypes.ZeroHeight())
	if err != nil {
		// A node that has pruned that block cannot vouch for the client: another is made.
		return false, ctx.Err()
	}
	return agrees(client.Newest, real), nil
}

// agrees says whether a client learnt what the header says.
func agrees(known *ibctm.ConsensusState, real *ibctm.Header) bool {
	return known.Timestamp.Equal(real.GetTime()) && bytes.Equal(known.Root.GetHash(), real.Header.AppHash) &&
		bytes.Equal(known.NextValidatorsHash, real.Header.NextValidatorsHash)
}
