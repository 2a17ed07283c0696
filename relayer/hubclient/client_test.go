package hubclient_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// hub is a real hub behind a node, which a client is connected to.
func hub(t *testing.T) (*apptest.Node, *hubclient.Client) {
	g := apptest.NewGenesis()
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	chain := apptest.New(t, g)
	node := chain.Serve(nil)
	c, err := hubclient.Dial(t.Context(), hubclient.Node{GRPC: node.Address}, apptest.ChainID)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return node, c
}

func sender(t *testing.T, node *apptest.Node, c *hubclient.Client, name string) *hubclient.Sender {
	var s *hubclient.Sender
	node.Do(func(chain *apptest.Chain) {
		var err error
		s, err = c.NewSender(chain.Keyring("bank-a", "bank-b", "stranger"), name)
		require.NoError(t, err)
	})
	return s
}

func deposit(to string, amount int64) *banktypes.MsgSend {
	return banktypes.NewMsgSend(apptest.Address("bank-a"), apptest.Address(to), sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, amount)))
}

// gas is enough for a message of these tests.
const gas = 500_000

func TestDialRefusesAnotherChain(t *testing.T) {
	node, c := hub(t)
	require.Equal(t, apptest.ChainID, c.ChainID())
	_, err := hubclient.Dial(t.Context(), hubclient.Node{GRPC: node.Address}, "another-1")
	require.ErrorContains(t, err, "is on chain "+apptest.ChainID+", not another-1")
}

func TestDialSaysWhereNobodyAnswers(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := hubclient.Dial(ctx, hubclient.Node{GRPC: "127.0.0.1:1"}, "")
	require.ErrorContains(t, err, "hub node 127.0.0.1:1 does not answer")
}

func TestLatestIsHubTime(t *testing.T) {
	node, c := hub(t)
	before, err := c.Latest(t.Context())
	require.NoError(t, err)
	node.NextBlock(time.Hour)
	after, err := c.Latest(t.Context())
	require.NoError(t, err)
	require.Equal(t, hubclient.Block{Height: before.Height + 1, Time: before.Time.Add(time.Hour)}, after)
}

func TestSendWaitsForTheBlock(t *testing.T) {
	node, c := hub(t)
	node.MakeBlocks(5*time.Millisecond, time.Millisecond)
	res, err := sender(t, node, c, "bank-a").Send(t.Context(), deposit("bank-b", 1))
	require.NoError(t, err)
	require.Positive(t, res.Height)
}

func TestSendTellsARefusalFromTheTrial(t *testing.T) {
	node, c := hub(t)
	_, err := sender(t, node, c, "bank-a").Send(t.Context(), &bridge.MsgAttest{
		Submitter: apptest.Address("bank-a").String(), Ledger: "nowhere", Notary: "n1",
	})
	refusal := (*hubclient.Refusal)(nil)
	require.ErrorAs(t, err, &refusal)
	require.Contains(t, refusal.Log, `nowhere`)
	require.Zero(t, node.DropWaiting(), "nothing was submitted")
}

func TestAStrangerIsToldWhatItLacks(t *testing.T) {
	node, c := hub(t)
	_, err := sender(t, node, c, "stranger").Send(t.Context(), deposit("bank-b", 1))
	require.ErrorContains(t, err, `(key "stranger") is not admitted to the hub`)
	node.Do(func(chain *apptest.Chain) {
		_, err := c.NewSender(chain.Keyring(), "nobody")
		require.ErrorContains(t, err, `key "nobody"`)
	})
}

// Several transactions of one sender wait for one block, without a question between them.
func TestManySubmissionsShareABlock(t *testing.T) {
	node, c := hub(t)
	s := sender(t, node, c, "bank-a")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, err := s.Submit(t.Context(), gas, deposit("bank-b", int64(i+1)))
			require.NoError(t, err)
		})
	}
	all.Wait()
	node.NextBlock(time.Second)
	results := node.Results()
	require.Len(t, results, 20)
	for _, r := range results {
		require.Zero(t, r.Code, r.RawLog)
	}
}

// Another program that signs with the same key takes sequences that this one does not know of.
func TestTheSequenceHealsByWhatTheNodeExpects(t *testing.T) {
	node, c := hub(t)
	one, other := sender(t, node, c, "bank-a"), sender(t, node, c, "bank-a")
	for i := range 3 { // all wait for one block: what the chain has counted is of no use
		for n, s := range []*hubclient.Sender{one, other} {
			_, err := s.Submit(t.Context(), gas, deposit("bank-b", int64(10*i+n+1)))
			require.NoError(t, err)
		}
	}
	node.NextBlock(time.Second)
	require.Len(t, node.Results(), 6)
}

func TestTheSequenceHealsAfterTheNodeLostWhatWaited(t *testing.T) {
	node, c := hub(t)
	s := sender(t, node, c, "bank-a")
	_, err := s.Submit(t.Context(), gas, deposit("bank-b", 1))
	require.NoError(t, err)
	require.Equal(t, 1, node.DropWaiting())
	node.NextBlock(time.Second)
	_, err = s.Submit(t.Context(), gas, deposit("bank-b", 2))
	require.NoError(t, err)
	node.NextBlock(time.Second)
	require.Len(t, node.Results(), 1)
}

// A second process sends the very bytes that wait already: the answer to the first was lost.
func TestATransactionThatTheNodeHasAlreadyIsNoFailure(t *testing.T) {
	node, c := hub(t)
	first, err := sender(t, node, c, "bank-a").Submit(t.Context(), gas, deposit("bank-b", 1))
	require.NoError(t, err)
	second, err := sender(t, node, c, "bank-a").Submit(t.Context(), gas, deposit("bank-b", 1))
	require.NoError(t, err)
	require.Equal(t, first, second)
	node.NextBlock(time.Second)
	require.Len(t, node.Results(), 1)
}

func TestWhatNoBlockHoldsIsNotCalledRefused(t *testing.T) {
	node, c := hub(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := sender(t, node, c, "bank-a").Send(ctx, deposit("bank-b", 1))
	require.ErrorIs(t, err, hubclient.ErrNotIncluded)
	require.Equal(t, 1, node.DropWaiting())
}

func TestATransactionThatFailsInItsBlockIsARefusal(t *testing.T) {
	node, c := hub(t)
	s := sender(t, node, c, "bank-a")
	hash, err := s.Submit(t.Context(), gas, deposit("bank-b", 1_000_000_000_000))
	require.NoError(t, err, "the node checks who signs, not what happens")
	node.NextBlock(time.Second)
	require.Equal(t, strings.ToUpper(hash), node.Results()[0].TxHash)
	require.NotZero(t, node.Results()[0].Code)
}
