package lightclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/tmhash"
	"github.com/cometbft/cometbft/privval"
	tmtypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	"github.com/stretchr/testify/require"

	upgradetypes "cosmossdk.io/x/upgrade/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
)

// world is a chain that has clients, and one that they are of.
type world struct {
	hostNode, ofNode *testchain.Node
	host, of         ibcpath.Chain
}

// patience bounds what a test waits for.
const patience = 20 * time.Second

func TestClients(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	w := &world{hostNode: testchain.Start(t, "host-1", quickGovernance), ofNode: testchain.Start(t, "of-1")}
	w.host, w.of = open(t, w.hostNode, testchain.Relayer(1)), open(t, w.ofNode, testchain.Relayer(1))
	for _, each := range []struct {
		name string
		test func(*world, context.Context, *testing.T)
	}{
		{"created, found again, brought forward", (*world).updates},
		{"a fork freezes the client", (*world).fork},
		{"a fork of heights to come freezes the client when they come", (*world).forkAhead},
		{"a header that cannot be judged holds up nothing", (*world).unjudged},
		{"refreshed before it expires; expired, replaced by governance", (*world).refreshedAndReplaced},
		{"led over an upgrade of its chain", (*world).upgraded},
	} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			each.test(w, ctx, t)
		})
	}
}

// create makes a client on the host.
func (w *world) create(ctx context.Context, t *testing.T, of ibcpath.Chain, options lightclient.Options) ibcpath.End {
	t.Helper()
	created, err := lightclient.Create(ctx, of, options)
	require.NoError(t, err)
	sent, err := w.host.Send(ctx, func(signer string) []sdk.Msg { return []sdk.Msg{created.Message(signer)} })
	require.NoError(t, err)
	id, err := lightclient.Created(sent.Events)
	require.NoError(t, err)
	return ibcpath.End{Chain: w.host, ClientID: id}
}

func (w *world) updates(ctx context.Context, t *testing.T) {
	options := lightclient.Options{TrustingPeriod: 3 * time.Hour}
	end := w.create(ctx, t, w.of, options)
	client, err := lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	require.Equal(t, 21*24*time.Hour, client.State.UnbondingPeriod, "as the chain's staking module says")
	require.NoError(t, client.Usable(time.Now()))

	found, err := lightclient.Find(ctx, w.host, w.of, client.State)
	require.NoError(t, err)
	require.Equal(t, end.ClientID, found)
	found, err = lightclient.Find(ctx, w.host, w.host, client.State)
	require.NoError(t, err)
	require.Empty(t, found, "a client that knows what that node does not show is not taken")

	known := int64(client.State.LatestHeight.RevisionHeight)
	_, err = ibcpath.Newest(ctx, w.of, known+5)
	require.NoError(t, err)
	update, at, err := lightclient.Updater{}.Update(ctx, end, w.of, known+5)
	require.NoError(t, err)
	require.Len(t, update("signer"), 1)
	require.EqualValues(t, known+5, at.RevisionHeight)
	_, err = w.host.Send(ctx, update)
	require.NoError(t, err)
	update, at, err = lightclient.Updater{}.Update(ctx, end, w.of, known+3)
	require.NoError(t, err)
	require.Empty(t, update("signer"), "it knows more already")
	require.EqualValues(t, known+5, at.RevisionHeight)

	_, _, err = lightclient.Updater{}.Update(ctx, end, w.host, known)
	require.ErrorContains(t, err, "is of chain of-1, not of host-1")
	_, err = lightclient.Look(ctx, w.host, "07-tendermint-999")
	require.ErrorIs(t, err, lightclient.ErrNoClient)
}

// fork shows a client a block that the chain's validator signed beside the real one.
func (w *world) fork(ctx context.Context, t *testing.T) {
	end := w.create(ctx, t, w.of, lightclient.Options{TrustingPeriod: 4 * time.Hour})
	client, err := lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	_, err = ibcpath.Newest(ctx, w.of, int64(client.State.LatestHeight.RevisionHeight)+3)
	require.NoError(t, err)
	forged := w.forge(ctx, t, client.State.LatestHeight, 3)
	shown := w.show(ctx, t, end, forged)

	findings := make(chan lightclient.Finding, 10)
	guard := &lightclient.Guard{End: end, Counterparty: w.of, From: shown.Height, Observe: func(f lightclient.Finding) { findings <- f }}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go func() { _ = guard.Run(watching) }()
	finding := <-findings
	require.NoError(t, finding.Err)
	require.True(t, finding.Submitted)
	require.Equal(t, forged.GetHeight(), finding.Height)
	client, err = lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	require.Equal(t, exported.Frozen, client.Status(time.Now()))
	_, _, err = lightclient.Updater{}.Update(ctx, end, w.of, forged.Header.Height)
	require.ErrorContains(t, err, "is frozen, because misbehaviour of of-1 was shown to it")

	// Whoever comes second finds it done.
	block, err := w.host.Block(ctx, shown.Height)
	require.NoError(t, err)
	require.NoError(t, guard.Block(ctx, block))
	finding = <-findings
	require.NoError(t, finding.Err)
	require.True(t, finding.Submitted)
}

