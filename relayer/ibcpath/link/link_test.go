package link_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	controllertypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/controller/types"
	icatypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/types"
	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	commitmenttypes "github.com/cosmos/ibc-go/v8/modules/core/23-commitment/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	ibcmock "github.com/cosmos/ibc-go/v8/testing/mock"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

var (
	transfer = link.Spec{Ports: [2]string{"transfer", "transfer"}, Version: "ics20-1"}
	mock     = link.Spec{Ports: [2]string{ibcmock.ModuleName, ibcmock.ModuleName}, Version: ibcmock.Version, Ordered: true}
	fresh    = link.Spec{Ports: [2]string{"transfer", "transfer"}, Version: "ics20-1", Fresh: true}
)

// sides are two real chains, and a path that the first test made between them.
type sides struct {
	nodes [2]*testchain.Node
	ends  [2]ibcpath.End // chains alone
	path  link.Result
}

func TestLinking(t *testing.T) {
	t.Parallel()
	s := &sides{nodes: [2]*testchain.Node{testchain.Start(t, "first-1"), testchain.Start(t, "second-1")}}
	for side, node := range s.nodes {
		s.ends[side].Chain = open(t, node, testchain.Relayer(0))
	}
	for _, each := range []struct {
		name string
		test func(*sides, context.Context, *testing.T)
	}{
		{"from nothing takes seven transactions", (*sides).fromNothing},
		{"again does nothing", (*sides).again},
		{"goes on where it was left, from either chain", (*sides).goesOn},
		{"two inits that cross each other make one path", (*sides).crossing},
		{"two relayers at once make one path", (*sides).together},
		{"an ordered channel, and how it is closed", (*sides).orderedAndClosed},
		{"an interchain account's channel is picked up", (*sides).interchainAccount},
		{"a delay makes another connection", (*sides).delayed},
		{"a port that nobody is bound to is named, and the connection is open all the same", (*sides).unboundPort},
		{"an application's refusal says what to do", (*sides).refusals},
	} {
		if !t.Run(each.name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			each.test(s, ctx, t)
		}) {
			return // the next ones build on it
		}
	}
}

func (s *sides) fromNothing(ctx context.Context, t *testing.T) {
	var did [][]string
	made, err := link.Link(ctx, s.ends, transfer, func(p link.Progress) { did = append(did, append([]string{p.Chain}, p.Did...)) })
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"second-1", "create client"},
		{"first-1", "create client", "connection init"},
		{"second-1", "update client", "connection try"},
		{"first-1", "update client", "connection ack", "channel init"},
		{"second-1", "update client", "connection confirm", "channel try"},
		{"first-1", "update client", "channel ack"},
		{"second-1", "update client", "channel confirm"},
	}, did)
	require.Equal(t, 7, made.Transactions)
	requireOpen(ctx, t, made)
	s.path = made
}

func (s *sides) again(ctx context.Context, t *testing.T) {
	for name, ends := range map[string][2]ibcpath.End{
		"by its ids":             s.path.Ends,
		"by what the chains say": s.ends,
		"by one connection":      {{Chain: s.ends[0].Chain, ConnectionID: s.path.Ends[0].ConnectionID}, {Chain: s.ends[1].Chain}},
	} {
		again, err := link.Link(ctx, ends, transfer, nil)
		require.NoError(t, err, name)
		require.Zero(t, again.Transactions, name)
		require.Equal(t, s.path.Ends, again.Ends, name)
		require.Equal(t, s.path.Channel, again.Channel, name)
	}
}

// goesOn stops a relayer after each number of transactions; another one that knows the clients alone, and calls the second chain
// the first, does the rest.
func (s *sides) goesOn(ctx context.Context, t *testing.T) {
	for stopAfter := 1; stopAfter < 7; stopAfter++ {
		stopping, stop := context.WithCancel(ctx)
		done := 0
		half, err := link.Link(stopping, s.ends, fresh, func(link.Progress) {
			if done++; done == stopAfter {
				stop()
			}
		})
		require.ErrorIs(t, err, context.Canceled)
		swapped := [2]ibcpath.End{
			{Chain: s.ends[1].Chain, ClientID: half.Ends[1].ClientID}, {Chain: s.ends[0].Chain, ClientID: half.Ends[0].ClientID},
		}
		rest, err := link.Link(ctx, swapped, fresh, nil)
		require.NoError(t, err, "after %d", stopAfter)
		require.Equal(t, 7, stopAfter+rest.Transactions, "nothing is done twice")
		requireOpen(ctx, t, rest)
	}
}

func (s *sides) crossing(ctx context.Context, t *testing.T) {
	const delay = 2 * time.Second // a connection that no other test opened
	user := testchain.Address(testchain.User(0))
	for side, node := range s.nodes {
		node.Send(testchain.User(0), connectiontypes.NewMsgConnectionOpenInit(s.path.Ends[side].ClientID, s.path.Ends[1-side].ClientID,
			commitmenttypes.NewMerklePrefix([]byte("ibc")), nil, uint64(delay), user))
	}
	connected, err := link.Link(ctx, s.withoutConnections(), link.Spec{Delay: delay}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, connected.Transactions)
	for side, node := range s.nodes {
		node.Send(testchain.User(0), channeltypes.NewMsgChannelOpenInit("transfer", "ics20-1", channeltypes.UNORDERED,
			[]string{connected.Ends[side].ConnectionID}, "transfer", user))
	}
	spec := transfer
	spec.Delay = delay
	made, err := link.Link(ctx, connected.Ends, spec, nil)
	require.NoError(t, err)
	require.Equal(t, 3, made.Transactions)
	requireOpen(ctx, t, made)
}

