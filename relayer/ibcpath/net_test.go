package ibcpath_test

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

// soon is how long anything may take on a slow machine.
const soon = 60 * time.Second

// checkEvery is how often a condition is looked at.
const checkEvery = 20 * time.Millisecond

// net is two real chains, linked.
type net struct {
	t       testing.TB
	nodes   [2]*testchain.Node
	ends    [2]ibcpath.End
	channel ibcpath.Channel // transfer to transfer
}

// newNet starts two chains and links them by a transfer channel.
func newNet(t testing.TB, spec link.Spec, opts ...testchain.Option) *net {
	t.Helper()
	n := &net{t: t}
	for end, id := range []string{"ping-1", "pong-1"} {
		n.nodes[end] = testchain.Start(t, id, opts...)
		n.ends[end].Chain = n.open(end, 0, 1, 2)
	}
	spec.Ports = [2]string{"transfer", "transfer"}
	linked, err := link.Link(n.within(), n.ends, spec, nil)
	require.NoError(t, err)
	n.ends, n.channel = linked.Ends, linked.Channel
	return n
}

// open makes a chain with the named relayer keys.
func (n *net) open(end int, keys ...int) ibcpath.Chain {
	n.t.Helper()
	node := n.nodes[end]
	config := chain.Config{ChainID: node.ChainID, RPC: []string{node.RPC}, Prefix: node.Prefix, GasPrice: "0stake"}
	for _, key := range keys {
		config.Keys = append(config.Keys, testchain.Relayer(key))
	}
	opened, err := chain.Open(n.t.Context(), config, node.Keyring(), logger())
	require.NoError(n.t, err)
	n.t.Cleanup(func() { opened.Close() })
	return opened
}

// logger is silent unless a person wants to see what happens.
func logger() *slog.Logger {
	if os.Getenv("RELAY_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (n *net) within() context.Context {
	ctx, stop := context.WithTimeout(n.t.Context(), soon)
	n.t.Cleanup(stop)
	return ctx
}

// path makes a path over the net.
func (n *net) path(change ...func(*ibcpath.Options)) *ibcpath.Path {
	opts := n.options()
	for _, each := range change {
		each(&opts)
	}
	return ibcpath.NewPath(n.ends, opts)
}

func (n *net) options() ibcpath.Options {
	return ibcpath.Options{Updater: lightclient.Updater{}, Log: logger()}
}

// key names a packet of the transfer channel.
func (n *net) key(from int, sequence uint64) ibcpath.PacketKey {
	end := n.channel.Ends[from]
	return ibcpath.PacketKey{Chain: n.ends[from].Chain.ID(), Port: end.Port, Channel: end.Channel, Sequence: sequence}
}

// run runs a path until the returned function is called.
func (n *net) run(t testing.TB, p *ibcpath.Path) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(n.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	require.Eventually(t, func() bool { return p.Status().Running }, soon, time.Millisecond) // Clear would run it itself
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-ended:
				require.NoError(t, err)
			case <-time.After(soon):
				t.Error("the path does not end with its context")
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// transfers makes n transfers from an end that time out at the given height of the other chain, or in an hour.
func (n *net) transfers(from, count int, timeout clienttypes.Height) []sdk.Msg {
	var msgs []sdk.Msg
	until := uint64(time.Now().Add(time.Hour).UnixNano())
	if !timeout.IsZero() {
		until = 0
	}
	for range count {
		msgs = append(msgs, transfertypes.NewMsgTransfer(n.channel.Ends[from].Port, n.channel.Ends[from].Channel,
			sdk.NewInt64Coin(testchain.Denom, 1), testchain.Address(testchain.User(from)), testchain.Address(testchain.User(2)), timeout, until, ""))
	}
	return msgs
}

// send commits transfers, and returns the sequence of the first.
func (n *net) send(from, count int) uint64 {
	n.t.Helper()
	first := n.next(from)
	for count > 0 {
		each := min(count, 100)
		n.nodes[from].Send(testchain.User(from), n.transfers(from, each, clienttypes.ZeroHeight())...)
		count -= each
	}
	return first
}

// next is the next sequence that an end sends.
func (n *net) next(from int) uint64 {
	n.t.Helper()
	end := n.channel.Ends[from]
	got, err := channeltypes.NewQueryClient(n.ends[from].Chain.At(0)).NextSequenceSend(n.within(),
		&channeltypes.QueryNextSequenceSendRequest{PortId: end.Port, ChannelId: end.Channel})
	require.NoError(n.t, err)
	return got.NextSequenceSend
}

// settled waits until nothing that either end sent waits for anything.
func (n *net) settled(t *testing.T, p *ibcpath.Path) {
	t.Helper()
	require.Eventually(t, func() bool {
		pending, err := p.Pending(n.within())
		return err == nil && len(pending) == 0
	}, soon, checkEvery, "packets still wait")
}

// balance is what a named account has.
func (n *net) balance(end int, name, denom string) int64 {
	n.t.Helper()
	got, err := banktypes.NewQueryClient(n.ends[end].Chain.At(0)).Balance(n.within(),
		&banktypes.QueryBalanceRequest{Address: testchain.Address(name), Denom: denom})
	require.NoError(n.t, err)
	return got.Balance.Amount.Int64()
}

// voucher is the denomination of from's stake on the other chain.
func (n *net) voucher(from int) string {
	there := n.channel.Ends[1-from]
	return transfertypes.ParseDenomTrace(transfertypes.GetPrefixedDenom(there.Port, there.Channel, testchain.Denom)).IBCDenom()
}

// watch counts how many messages of each action were submitted, and transactions that were refused.
type watch struct {
	mu      sync.Mutex
	stages  map[ibcpath.Stage]int
	longest time.Duration // from seen to ended
	batches int
	failed  int
	aside   map[string]string
}

func (w *watch) observe(o *ibcpath.Options) {
	w.stages, w.aside = map[ibcpath.Stage]int{}, map[string]string{}
	o.Observer = ibcpath.Observer{
		Progress: func(p ibcpath.Progress) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.stages[p.Stage]++
			w.longest = max(w.longest, p.Total)
		},
		Batch: func(b ibcpath.Batch) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.batches++
			if b.Err != nil {
				w.failed++
			}
		},
		Aside: func(key ibcpath.PacketKey, reason string, _ time.Time) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.aside[strconv.FormatUint(key.Sequence, 10)] = reason
		},
	}
}

func (w *watch) stage(s ibcpath.Stage) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stages[s]
}

func (w *watch) refusals() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *watch) reason(sequence uint64) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.aside[strconv.FormatUint(sequence, 10)]
}

func (w *watch) slowest() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.longest
}
