package ibcpath_test

import (
	"testing"
	"time"

	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/gogoproto/proto"
	controllertypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/controller/types"
	icatypes "github.com/cosmos/ibc-go/v8/modules/apps/27-interchain-accounts/types"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

// account is an interchain account on the second chain, of user 3 on the first.
type account struct {
	*net
	channel ibcpath.Channel
	address string
}

func (n *net) keepsOrder(t *testing.T) {
	var w watch
	p := n.path(w.observe)
	stop := n.run(t, p)
	a := n.openAccount(t)
	for i := range 6 {
		a.pay(t, int64(i+1), time.Hour) // on a channel that opened while the path runs
	}
	require.Eventually(t, func() bool { return n.balance(1, "nobody", testchain.Denom) == 21 }, soon, checkEvery)
	n.settled(t, p)
	stop()
	require.Zero(t, w.refusals())
	require.Empty(t, w.aside)

	for range 3 {
		a.pay(t, 1, time.Second)
	}
	a.pay(t, 1, time.Hour)
	timedOut := time.Now().Add(1200 * time.Millisecond)
	require.Eventually(t, func() bool { return time.Now().After(timedOut) }, soon, checkEvery)
	var after watch
	p = n.path(after.observe)
	n.run(t, p)
	require.Eventually(t, func() bool { return after.stage(ibcpath.TimedOut) >= 3 }, soon, checkEvery)
	require.EqualValues(t, 21, n.balance(1, "nobody", testchain.Denom), "nothing overtook what timed out")
	require.Eventually(t, func() bool {
		for _, ch := range p.Status().Channels {
			if ch.Ordered && ch.Closed == [2]bool{true, true} {
				return true
			}
		}
		return false
	}, soon, checkEvery, "a timeout closes an ordered channel, and the relayer its other end")
	n.settled(t, p) // what was behind is timed out because of that, long before its own timeout
	require.Equal(t, 4, after.stage(ibcpath.TimedOut))
}

// openAccount opens an interchain account's channel, whose handshake its controller begins, and funds the account.
func (n *net) openAccount(t *testing.T) *account {
	owner := testchain.Address(testchain.User(3))
	asked := n.nodes[0].Send(testchain.User(3), &controllertypes.MsgRegisterInterchainAccount{
		Owner: owner, ConnectionId: n.ends[0].ConnectionID, Ordering: channeltypes.ORDERED,
	})
	for head := range n.ends[0].Chain.Follow(n.within()) { // linking reads the newest block that the chain's reader knows of
		if head.Height >= asked.Height {
			break
		}
	}
	linked, err := link.Link(n.within(), n.ends, link.Spec{Ports: [2]string{"icacontroller-" + owner, icatypes.HostPortID}, Ordered: true}, nil)
	require.NoError(t, err)
	got, err := controllertypes.NewQueryClient(n.ends[0].Chain.At(0)).InterchainAccount(n.within(),
		&controllertypes.QueryInterchainAccountRequest{Owner: owner, ConnectionId: n.ends[0].ConnectionID})
	require.NoError(t, err)
	n.nodes[1].Send(testchain.User(1), &banktypes.MsgSend{
		FromAddress: testchain.Address(testchain.User(1)), ToAddress: got.Address, Amount: stake(1000),
	})
	return &account{net: n, channel: linked.Channel, address: got.Address}
}

// pay has the account pay nobody in particular.
func (a *account) pay(t *testing.T, amount int64, timeout time.Duration) {
	data, err := icatypes.SerializeCosmosTx(a.nodes[0].App.AppCodec(), []proto.Message{
		&banktypes.MsgSend{FromAddress: a.address, ToAddress: testchain.Address("nobody"), Amount: stake(amount)},
	}, icatypes.EncodingProtobuf)
	require.NoError(t, err)
	a.nodes[0].Send(testchain.User(3), &controllertypes.MsgSendTx{
		Owner: testchain.Address(testchain.User(3)), ConnectionId: a.ends[0].ConnectionID, RelativeTimeout: uint64(timeout),
		PacketData: icatypes.InterchainAccountPacketData{Type: icatypes.EXECUTE_TX, Data: data},
	})
}

func stake(amount int64) sdk.Coins { return sdk.NewCoins(sdk.NewInt64Coin(testchain.Denom, amount)) }
