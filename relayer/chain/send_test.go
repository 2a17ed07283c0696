package chain_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
)

const simulate = "/cosmos.tx.v1beta1.Service/Simulate"

// share makes a message whose gas grows with the number of those who share.
func share(among int) func(string) []sdk.Msg {
	return func(signer string) []sdk.Msg {
		one := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 1))
		msg := &banktypes.MsgMultiSend{Inputs: []banktypes.Input{{
			Address: signer, Coins: sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, int64(among))),
		}}}
		for i := range among {
			msg.Outputs = append(msg.Outputs, banktypes.Output{Address: testchain.Address(fmt.Sprint("heir-", i)), Coins: one})
		}
		return []sdk.Msg{msg}
	}
}

func TestSendWaitsForTheBlockAndTriesOutOnlyWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	conf := config(n, p.RPC)
	var gas atomic.Int64
	conf.Observer.Included = func(_ string, used int64, _ time.Duration) { gas.Store(used) }
	c := open(t, n, conf)
	for i := range int64(3) {
		sent, err := c.Send(t.Context(), pay(1))
		require.NoError(t, err)
		require.Equal(t, gas.Load(), sent.GasUsed)
		require.NotEmpty(t, sent.Events)
		require.NotEmpty(t, sent.Hash)
		require.Equal(t, i+1, paid(t, c))
	}
	require.Equal(t, 1, p.times(simulate))
}

func TestWhatIsSentAtOnceGoesOutByDifferentKeys(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithBlockTime(500*time.Millisecond))
	conf := config(n)
	conf.Keys = []string{testchain.Relayer(0), testchain.Relayer(1), testchain.Relayer(2), testchain.Relayer(3)}
	c := open(t, n, conf)
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	var mu sync.Mutex
	signers, heights := map[string]bool{}, map[int64]bool{}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			sent, err := c.Send(t.Context(), func(signer string) []sdk.Msg {
				mu.Lock()
				defer mu.Unlock()
				signers[signer] = true
				return pay(int64(i + 1))(signer)
			})
			require.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			heights[sent.Height] = true
		})
	}
	all.Wait()
	require.Len(t, signers, 4)
	require.LessOrEqual(t, len(heights), 2)
}

// Somebody else signs with the same key, before blocks hold it and after.
func TestTheSequenceHealsWhenSomebodyElseUsesTheKey(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	key := testchain.Relayer(0)
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	for range 3 {
		n.Send(key, pay(1)(testchain.Address(key))...)
		n.Submit(key, pay(1)(testchain.Address(key))...)
		before := n.Height()
		sent, err := c.Send(t.Context(), pay(1))
		require.NoError(t, err)
		require.LessOrEqual(t, sent.Height, before+4)
	}
	require.EqualValues(t, 10, paid(t, c))
}

func TestARefusalNamesTheMessage(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	poisoned := func(signer string) []sdk.Msg {
		return append(append(pay(1)(signer), pay(testchain.Funds*2)(signer)...), pay(1)(signer)...)
	}
	refusal := (*ibcpath.Refusal)(nil)
	_, err := c.Send(t.Context(), poisoned)
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, 1, refusal.Message, "in the trial: %s", refusal.Log)
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	_, err = c.Send(t.Context(), poisoned)
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, 1, refusal.Message, "in the block: %s", refusal.Log)
	require.EqualValues(t, 1, paid(t, c))
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err, "the key's sequence is right")
}

// A chain whose events show no signatures, and a node that keeps no results: the transaction is asked for by its name.
func TestATransactionThatEventsDoNotShowIsFoundAllTheSame(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	for name, alter := range map[string]func(body []byte) []byte{
		"no signatures": func(body []byte) []byte { return []byte(strings.ReplaceAll(string(body), "signature", "nothing")) },
		"no results": func([]byte) []byte {
			return []byte(`{"jsonrpc":"2.0","id":0,"error":{"code":-32603,"message":"Internal error","data":"could not find results"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := behind(t, n.RPC)
			c := open(t, n, config(n, p.RPC))
			signatures := regexp.MustCompile(`"value":"[A-Za-z0-9+/]{86}=="`)
			p.alter(func(method string, body []byte) []byte {
				if method == "block_results" {
					return alter(signatures.ReplaceAll(body, []byte(`"value":""`)))
				}
				return body
			})
			sent, err := c.Send(t.Context(), pay(1))
			require.NoError(t, err)
			require.Positive(t, sent.Height)
			require.NotEmpty(t, sent.Events)
			require.Positive(t, p.times("tx"))
			_, err = c.Send(t.Context(), pay(testchain.Funds*2))
			require.ErrorContains(t, err, "insufficient funds")
		})
	}
}

// The node takes a transaction and forgets it.
func TestATransactionThatNoBlockHeldIsKnownToBeDead(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	conf := config(n, p.RPC)
	conf.TimeoutBlocks = 4
	c := open(t, n, conf)
	p.intercept(func(method string, w http.ResponseWriter) bool {
		if method == "broadcast_tx_sync" {
			_, _ = w.Write([]byte(`{"jsonrpc":"2.0","id":0,"result":{"code":0,"data":"","log":"","codespace":"","hash":"00"}}`))
		}
		return method == "broadcast_tx_sync"
	})
	_, err := c.Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrNotIncluded)
	p.heal()
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.EqualValues(t, 1, paid(t, c))
}

// The node takes the transaction, and its answer is lost: sent again, the node knows it.
func TestAnAnswerThatIsLostMakesNoSecondTransaction(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	var lost atomic.Int32
	p.alter(func(method string, body []byte) []byte {
		if method == "broadcast_tx_sync" && lost.Add(1) <= 2 {
			return nil
		}
		return body
	})
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.Greater(t, p.times("broadcast_tx_sync"), 1)
	require.EqualValues(t, 1, paid(t, c))
}

func TestAFullMempoolIsTriedAgain(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	var full atomic.Int32
	p.intercept(func(method string, w http.ResponseWriter) bool {
		if method != "broadcast_tx_sync" || full.Add(1) > 2 {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"jsonrpc":"2.0","id":0,"error":{"code":-32603,"message":"Internal error",` +
			`"data":"mempool is full: number of txs 5000 (max: 5000), total txs bytes 1 (max: 2)"}}`))
		return true
	})
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
}

func TestATransactionThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	refusal := (*ibcpath.Refusal)(nil)
	_, err := c.Send(t.Context(), share(12_000))
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, -1, refusal.Message)
}

func TestWhoDoesNotWaitIsNotToldThatNothingHappened(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithBlockTime(2*time.Second))
	c := open(t, n, config(n))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := c.Send(ctx, pay(1))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, chain.ErrNotIncluded)
}
