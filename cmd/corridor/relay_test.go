package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// typist types commands that read one relayer's file.
type typist struct {
	t    *testing.T
	file string
}

// types runs a command to its end.
func (p typist) types(stdin string, words ...string) (out string, err error) {
	return p.typesUntil(p.t.Context(), stdin, words...)
}

func (p typist) typesUntil(ctx context.Context, stdin string, words ...string) (string, error) {
	var out, errs bytes.Buffer
	root := newRootCommand()
	root.SetArgs(append(words, "--config", p.file))
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&errs)
	err := root.ExecuteContext(ctx)
	p.t.Logf("$ corridor %s\n%s%s", strings.Join(words, " "), errs.String(), out.String())
	return out.String(), err
}

// answers decodes what a command answers as JSON.
func (p typist) answers(into any, words ...string) {
	p.t.Helper()
	out, err := p.types("", append(words, "-o", "json")...)
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal([]byte(out), into), out)
}

// chainFiles writes what a person gives of chains.
func chainFiles(t *testing.T, nodes ...*testchain.Node) (files []string) {
	dir := t.TempDir()
	for i, n := range nodes {
		file := filepath.Join(dir, string(rune('a'+i))+".yaml")
		require.NoError(t, os.WriteFile(file, []byte("rpc: "+n.RPC+"\n"), 0o600))
		files = append(files, file)
	}
	return files
}

// A whole story: from two nodes' addresses to packets that are relayed, with the commands as they are typed.
func TestFromTwoNodesToRelayedPackets(t *testing.T) {
	nodes := []*testchain.Node{testchain.Start(t, "chain-a"), testchain.Start(t, "chain-b")}
	files := chainFiles(t, nodes...)
	p := typist{t, filepath.Join(t.TempDir(), "relay.yaml")}
	t.Setenv("CORRIDOR_RELAY_API_LISTEN", "127.0.0.1:0")
	addrFile := filepath.Join(t.TempDir(), "addr")
	t.Setenv("CORRIDOR_RELAY_API_ADDR_FILE", addrFile)

	var made struct{ Accounts []fundable }
	p.answers(&made, "relay", "init", files[0], files[1], "--keys", "2")
	require.Len(t, made.Accounts, 4)
	out, err := p.types("", "relay", "init", files[0], files[1])
	require.NoError(t, err)
	require.Contains(t, out, "nothing to do")
	_, err = p.types("", "relay", "init", files[1], files[0]+".nope")
	require.Error(t, err)
	_, err = p.types("", "relay", "run")
	require.ErrorContains(t, err, "path a-b is not linked yet: `corridor relay link a b --port transfer`")
	_, err = p.types("", "relay", "link", "a", "b", "--port", "transfer")
	require.ErrorContains(t, err, "does not exist yet: send it coins")

	for i, n := range nodes {
		for _, account := range made.Accounts[2*i : 2*i+2] {
			n.Send(testchain.User(0), &banktypes.MsgSend{
				FromAddress: testchain.Address(testchain.User(0)), ToAddress: account.Address, Amount: sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, 1000)),
			})
		}
	}
	var first, second linked
	p.answers(&first, "relay", "link", "a", "b", "--port", "transfer")
	require.Equal(t, "channel-0", first.Ends[1].Channel)
	p.answers(&second, "relay", "link", "b", "a", "--port", "transfer")
	require.Zero(t, second.Transactions, "run again it does nothing, from the other side too")
	_, err = p.types("", "config", "validate", p.file)
	require.NoError(t, err)

	p.answers(&first, "relay", "link", "a", "b", "--port", "mock")
	_, err = p.types("", "relay", "close", "transfer/channel-9")
	require.ErrorContains(t, err, "channel not found")
	_, err = p.types("", "relay", "close", "c/mock/channel-1")
	require.ErrorContains(t, err, "no path of this file has a channel c/mock/channel-1")
	_, err = p.types("", "relay", "close", "channel-1")
	require.ErrorContains(t, err, "write it like icahost/channel-3")
	for _, want := range []string{"by 2 transactions", "by 0 transactions"} {
		out, err = p.types("", "relay", "close", "b/mock/"+first.Ends[1].Channel)
		require.NoError(t, err)
		require.Contains(t, out, want)
	}

	p.relaysByHand(nodes)
	p.relaysByItself(nodes, addrFile)
}

