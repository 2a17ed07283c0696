package pathset_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
	"github.com/corridor-network/corridor/relayer/pathset"
	"github.com/corridor-network/corridor/relayer/relayconfig"
	"github.com/corridor-network/corridor/relayer/relaymetrics"
	"github.com/corridor-network/corridor/relayer/status"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

// world is two chains and the file of a relayer between them, linked.
type world struct {
	t      *testing.T
	nodes  [2]*testchain.Node
	config relayconfig.Config
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, nodes: [2]*testchain.Node{testchain.Start(t, "chain-a"), testchain.Start(t, "chain-b")}}
	for i, n := range w.nodes {
		w.config.Chains = append(w.config.Chains, relayconfig.Chain{
			Name: string(rune('a' + i)), ChainID: n.ChainID, RPC: []string{n.RPC}, Prefix: n.Prefix, GasPrice: "0" + testchain.Denom,
			Keys: []string{testchain.Relayer(0), testchain.Relayer(1)},
		})
	}
	p := relayconfig.Path{Name: "a-b", A: relayconfig.End{Chain: "a"}, B: relayconfig.End{Chain: "b"}}
	var opened [2]ibcpath.Chain
	for i := range opened {
		c, err := pathset.OpenChain(t.Context(), w.config.Chains[i], w.options())
		require.NoError(t, err)
		defer c.Close()
		opened[i] = c
	}
	spec := link.Spec{Ports: [2]string{"transfer", "transfer"}, Clients: [2]lightclient.Options{}}
	made, err := link.Link(t.Context(), pathset.Ends(p, opened[0], opened[1]), spec, nil)
	require.NoError(t, err)
	p.A.Client, p.A.Connection = made.Ends[0].ClientID, made.Ends[0].ConnectionID
	p.B.Client, p.B.Connection = made.Ends[1].ClientID, made.Ends[1].ConnectionID
	w.config.Paths = []relayconfig.Path{p}
	return w
}

func (w *world) options() pathset.Options {
	return pathset.Options{Keys: w.nodes[0].Keyring(), Log: slog.New(slog.NewTextHandler(w.t.Output(), nil))}
}

// run starts a set, and stops it with the test.
func (w *world) run(o pathset.Options) *pathset.Set {
	set := pathset.New(o)
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- set.Run(ctx, w.config) }()
	w.t.Cleanup(func() {
		stop()
		require.NoError(w.t, <-ended)
	})
	return set
}

// transfer sends one packet from a chain to the other.
func (w *world) transfer(from int) {
	n := w.nodes[from]
	n.Send(testchain.User(0), &transfertypes.MsgTransfer{
		SourcePort: "transfer", SourceChannel: "channel-0", Token: sdk.NewInt64Coin(testchain.Denom, 3), Sender: testchain.Address(testchain.User(0)),
		Receiver: testchain.Address(testchain.User(1)), TimeoutHeight: clienttypes.NewHeight(0, 1_000_000),
	})
}

// relayed waits until so many packets of the first chain have ended, counted since the path started.
func (w *world) relayed(set *pathset.Set, count uint64) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		s := set.Now()
		return len(s.Paths) == 1 && s.Paths[0].Ends[0].Relayed >= count && s.Paths[0].Ends[0].Unreceived+s.Paths[0].Ends[0].Unacknowledged == 0
	}, patience, 20*time.Millisecond)
}

