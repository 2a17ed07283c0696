package ibcpath_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

func TestPacketsAreRelayedBetweenTwoRealChains(t *testing.T) {
	n := newNet(t, link.Spec{})
	t.Run("both ways, those that were there before and those that come", n.relaysBothWays)
	t.Run("a timeout is refunded", n.refundsATimeout)
	if testing.Short() {
		return
	}
	t.Run("one bad packet is set aside and the rest land", n.isolatesABadPacket)
	t.Run("a restart in the middle loses and repeats nothing", n.goesOnAfterARestart)
	t.Run("what the filter denies stays until it is let pass", n.filtersAndClears)
	t.Run("two relayers share and take over", n.shares)
	t.Run("packets from before the oldest state are found in blocks, or it is said what is missing", n.doesWithoutThePast)
	t.Run("what a fork's blocks did not show is found", n.findsWhatAForkHid)
	t.Run("a packet is explained at every step", n.explains)
	t.Run("a connection's delay is waited for", n.waitsForTheDelay)
	t.Run("an ordered channel keeps its order and closes on a timeout", n.keepsOrder)
	t.Run("an application closes its channel under packets", n.closesUnderPackets)
}

func (n *net) relaysBothWays(t *testing.T) {
	n.send(0, 30)
	n.send(1, 20)
	var w watch
	p := n.path(w.observe)
	stop := n.run(t, p)
	n.send(0, 50)
	n.send(1, 50)
	n.settled(t, p)
	require.EqualValues(t, 80, n.balance(1, testchain.User(2), n.voucher(0)))
	require.EqualValues(t, 70, n.balance(0, testchain.User(2), n.voucher(1)))
	require.Eventually(t, func() bool { return w.stage(ibcpath.Acknowledged) == 150 }, soon, checkEvery)
	stop()
	require.Zero(t, w.failed, "no transaction was refused")
	require.Empty(t, w.aside)
}

func (n *net) refundsATimeout(t *testing.T) {
	before := n.balance(0, testchain.User(0), testchain.Denom)
	soonThere := clienttypes.NewHeight(1, uint64(n.nodes[1].Height()+5))
	n.nodes[0].Send(testchain.User(0), n.transfers(0, 5, soonThere)...)
	require.NoError(t, n.nodes[1].Reach(n.within(), int64(soonThere.RevisionHeight)))
	var w watch
	p := n.path(w.observe)
	n.run(t, p)
	n.settled(t, p)
	require.Equal(t, before, n.balance(0, testchain.User(0), testchain.Denom))
	require.Eventually(t, func() bool { return w.stage(ibcpath.TimedOut) == 5 }, soon, checkEvery)
}

// spoiling is a chain whose messages about some packets are spoiled on the way.
type spoiling struct {
	ibcpath.Chain
	mu  sync.Mutex
	bad map[uint64]bool
}

func (s *spoiling) spoil(sequence uint64, bad bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad[sequence] = bad
}

func (s *spoiling) Send(ctx context.Context, build func(string) []sdk.Msg) (ibcpath.Sent, error) {
	return s.Chain.Send(ctx, func(signer string) []sdk.Msg {
		s.mu.Lock()
		defer s.mu.Unlock()
		msgs := build(signer)
		for i, msg := range msgs {
			if recv, is := msg.(*channeltypes.MsgRecvPacket); is && s.bad[recv.Packet.Sequence] {
				spoiled := *recv
				spoiled.ProofCommitment = append([]byte{}, recv.ProofCommitment[:len(recv.ProofCommitment)-2]...)
				msgs[i] = &spoiled
			}
		}
		return msgs
	})
}

func (n *net) isolatesABadPacket(t *testing.T) {
	chain := &spoiling{Chain: n.ends[1].Chain, bad: map[uint64]bool{}}
	ends := n.ends
	ends[1].Chain = chain
	first := n.send(0, 60)
	bad := first + 41
	chain.spoil(bad, true)
	var w watch
	opts := n.options()
	w.observe(&opts)
	p := ibcpath.NewPath(ends, opts)
	n.run(t, p)
	require.Eventually(t, func() bool {
		pending, err := p.Pending(n.within())
		return err == nil && len(pending) == 1 && len(pending[0].Unreceived)+len(pending[0].Unacknowledged) == 1
	}, soon, checkEvery, "the rest land")
	x, err := p.Explain(n.within(), n.key(0, bad))
	require.NoError(t, err)
	require.Contains(t, strings.Join(x.Words, " "), "was refused")
	require.NotEmpty(t, w.reason(bad))
	require.LessOrEqual(t, w.refusals(), 8, "found in log2(60) attempts after the first")
	chain.spoil(bad, false)
	n.settled(t, p)
}

