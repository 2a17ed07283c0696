package chain_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"

	sdkmath "cosmossdk.io/math"
	"cosmossdk.io/x/feegrant"

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

// A node that serves neither gRPC nor REST has no service for trials.
func TestANodeWithoutServicesTriesOutToo(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	p.alter(func(method string, body []byte) []byte {
		if method != simulate {
			return body
		}
		var answer map[string]any
		require.NoError(t, json.Unmarshal(body, &answer))
		answer["result"] = map[string]any{"response": map[string]any{"code": 6, "codespace": "sdk", "log": "unknown query path: unknown request"}}
		altered, err := json.Marshal(answer)
		require.NoError(t, err)
		return altered
	})
	c := open(t, n, config(n, p.RPC))
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.Equal(t, 1, p.times("/app/simulate"))
	_, err = c.Send(t.Context(), func(signer string) []sdk.Msg {
		much := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 2*testchain.Funds))
		return []sdk.Msg{&banktypes.MsgMultiSend{
			Inputs: []banktypes.Input{{Address: signer, Coins: much}}, Outputs: []banktypes.Output{{Address: testchain.Address("heir"), Coins: much}},
		}}
	})
	refused := new(ibcpath.Refusal)
	require.ErrorAs(t, err, &refused)
}

func TestATransactionThatRunsOutOfGasIsTriedOutAgain(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	_, err := c.Send(t.Context(), share(1))
	require.NoError(t, err)
	_, err = c.Send(t.Context(), share(50))
	require.NoError(t, err)
	require.Equal(t, 2, p.times(simulate))
	_, err = c.Send(t.Context(), share(50))
	require.NoError(t, err)
	require.Equal(t, 2, p.times(simulate), "what it learned serves")
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

func TestAnAccountThatDoesNotExistSaysWhatToDo(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	conf := config(n)
	conf.Keys = []string{"stranger"}
	stranger, err := chain.Open(t.Context(), conf, testchain.Keyring(t, n.App.AppCodec(), "stranger"), quiet())
	require.NoError(t, err)
	t.Cleanup(stranger.Close)
	_, err = stranger.Send(t.Context(), pay(1))
	require.ErrorContains(t, err, "does not exist yet: send it coins for fees")
	coins := sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 5))
	n.Send("user-0", &banktypes.MsgSend{FromAddress: testchain.Address("user-0"), ToAddress: testchain.Address("stranger"), Amount: coins})
	_, err = stranger.Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, "send coins to "+testchain.Address("stranger"))
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
}

func TestAFeeGrantPays(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	conf := config(n)
	conf.FeeGranter = testchain.Address("user-0")
	c := open(t, n, conf)
	_, err := c.Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, conf.FeeGranter+" must grant fees to "+testchain.Address(testchain.Relayer(0)))
	grant, err := feegrant.NewMsgGrantAllowance(&feegrant.BasicAllowance{},
		sdk.MustAccAddressFromBech32(testchain.Address("user-0")), sdk.MustAccAddressFromBech32(testchain.Address(testchain.Relayer(0))))
	require.NoError(t, err)
	n.Send("user-0", grant)
	_, err = c.Send(t.Context(), pay(1))
	require.NoError(t, err)
}

func TestTheFeeRisesToWhatTheChainAsksForUpToTheCap(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithGasPrice("0.02stake"))
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	for range 2 {
		_, err := c.Send(t.Context(), pay(1))
		require.NoError(t, err)
	}
	require.Equal(t, 3, p.times("broadcast_tx_sync"), "one refusal teaches the price")
	conf := config(n)
	conf.MaxGasPrice, conf.Keys = "0.015stake", []string{testchain.Relayer(1)}
	_, err := open(t, n, conf).Send(t.Context(), pay(1))
	require.ErrorIs(t, err, chain.ErrCannotPay)
	require.ErrorContains(t, err, "above the highest configured one")
}

func TestThePriceFollowsTheChainsFeeMarket(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a", testchain.WithGasPrice("0.02stake"))
	p := behind(t, n.RPC)
	const market = "/feemarket.feemarket.v1.Query/GasPrice"
	p.intercept(func(method string, w http.ResponseWriter) bool {
		if method != market {
			return false
		}
		coin := sdk.NewDecCoinFromDec(testchain.Denom, sdkmath.LegacyMustNewDecFromStr("0.03"))
		raw, err := coin.Marshal()
		if err != nil {
			return false
		}
		value := append([]byte{10, byte(len(raw))}, raw...) // field 1, the coin
		_, _ = fmt.Fprintf(w, `{"jsonrpc":"2.0","id":0,"result":{"response":{"code":0,"value":"%s","height":"5"}}}`,
			base64.StdEncoding.EncodeToString(value))
		return true
	})
	_, err := open(t, n, config(n, p.RPC)).Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.Equal(t, 1, p.times(market))
	require.Equal(t, 1, p.times("broadcast_tx_sync"), "no refusal had to teach the price")
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

// A trial is sent in a form twice as large, which a node would not take.
func TestALargeTransactionIsTriedOutInPart(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	conf := config(n, p.RPC)
	conf.MaxGas = 300_000_000
	c := open(t, n, conf)
	sent, err := c.Send(t.Context(), func(signer string) (msgs []sdk.Msg) {
		for range 20 {
			msgs = append(msgs, share(400)(signer)...)
		}
		return msgs
	})
	require.NoError(t, err)
	require.Positive(t, sent.Height)
	require.Equal(t, 2, p.times(simulate))
}

// What an update and one packet used says little of many packets: a batch is tried out once more, and does not run out of gas.
func TestManyAfterOneDoNotRunOutOfGas(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	both := func(pays int) func(string) []sdk.Msg {
		return func(signer string) []sdk.Msg {
			msgs := share(40)(signer)
			for range pays {
				msgs = append(msgs, pay(1)(signer)...)
			}
			return msgs
		}
	}
	for i, pays := range []int{1, 1, 300, 300, 1, 150} {
		sent, err := c.Send(t.Context(), both(pays))
		require.NoError(t, err)
		require.Positive(t, sent.GasUsed)
		require.Equal(t, i+1, p.times("broadcast_tx_sync"))
	}
	require.Equal(t, 3, p.times(simulate))
}

func TestFitsStopsAtBytesAndAtGas(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	many := strings.Split(strings.Repeat("x", 2000), "")
	msgs := make([]sdk.Msg, len(many))
	for i := range many {
		msgs[i] = pay(1)("cosmos1")[0]
	}
	conf := config(n)
	conf.MaxTxBytes = 20_000
	require.Less(t, open(t, n, conf).Fits(msgs), 300)
	conf = config(n)
	conf.MaxGas = 1_000_000
	require.Less(t, open(t, n, conf).Fits(msgs), 10)
	conf.MaxGas = 1
	require.Equal(t, 1, open(t, n, conf).Fits(msgs))
}