func TestPathsRunWhatTheFileSaysWhenItChanges(t *testing.T) {
	w := newWorld(t)
	registry := prometheus.NewRegistry()
	o := w.options()
	o.Metrics = relaymetrics.New(registry)
	set := w.run(o)
	require.Eventually(t, func() bool { return set.Ready() == nil }, patience, 20*time.Millisecond)
	w.transfer(0)
	w.relayed(set, 1)
	nodes := set.Now().Endpoints
	require.Len(t, nodes, 2)
	require.Equal(t, []chain.EndpointState{chain.Well, chain.Well}, []chain.EndpointState{nodes[0].State, nodes[1].State})
	require.Equal(t, "b", nodes[1].Chain)

	again := w.config
	require.NoError(t, set.Reload(again), "the same file: the path runs on")
	require.Equal(t, uint64(1), set.Now().Paths[0].Ends[0].Relayed)

	w.transfer(0)
	changed := w.config
	changed.Chains = append([]relayconfig.Chain(nil), w.config.Chains...)
	changed.Chains[0].Keys = []string{testchain.Relayer(2)}
	require.NoError(t, set.Reload(changed), "a packet is on its way: the path that starts finds it")
	w.transfer(0)
	require.Eventually(t, func() bool { return w.nothingPends() }, patience, 50*time.Millisecond)
	require.Equal(t, pathset.Relaying, set.Now().Paths[0].State)
	require.Positive(t, set.Now().Paths[0].Ends[0].ClientDaysLeft)
	require.Eventually(t, func() bool { return len(set.Now().Balances) == 3 }, patience, 20*time.Millisecond, "one signer there, two here")

	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.Metric {
			for _, label := range m.Label {
				require.NotContains(t, []string{"chain-a", "chain-b"}, label.GetValue(), "%s calls chains as the file does", family.GetName())
			}
		}
	}

	unlinked := changed
	unlinked.Paths = []relayconfig.Path{{Name: "a-b", A: relayconfig.End{Chain: "a"}, B: relayconfig.End{Chain: "b"}}}
	require.NoError(t, set.Reload(unlinked))
	require.Equal(t, pathset.NotLinked, set.Now().Paths[0].State)
	require.ErrorContains(t, set.Clear("a-b"), "no such path runs here")
}

// nothingPends asks the chains.
func (w *world) nothingPends() bool {
	var opened [2]ibcpath.Chain
	for i := range opened {
		c, err := pathset.OpenChain(w.t.Context(), w.config.Chains[i], w.options())
		require.NoError(w.t, err)
		defer c.Close()
		opened[i] = c
	}
	ends := pathset.Ends(w.config.Paths[0], opened[0], opened[1])
	chains := [2]relayconfig.Chain(w.config.Chains)
	path := ibcpath.NewPath(ends, pathset.PathOptions(w.config.Paths[0], chains, w.options()))
	s := pathset.Ask(w.t.Context(), w.config.Paths[0], chains, ends, path)
	require.Equal(w.t, pathset.Linked, s.State, s.Trouble)
	require.Empty(w.t, s.Ends[0].ClientError)
	return s.Ends[0].Unreceived+s.Ends[0].Unacknowledged == 0
}

func TestReadinessFollowsTheChains(t *testing.T) {
	w := newWorld(t)
	w.nodes[1].Stop()
	set := w.run(w.options())
	registry := prometheus.NewRegistry()
	server, err := status.Start("127.0.0.1:0", "", set, registry)
	require.NoError(t, err)
	defer server.Close(context.Background())
	ask := func(method, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+server.Address+path, nil)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		var said json.RawMessage
		_ = json.NewDecoder(res.Body).Decode(&said)
		return res.StatusCode, string(said)
	}
	require.Eventually(t, func() bool {
		s := set.Now()
		return len(s.Paths) == 1 && s.Paths[0].State == pathset.InTrouble
	}, patience, 20*time.Millisecond)
	code, _ := ask(http.MethodGet, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.ErrorContains(t, set.Ready(), "path a-b: ")
	code, _ = ask(http.MethodPost, "/clear?path=a-b")
	require.Equal(t, http.StatusNotFound, code)

	w.nodes[1].Restart()
	require.Eventually(t, func() bool {
		code, _ := ask(http.MethodGet, "/readyz")
		return code == http.StatusOK
	}, patience, 50*time.Millisecond)
	w.transfer(0)
	w.relayed(set, 1)
	code, _ = ask(http.MethodPost, "/clear?path=a-b")
	require.Equal(t, http.StatusAccepted, code)
	code, said := ask(http.MethodGet, "/status")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, said, `"relayed":1`)
}

func TestAFileWithoutALinkedPathIsRefused(t *testing.T) {
	set := pathset.New(pathset.Options{Log: slog.New(slog.DiscardHandler)})
	err := set.Run(t.Context(), relayconfig.Config{Paths: []relayconfig.Path{{Name: "a-b"}}})
	require.ErrorIs(t, err, pathset.ErrNothing)
	require.True(t, strings.Contains(err.Error(), "corridor relay link"))
}