func (w *world) forkAhead(ctx context.Context, t *testing.T) {
	end := w.create(ctx, t, w.of, lightclient.Options{TrustingPeriod: 5 * time.Hour})
	client, err := lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	const ahead = 40
	forged := w.forge(ctx, t, client.State.LatestHeight, ahead)
	shown := w.show(ctx, t, end, forged)
	block, err := w.host.Block(ctx, shown.Height)
	require.NoError(t, err)
	var findings []lightclient.Finding
	guard := &lightclient.Guard{End: end, Counterparty: w.of, Observe: func(f lightclient.Finding) { findings = append(findings, f) }}
	require.NoError(t, guard.Block(ctx, block))
	require.Empty(t, findings, "nobody knows yet what the chain will say at that height")
	_, err = ibcpath.Newest(ctx, w.of, forged.Header.Height)
	require.NoError(t, err)
	require.NoError(t, guard.Block(ctx, ibcpath.Block{}))
	require.Len(t, findings, 1)
	require.NoError(t, findings[0].Err)
	client, err = lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	require.Equal(t, exported.Frozen, client.Status(time.Now()))
}

// deaf is a chain whose nodes give no headers.
type deaf struct{ ibcpath.Chain }

func (deaf) Header(context.Context, int64, clienttypes.Height) (*ibctm.Header, error) {
	return nil, errors.New("that height is pruned")
}

// unjudged shows a client a good header that the guard's node cannot give.
func (w *world) unjudged(ctx context.Context, t *testing.T) {
	end := w.create(ctx, t, w.of, lightclient.Options{TrustingPeriod: 7 * time.Hour})
	head, err := ibcpath.Newest(ctx, w.of, w.ofNode.Height()+2)
	require.NoError(t, err)
	update, _, err := lightclient.Updater{}.Update(ctx, end, w.of, head.Height)
	require.NoError(t, err)
	sent, err := w.host.Send(ctx, update)
	require.NoError(t, err)
	block, err := w.host.Block(ctx, sent.Height)
	require.NoError(t, err)
	guard := &lightclient.Guard{End: end, Counterparty: deaf{w.of}, Observe: func(f lightclient.Finding) { t.Error(f) }}
	require.NoError(t, guard.Block(ctx, block), "it is tried again later; the next blocks are not held up")
}

// show brings a header to the client, as anybody may.
func (w *world) show(ctx context.Context, t *testing.T, end ibcpath.End, header *ibctm.Header) ibcpath.Sent {
	t.Helper()
	sent, err := w.host.Send(ctx, func(signer string) []sdk.Msg {
		msg, err := clienttypes.NewMsgUpdateClient(end.ClientID, header, signer)
		require.NoError(t, err)
		return []sdk.Msg{msg}
	})
	require.NoError(t, err)
	return sent
}

// forge is a header so many blocks after the trusted one, of a state that the chain never had, signed by its validator.
func (w *world) forge(ctx context.Context, t *testing.T, trusted clienttypes.Height, after int64) *ibctm.Header {
	t.Helper()
	forged, err := w.of.Header(ctx, int64(trusted.RevisionHeight)+1, trusted)
	require.NoError(t, err)
	header, err := tmtypes.HeaderFromProto(forged.Header)
	require.NoError(t, err)
	header.Height += after - 1
	header.Time = header.Time.Add(time.Duration(after) * time.Millisecond)
	header.AppHash = tmhash.Sum([]byte("everything is mine"))
	validators, err := tmtypes.ValidatorSetFromProto(forged.ValidatorSet)
	require.NoError(t, err)
	key := tmtypes.NewMockPVWithParams(w.ofNode.Validator().(*privval.FilePV).Key.PrivKey, false, false)
	votes := tmtypes.NewVoteSet(w.of.ID(), header.Height, 0, 2, validators)
	id := tmtypes.BlockID{Hash: header.Hash(), PartSetHeader: tmtypes.PartSetHeader{Total: 1, Hash: tmhash.Sum([]byte("part"))}}
	commit, err := tmtypes.MakeExtCommit(id, header.Height, 0, votes, []tmtypes.PrivValidator{key}, header.Time, false)
	require.NoError(t, err)
	signed := tmtypes.SignedHeader{Header: &header, Commit: commit.ToCommit()}
	forged.SignedHeader = signed.ToProto()
	return forged
}

