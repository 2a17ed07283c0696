package chain_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// config is of a chain behind endpoints, with one key.
func config(n *testchain.Node, endpoints ...string) chain.Config {
	if len(endpoints) == 0 {
		endpoints = []string{n.RPC}
	}
	return chain.Config{
		Name: "test", ChainID: n.ChainID, RPC: endpoints, Prefix: n.Prefix, GasPrice: "0.01stake",
		Keys: []string{testchain.Relayer(0)}, Poll: 50 * time.Millisecond,
	}
}

func open(t *testing.T, n *testchain.Node, c chain.Config) *chain.Chain {
	t.Helper()
	opened, err := chain.Open(t.Context(), c, n.Keyring(), quiet())
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

// reach waits until the chain's newest head is that high, and gives it.
func reach(t *testing.T, c *chain.Chain, height int64) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for head := range c.Follow(ctx) {
		if head.Height >= height {
			return head.Height
		}
	}
	t.Fatalf("no block %d in %s", height, patience)
	return 0
}

// pay makes a message by which the signer sends a little to somebody.
func pay(amount int64) func(string) []sdk.Msg {
	return func(signer string) []sdk.Msg {
		return []sdk.Msg{&banktypes.MsgSend{
			FromAddress: signer, ToAddress: testchain.Address("payee"), Amount: sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, amount)),
		}}
	}
}

// paid is what the payee has.
func paid(t *testing.T, c *chain.Chain) int64 {
	t.Helper()
	res, err := banktypes.NewQueryClient(c.At(0)).Balance(t.Context(), &banktypes.QueryBalanceRequest{
		Address: testchain.Address("payee"), Denom: testchain.Denom,
	})
	require.NoError(t, err)
	return res.Balance.Amount.Int64()
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "right-1")
	for _, test := range []struct {
		name   string
		change func(*chain.Config)
		says   string
	}{
		{"another chain", func(c *chain.Config) { c.ChainID = "wrong-1" }, `it is on chain "right-1", not on "wrong-1": check the address`},
		{"nobody there", func(c *chain.Config) { c.RPC = []string{"http://127.0.0.1:1"} }, "test at 127.0.0.1:1: status: "},
		{"no key", func(c *chain.Config) { c.Keys = []string{"nobody"} }, `test: key "nobody": `},
		{"no address", func(c *chain.Config) { c.RPC = []string{"127.0.0.1:26657"} }, "is not http://host:port"},
		{"no endpoint", func(c *chain.Config) { c.RPC = nil }, "the RPC endpoint is missing"},
		{"no prefix", func(c *chain.Config) { c.Prefix = "" }, "the address prefix is missing"},
		{"no price", func(c *chain.Config) { c.GasPrice = "cheap" }, `gas price "cheap" is not an amount with its denomination`},
		{"a cap below", func(c *chain.Config) { c.MaxGasPrice = "0.001stake" }, "the highest gas price is below the gas price"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := config(n)
			test.change(&c)
			_, err := chain.Open(t.Context(), c, n.Keyring(), quiet())
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	n := testchain.Start(t, "chain-a")
	known := goleak.IgnoreCurrent()
	c, err := chain.Open(t.Context(), config(n), n.Keyring(), quiet())
	require.NoError(t, err)
	reach(t, c, 3)
	heads := c.Follow(context.Background())
	c.Close()
	require.Eventually(t, func() bool {
		_, open := <-heads
		return !open
	}, patience, time.Millisecond)
	// What serves the websocket is the node's.
	n.Stop()
	goleak.VerifyNone(t, known)
}

func TestAddressesHaveTheChainsOwnPrefix(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := config(n)
	c.Prefix = "hub"
	require.Regexp(t, "^hub1", open(t, n, c).Addresses()[0])
}

func TestHeadsComeWithoutAWebsocketToo(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	p.plain = true
	reach(t, open(t, n, config(n, p.RPC)), 5)
}

// The timer is too slow to be what tells; the address has a password.
func TestHeadsComeByWebsocket(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := config(n, strings.Replace(p.RPC, "http://", "http://me:secret@", 1))
	c.Poll = time.Hour
	reach(t, open(t, n, c), 5)
	require.Contains(t, p.given(), "Basic ")
}

func TestABlockHasTheEventsOfWhatSucceeded(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	c := open(t, n, config(n))
	sent, err := c.Send(t.Context(), pay(7))
	require.NoError(t, err)
	block, err := c.Block(t.Context(), sent.Height)
	require.NoError(t, err)
	found := false
	for _, e := range block.Events {
		for _, a := range e.Attributes {
			found = found || e.Type == "transfer" && a.Key == "recipient" && a.Value == testchain.Address("payee")
		}
	}
	require.True(t, found)
	header, err := c.Header(t.Context(), sent.Height, trusting(1))
	require.NoError(t, err)
	require.True(t, header.GetTime().Equal(block.Time))
	_, err = c.Block(t.Context(), sent.Height+1000)
	require.ErrorContains(t, err, "test at ")
}