func (n *net) goesOnAfterARestart(t *testing.T) {
	before := n.balance(1, testchain.User(2), n.voucher(0))
	n.send(0, 300)
	var w watch
	first := n.run(t, n.path(w.observe, func(o *ibcpath.Options) { o.Share = ibcpath.Share{Index: 0, Of: 2, After: 1000} }))
	require.Eventually(t, func() bool { return w.stage(ibcpath.Committed) > 0 }, soon, checkEvery)
	first()
	p := n.path()
	n.run(t, p)
	n.settled(t, p)
	require.EqualValues(t, 300, n.balance(1, testchain.User(2), n.voucher(0))-before, "each exactly once")
}

func (n *net) filtersAndClears(t *testing.T) {
	n.send(0, 3)
	p := n.path(func(o *ibcpath.Options) {
		o.Filter.Deny = []ibcpath.Rule{{Sender: testchain.Address(testchain.User(0))}}
	})
	stop := n.run(t, p)
	n.send(0, 2)
	n.send(1, 4)
	cleared, err := p.Clear(n.within())
	require.NoError(t, err)
	require.NotEmpty(t, cleared.Left)
	require.Eventually(t, func() bool {
		pending, err := p.Pending(n.within())
		return err == nil && len(pending) == 1 && len(pending[0].Unreceived) == 5
	}, soon, checkEvery)
	stop()
	cleared, err = n.path().Clear(n.within())
	require.NoError(t, err)
	require.EqualValues(t, 5, cleared.Ended)
	require.Empty(t, cleared.Left)
}

func (n *net) shares(t *testing.T) {
	var paths [2]*ibcpath.Path
	var watches [2]watch
	var stops [2]func()
	for i := range paths {
		ends := n.ends
		for end := range ends {
			ends[end].Chain = n.open(end, i)
		}
		opts := n.options()
		watches[i].observe(&opts)
		opts.Share = ibcpath.Share{Index: i, Of: 2, After: 20}
		paths[i] = ibcpath.NewPath(ends, opts)
		stops[i] = n.run(t, paths[i])
	}
	for range 5 {
		n.send(0, 20)
		n.send(1, 20)
	}
	n.settled(t, paths[0])
	for i := range watches {
		require.Zero(t, watches[i].refusals(), "no transaction of relayer %d was wasted", i)
		require.Positive(t, watches[i].stage(ibcpath.Submitted), "relayer %d had its part", i)
	}
	stops[0]()
	n.send(0, 4)
	n.settled(t, paths[1])
}

func (n *net) explains(t *testing.T) {
	p := n.path()
	words := func(sequence uint64) (ibcpath.Action, string) {
		x, err := p.Explain(n.within(), n.key(0, sequence))
		require.NoError(t, err)
		return x.Decision.Do, strings.Join(x.Words, " ")
	}
	next := n.next(0)
	do, said := words(next)
	require.Equal(t, ibcpath.Nothing, do)
	require.Contains(t, said, "was not sent")
	n.send(0, 1)
	require.Eventually(t, func() bool {
		do, said = words(next)
		return do == ibcpath.Recv
	}, soon, checkEvery)
	require.Contains(t, said, "has not received it")
	n.run(t, p)
	n.settled(t, p)
	require.Eventually(t, func() bool { // it explains by the newest block that it was told of, which may be one behind
		do, said = words(next)
		return do == ibcpath.Nothing
	}, soon, checkEvery)
	require.Contains(t, said, "acknowledged")
	_, err := p.Explain(n.within(), ibcpath.PacketKey{Chain: "elsewhere", Port: "transfer", Channel: "channel-0", Sequence: 1})
	require.ErrorContains(t, err, "this path is between ping-1 and pong-1")
}