func (w *world) refreshedAndReplaced(ctx context.Context, t *testing.T) {
	end := w.create(ctx, t, w.of, lightclient.Options{TrustingPeriod: 3 * time.Second})
	forecasts := make(chan lightclient.Forecast, 100)
	refresher := &lightclient.Refresher{End: end, Counterparty: w.of, After: 0.3, Observe: func(f lightclient.Forecast, err error) {
		if err == nil {
			forecasts <- f
		}
	}}
	refreshing, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- refresher.Run(refreshing) }()
	first := <-forecasts
	for last := first; !last.ExpiresAt.After(first.ExpiresAt.Add(3 * time.Second)); last = <-forecasts {
	}
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	client, err := lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	require.NoError(t, client.Usable(time.Now()), "it has lived longer than its trusting period")

	substitute := lightclient.Like(client.State)
	substitute.TrustingPeriod = 6 * time.Hour
	_, err = ibcpath.Newest(ctx, w.of, int64(client.State.LatestHeight.RevisionHeight)+1) // it has to know more than the one it replaces
	require.NoError(t, err)
	other := w.create(ctx, t, w.of, substitute)
	_, err = lightclient.Propose(ctx, w.host, lightclient.Substitution{Subject: end.ClientID, Substitute: other.ClientID})
	require.ErrorContains(t, err, "is active")
	require.Eventually(t, func() bool {
		client, err := lightclient.Look(ctx, w.host, end.ClientID)
		return err == nil && client.Status(time.Now()) == exported.Expired
	}, patience, 20*time.Millisecond)
	_, err = refresher.Once(ctx)
	require.ErrorContains(t, err, "has expired at")

	proposal, err := lightclient.Propose(ctx, w.host, lightclient.Substitution{Subject: end.ClientID, Substitute: other.ClientID})
	require.NoError(t, err)
	pass(ctx, t, w.hostNode, w.host, proposal)
	require.Eventually(t, func() bool {
		client, err := lightclient.Look(ctx, w.host, end.ClientID)
		return err == nil && client.Usable(time.Now()) == nil
	}, patience, 20*time.Millisecond)
}

func (w *world) upgraded(ctx context.Context, t *testing.T) {
	node := testchain.Start(t, "old-1", quickGovernance)
	old := open(t, node, testchain.Relayer(1))
	end := w.create(ctx, t, old, lightclient.Options{})
	client, err := lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	_, err = lightclient.Upgrade(ctx, end, old, 0)
	require.ErrorContains(t, err, "no upgrade under way")

	plan := node.Height() + 60
	next := *client.State
	next.ChainId, next.LatestHeight = "old-2", clienttypes.NewHeight(2, uint64(plan)+1)
	authority := authtypes.NewModuleAddress(govtypes.ModuleName).String()
	upgrade, err := clienttypes.NewMsgIBCSoftwareUpgrade(authority, upgradetypes.Plan{Name: "two", Height: plan}, next.ZeroCustomFields())
	require.NoError(t, err)
	pass(ctx, t, node, old, func(proposer string) sdk.Msg {
		deposit := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 10_000_000))
		msg, err := govv1.NewMsgSubmitProposal([]sdk.Msg{upgrade}, deposit, proposer, "", "two", "two", false)
		require.NoError(t, err)
		return msg
	})
	_, err = lightclient.Upgrade(ctx, end, old, 0)
	require.NoError(t, err)
	client, err = lightclient.Look(ctx, w.host, end.ClientID)
	require.NoError(t, err)
	require.Equal(t, "old-2", client.State.ChainId)
	require.NoError(t, client.Usable(time.Now()))
	_, err = lightclient.Upgrade(ctx, end, old, plan)
	require.ErrorContains(t, err, "already, past the upgrade")
}

// open connects to a chain, to sign with the named key.
func open(t *testing.T, node *testchain.Node, key string) ibcpath.Chain {
	t.Helper()
	opened, err := chain.Open(t.Context(), chain.Config{
		ChainID: node.ChainID, Prefix: node.Prefix, RPC: []string{node.RPC}, GasPrice: "0" + testchain.Denom, Keys: []string{key},
		Poll: 100 * time.Millisecond,
	}, node.Keyring(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

// quickGovernance lets a proposal pass within a second.
var quickGovernance = testchain.WithGenesis(func(cdc codec.JSONCodec, state map[string]json.RawMessage) {
	var gov govv1.GenesisState
	cdc.MustUnmarshalJSON(state[govtypes.ModuleName], &gov)
	voting, expedited := time.Second, time.Second/2
	gov.Params.VotingPeriod, gov.Params.ExpeditedVotingPeriod = &voting, &expedited
	state[govtypes.ModuleName] = cdc.MustMarshalJSON(&gov)
})

// pass has a proposal voted for by the one who has all stake, and waits until it was carried out.
func pass(ctx context.Context, t *testing.T, node *testchain.Node, on ibcpath.Chain, proposal func(string) sdk.Msg) {
	t.Helper()
	_, err := on.Send(ctx, func(signer string) []sdk.Msg { return []sdk.Msg{proposal(signer)} })
	require.NoError(t, err)
	voter := sdk.AccAddress(testchain.PrivKey(testchain.Relayer(0)).PubKey().Address())
	node.Send(testchain.Relayer(0), govv1.NewMsgVote(voter, 1, govv1.OptionYes, ""))
	gov := govv1.NewQueryClient(on.At(0))
	require.Eventually(t, func() bool {
		answer, err := gov.Proposal(ctx, &govv1.QueryProposalRequest{ProposalId: 1})
		require.NoError(t, err)
		require.NotEqual(t, govv1.StatusFailed, answer.Proposal.Status, answer.Proposal.FailedReason)
		return answer.Proposal.Status == govv1.StatusPassed
	}, patience, 20*time.Millisecond)
}