func (s *sides) together(ctx context.Context, t *testing.T) {
	var made [2]link.Result
	failed := make(chan error, 2)
	for i := range made {
		ends := s.path.Ends
		for side := range ends {
			ends[side].Chain = open(t, s.nodes[side], testchain.Relayer(1+i))
			ends[side].ConnectionID = ""
		}
		go func() {
			var err error
			made[i], err = link.Link(ctx, ends, link.Spec{Ports: transfer.Ports, Version: "ics20-1", Delay: time.Nanosecond}, nil)
			failed <- err
		}()
	}
	for range made {
		require.NoError(t, <-failed)
	}
	require.Equal(t, made[0].Channel, made[1].Channel)
	requireOpen(ctx, t, made[0])
}

func (s *sides) orderedAndClosed(ctx context.Context, t *testing.T) {
	made, err := link.Link(ctx, s.path.Ends, mock, nil)
	require.NoError(t, err)
	requireOpen(ctx, t, made)
	require.Equal(t, 4, made.Transactions)
	count, err := link.Close(ctx, made.Ends, made.Channel, nil)
	require.NoError(t, err)
	require.Equal(t, 2, count)
	count, err = link.Close(ctx, made.Ends, made.Channel, nil)
	require.NoError(t, err)
	require.Zero(t, count, "closed already")
	another, err := link.Link(ctx, s.path.Ends, mock, nil)
	require.NoError(t, err)
	require.NotEqual(t, made.Channel, another.Channel, "a closed channel is none")
	_, err = link.Close(ctx, s.path.Ends, s.path.Channel, nil)
	require.ErrorContains(t, err, "does not let its channels be closed")
}

func (s *sides) interchainAccount(ctx context.Context, t *testing.T) {
	owner := testchain.Address(testchain.User(1))
	port, err := icatypes.NewControllerPortID(owner)
	require.NoError(t, err)
	spec := link.Spec{Ports: [2]string{port, icatypes.HostPortID}, Ordered: true}
	_, err = link.Link(ctx, s.path.Ends, spec, nil)
	require.ErrorContains(t, err, "MsgRegisterInterchainAccount")
	s.nodes[0].Send(testchain.User(1), controllertypes.NewMsgRegisterInterchainAccountWithOrdering(s.path.Ends[0].ConnectionID,
		owner, "", channeltypes.ORDERED))
	made, err := link.Link(ctx, s.path.Ends, spec, nil)
	require.NoError(t, err)
	requireOpen(ctx, t, made)
	require.Equal(t, 3, made.Transactions)
}

func (s *sides) delayed(ctx context.Context, t *testing.T) {
	made, err := link.Link(ctx, s.withoutConnections(), link.Spec{Delay: time.Second}, nil)
	require.NoError(t, err)
	require.Equal(t, 4, made.Transactions)
	require.NotEqual(t, s.path.Ends[0].ConnectionID, made.Ends[0].ConnectionID)
	_, err = link.Link(ctx, s.path.Ends, link.Spec{Delay: time.Second}, nil)
	require.ErrorContains(t, err, "does not belong to clients", "a connection that was named is not silently left for another")
}

// withoutConnections names the path's clients alone.
func (s *sides) withoutConnections() [2]ibcpath.End {
	ends := s.path.Ends
	ends[0].ConnectionID, ends[1].ConnectionID = "", ""
	return ends
}

func (s *sides) unboundPort(ctx context.Context, t *testing.T) {
	spec := link.Spec{Ports: [2]string{"nowhere", "transfer"}, Delay: time.Minute}
	made, err := link.Link(ctx, s.withoutConnections(), spec, nil)
	require.ErrorContains(t, err, "no application of the chain is bound to that port")
	require.ErrorContains(t, err, "port nowhere")
	opened, err := link.Link(ctx, made.Ends, link.Spec{Delay: time.Minute}, nil)
	require.NoError(t, err)
	require.Zero(t, opened.Transactions)
}

func (s *sides) refusals(ctx context.Context, t *testing.T) {
	_, err := link.Link(ctx, s.path.Ends, link.Spec{Ports: transfer.Ports, Version: "ics20-1", Ordered: true}, nil)
	require.ErrorContains(t, err, "the application wants the other order")
	_, err = link.Link(ctx, s.path.Ends, link.Spec{Ports: transfer.Ports, Version: "ics20-99"}, nil)
	require.ErrorContains(t, err, "--version")
	ends := s.path.Ends
	ends[0].ClientID = "07-tendermint-999"
	_, err = link.Link(ctx, ends, transfer, nil)
	require.ErrorContains(t, err, `client "07-tendermint-999" on first-1`)
	_, err = link.Close(ctx, s.path.Ends, ibcpath.Channel{Ends: [2]ibcpath.ChannelEnd{{Port: "transfer", Channel: "channel-99"}, s.path.Channel.Ends[1]}}, nil)
	require.ErrorContains(t, err, "first-1 has no channel channel-99 on port transfer")
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

// requireOpen checks on both chains that the channel is open.
func requireOpen(ctx context.Context, t *testing.T, made link.Result) {
	t.Helper()
	for side, end := range made.Channel.Ends {
		raw, err := made.Ends[side].Chain.Value(ctx, host.ChannelKey(end.Port, end.Channel), 0)
		require.NoError(t, err)
		var channel channeltypes.Channel
		require.NoError(t, channel.Unmarshal(raw))
		require.Equal(t, channeltypes.OPEN, channel.State)
		require.Equal(t, made.Channel.Ends[1-side].Channel, channel.Counterparty.ChannelId)
		require.Equal(t, []string{made.Ends[side].ConnectionID}, channel.ConnectionHops)
	}
}
