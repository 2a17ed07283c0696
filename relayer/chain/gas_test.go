package chain_test

import (
	"encoding/json"
	"strings"
	"testing"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
)

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