// send has a chain send a packet.
func send(n *testchain.Node) {
	n.Send(testchain.User(0), &transfertypes.MsgTransfer{
		SourcePort: "transfer", SourceChannel: "channel-0", Token: sdk.NewInt64Coin(testchain.Denom, 3), Sender: testchain.Address(testchain.User(0)),
		Receiver: testchain.Address(testchain.User(1)), TimeoutHeight: clienttypes.NewHeight(0, 1_000_000),
	})
}

// relaysByHand shows what waits and clears it, without a relayer that runs.
func (p typist) relaysByHand(nodes []*testchain.Node) {
	t := p.t
	send(nodes[0])
	var pending []pendingStream
	p.answers(&pending, "relay", "pending")
	require.Equal(t, []pendingStream{{"a-b", "a", "transfer/channel-0", "transfer/channel-0", []uint64{1}, nil}}, pending)
	out, err := p.types("", "relay", "explain", "transfer/channel-0/1")
	require.NoError(t, err)
	require.Contains(t, out, "chain-b has not received it")
	out, err = p.types("", "relay", "clear")
	require.NoError(t, err)
	require.Contains(t, out, "1 packets have ended")
	out, err = p.types("", "relay", "explain", "a/transfer/channel-0/1")
	require.NoError(t, err)
	require.Contains(t, out, "received and acknowledged")
	out, err = p.types("", "relay", "status")
	require.NoError(t, err)
	require.Contains(t, out, "no relayer runs with this file here")
	require.Contains(t, out, "1000stake")
	_, err = p.types("", "relay", "client", "substitute", "b")
	require.ErrorContains(t, err, "is active: there is nothing to replace")
	_, err = p.types("", "relay", "client", "refresh", "b", "--client", "07-tendermint-9")
	require.ErrorContains(t, err, "07-tendermint-9")
	out, err = p.types("", "relay", "client", "refresh", "b")
	require.NoError(t, err)
	require.Contains(t, out, "lasts until")
}

// relaysByItself runs the relayer.
func (p typist) relaysByItself(nodes []*testchain.Node, addrFile string) {
	t := p.t
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := p.typesUntil(ctx, "", "relay", "run")
		ended <- err
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(addrFile); return err == nil }, 10*time.Second, 10*time.Millisecond)
	for _, n := range nodes {
		send(n)
	}
	require.Eventually(t, func() bool {
		c, err := relayconfig.Load(p.file)
		require.NoError(t, err)
		s, err := askRelayer(t.Context(), c)
		return err == nil && len(s.Paths) == 1 && s.Paths[0].Ends[0].Relayed == 1 && s.Paths[0].Ends[1].Relayed == 1
	}, 20*time.Second, 50*time.Millisecond)
	out, err := p.types("", "relay", "status")
	require.NoError(t, err)
	require.Contains(t, out, "a relayer runs since")
	out, err = p.types("", "relay", "clear", "--path", "a-b")
	require.NoError(t, err)
	require.Contains(t, out, "asked the relayer")
	p.rereads(addrFile)
	stop()
	require.NoError(t, <-ended)
}

// rereads has the relayer read a file that is wrong, and then one that is good again.
func (p typist) rereads(addrFile string) {
	t := p.t
	address, err := os.ReadFile(addrFile)
	require.NoError(t, err)
	good, err := os.ReadFile(p.file)
	require.NoError(t, err)
	for _, row := range []struct{ text, want string }{
		{"chains: wrong", "corridor_relay_configuration_error 1"}, {string(good), "corridor_relay_configuration_error 0"},
	} {
		require.NoError(t, os.WriteFile(p.file, []byte(row.text), 0o600))
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		require.Eventually(t, func() bool {
			res, err := http.Get("http://" + string(address) + "/metrics")
			require.NoError(t, err)
			defer res.Body.Close()
			said, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			return strings.Contains(string(said), row.want)
		}, 10*time.Second, 20*time.Millisecond)
	}
	out, err := p.types("", "relay", "status")
	require.NoError(t, err)
	require.Contains(t, out, "a relayer runs since", "what ran before runs on")
}

