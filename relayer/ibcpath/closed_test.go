package ibcpath_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
	"github.com/cosmos/ibc-go/v8/testing/mock"
	"github.com/cosmos/ibc-go/v8/testing/simapp"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

const underway = 6 // packets when a channel is closed

// closesUnderPackets is about channels without an order that the application of the second chain closes while packets of the first one
// have not ended.
func (n *net) closesUnderPackets(t *testing.T) {
	n.sendsOnOpening(t)
	t.Run("what was not received comes back at once", func(t *testing.T) {
		ch := n.openMock(t)
		n.hears(1, n.closeMock(ch))
		require.Empty(t, n.closesBoth(t, n.ends, ch, ibcpath.TimedOut))
	})
	t.Run("what was received is acknowledged before the other end is closed", func(t *testing.T) {
		ch := n.openMock(t)
		n.carryThere(t)
		n.hears(1, n.closeMock(ch))
		ends := n.ends
		ends[0].Chain = hesitant{ends[0].Chain, n.nodes[0]}
		require.Empty(t, n.closesBoth(t, ends, ch, ibcpath.Acknowledged))
	})
	t.Run("closed while the relayer discovers it", func(t *testing.T) {
		ch := n.openMock(t)
		ends := n.ends
		ends[1].Chain = &surprising{Chain: ends[1].Chain, happen: func() int64 { return n.closeMock(ch) }}
		n.closesBoth(t, ends, ch, ibcpath.TimedOut)
	})
}

// openMock opens another channel, on which packets wait from its first moment on.
func (n *net) openMock(t *testing.T) ibcpath.Channel {
	linked, err := link.Link(n.within(), n.ends, link.Spec{Ports: [2]string{mock.ModuleName, mock.ModuleName}}, nil)
	require.NoError(t, err)
	return linked.Channel
}

// closeMock has the second chain's application close its end, and returns the block.
func (n *net) closeMock(ch ibcpath.Channel) int64 {
	end, who := ch.Ends[1], testchain.Address(testchain.User(1))
	return n.nodes[1].Send(testchain.User(1), channeltypes.NewMsgChannelCloseInit(end.Port, end.Channel, who)).Height
}

// hears waits until the relayer's reader of a chain knows a block.
func (n *net) hears(end int, height int64) {
	ctx, stop := context.WithCancel(n.within())
	defer stop()
	for head := range n.ends[end].Chain.Follow(ctx) {
		if head.Height >= height {
			return
		}
	}
}

// closesBoth relays until both ends are closed and every packet has reached that stage, and returns which were refused on the way.
func (n *net) closesBoth(t *testing.T, ends [2]ibcpath.End, ch ibcpath.Channel, want ibcpath.Stage) map[string]string {
	var w watch
	opts := n.options()
	w.observe(&opts)
	p := ibcpath.NewPath(ends, opts)
	stop := n.run(t, p)
	require.Eventually(t, func() bool {
		for _, each := range p.Status().Channels {
			if each.Ends == ch.Ends {
				return each.Closed == [2]bool{true, true} && w.stage(want) == underway
			}
		}
		return false
	}, soon, checkEvery)
	n.settled(t, p)
	stop()
	return w.aside
}

// sendsOnOpening has the first chain's application send packets as soon as a channel of it opens.
func (n *net) sendsOnOpening(t *testing.T) {
	app := n.nodes[0].App.(*simapp.SimApp)
	send := func(ctx sdk.Context, port, channel string) error {
		may, ok := app.ScopedIBCMockKeeper.GetCapability(ctx, host.ChannelCapabilityPath(port, channel))
		if !ok {
			return errors.New("the application does not own the channel")
		}
		until := uint64(ctx.BlockTime().Add(time.Hour).UnixNano())
		for range underway {
			_, err := app.IBCKeeper.ChannelKeeper.SendPacket(ctx, may, port, channel, clienttypes.ZeroHeight(), until, mock.MockPacketData)
			if err != nil {
				return err
			}
		}
		return nil
	}
	opens := app.IBCMockModule.IBCApp
	opens.OnChanOpenAck = func(ctx sdk.Context, port, channel, _, _ string) error { return send(ctx, port, channel) }
	opens.OnChanOpenConfirm = send
	t.Cleanup(func() { opens.OnChanOpenAck, opens.OnChanOpenConfirm = nil, nil })
}

// deaf is a chain that takes no transaction.
type deaf struct{ ibcpath.Chain }

func (deaf) Send(context.Context, func(string) []sdk.Msg) (ibcpath.Sent, error) {
	return ibcpath.Sent{}, errors.New("it takes none")
}

// carryThere relays what the first chain sent, and none of the acknowledgements.
func (n *net) carryThere(t *testing.T) {
	var w watch
	opts := n.options()
	w.observe(&opts)
	ends := n.ends
	ends[0].Chain = deaf{ends[0].Chain}
	stop := n.run(t, ibcpath.NewPath(ends, opts))
	require.Eventually(t, func() bool { return w.stage(ibcpath.Committed) == underway }, soon, checkEvery)
	stop()
}

// hesitant is a chain that takes acknowledgements late.
type hesitant struct {
	ibcpath.Chain
	node *testchain.Node
}

func (h hesitant) Send(ctx context.Context, build func(string) []sdk.Msg) (ibcpath.Sent, error) {
	const blocks = 10
	for _, msg := range build(h.Addresses()[0]) {
		if _, is := msg.(*channeltypes.MsgAcknowledgement); is {
			if err := h.node.Reach(ctx, h.node.Height()+blocks); err != nil {
				return ibcpath.Sent{}, err
			}
			break
		}
	}
	return h.Chain.Send(ctx, build)
}

// surprising is a chain on which something happens while its channels are listed for the first time, in a state from before, and the
// listing is answered when the relayer has learned from that block.
type surprising struct {
	ibcpath.Chain
	happen func() int64
	once   sync.Once
	asked  atomic.Int64 // the newest block that was asked for
}

func (s *surprising) Block(ctx context.Context, height int64) (ibcpath.Block, error) {
	s.asked.Store(max(s.asked.Load(), height)) // one goroutine of those that read may lose: another block follows
	return s.Chain.Block(ctx, height)
}

func (s *surprising) At(height int64) gogogrpc.ClientConn { return surprise{s.Chain.At(height), s} }

type surprise struct {
	gogogrpc.ClientConn
	of *surprising
}

func (s surprise) Invoke(ctx context.Context, method string, ask, reply any, opts ...grpc.CallOption) error {
	const ahead = 4 // blocks are read before they are learned from
	if strings.HasSuffix(method, "/ConnectionChannels") {
		s.of.once.Do(func() {
			at := s.of.happen()
			tick := time.NewTicker(checkEvery)
			defer tick.Stop()
			for s.of.asked.Load() <= at+ahead && ctx.Err() == nil {
				<-tick.C
			}
		})
	}
	return s.ClientConn.Invoke(ctx, method, ask, reply, opts...)
}