func TestALineLongerThanTheTerminalIsCut(t *testing.T) {
	require.Equal(t, "abc\nabcd…\n", cut("abc\nabcdef\n", 5))
}

func TestASecondFileIsNotOverwritten(t *testing.T) {
	a, b := testchain.Start(t, "chain-a"), testchain.Start(t, "chain-b")
	files := chainFiles(t, a, b)
	p := typist{t, filepath.Join(t.TempDir(), "relay.yaml")}
	_, err := p.types("", "relay", "init", files[0], files[1])
	require.NoError(t, err)
	other := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(other, []byte("rpc: "+b.RPC+"\n"), 0o600))
	_, err = p.types("", "relay", "init", files[0], other)
	require.ErrorContains(t, err, "replace it with --force, or name another file with --config")
	_, err = p.types("", "relay", "init", files[0], other, "--force")
	require.NoError(t, err)
	c, err := relayconfig.Load(p.file)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c"}, c.ChainNames())

	_, err = p.types("", "relay", "init", files[1], "--add")
	require.ErrorContains(t, err, "chain-b is in "+p.file+" already, as c")
	third := testchain.Start(t, "chain-d")
	d := filepath.Join(t.TempDir(), "d.yaml")
	require.NoError(t, os.WriteFile(d, []byte("rpc: "+third.RPC+"\n"), 0o600))
	for _, want := range []string{"added d to", "nothing to do"} {
		out, err := p.types("", "relay", "init", d, "--add")
		require.NoError(t, err)
		require.Contains(t, out, want)
	}

	mnemonic := "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	p.file = filepath.Join(t.TempDir(), "relay.yaml")
	out, err := p.types(mnemonic, "relay", "init", files[0], files[1], "--recover")
	require.NoError(t, err)
	require.Contains(t, out, "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4")
	require.NotContains(t, out, "abandon")
	out, err = p.types("", "relay", "keys", "add", "relay-1")
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(out, "relay-1"))
}

func TestStatusNamesTheNodesThatAreNotWell(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, writeEndpoints(&out, []pathset.EndpointStatus{{Chain: "a", Node: "n1:26657", State: chain.Well, Height: 9}}))
	require.Empty(t, out.String())
	require.NoError(t, writeEndpoints(&out, []pathset.EndpointStatus{
		{Chain: "a", Node: "n1:26657", State: chain.Well, Height: 9},
		{Chain: "a", Node: "n2:26657", State: chain.Down, Height: 7, Behind: 2, Error: "connection refused"},
		{Chain: "b", Node: "n3:26657", State: chain.Contradicts, Height: 9},
	}))
	require.Equal(t, `
CHAIN  NODE      IS                      HEIGHT  BEHIND  WHY
a      n2:26657  down                    7       2       connection refused
b      n3:26657  contradicts the others  9       0       
`, out.String())
}

func TestAPacketsNameIsRead(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"transfer/channel-0/17", "/transfer/channel-0/17"},
		{"b/transfer/channel-0/17", "b/transfer/channel-0/17"},
		{"17", ""},
		{"transfer/channel-0", ""},
		{"transfer/channel-0/x", ""},
		{"/channel-0/1", ""},
		{"a/b/c/d/5", ""},
	} {
		key, err := parsePacket(row.text)
		if row.want == "" {
			require.ErrorContains(t, err, "write it like transfer/channel-0/17", row.text)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, row.want, key.String())
	}
}

func TestSequencesAreShownAsRanges(t *testing.T) {
	for _, row := range []struct {
		sequences []uint64
		want      string
	}{
		{nil, "-"},
		{[]uint64{4}, "1: 4"},
		{[]uint64{1, 2, 3, 7, 9, 10}, "6: 1-3, 7, 9-10"},
		{[]uint64{1, 3, 5, 7, 9, 11, 13}, "7: 1, 3, 5, 7, 9, 11, …"},
	} {
		require.Equal(t, row.want, ranges(row.sequences), fmt.Sprint(row.sequences))
	}
}
