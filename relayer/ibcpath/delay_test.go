package ibcpath_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

// waitsForTheDelay relays over a connection on which a header proves nothing for a second.
func (n *net) waitsForTheDelay(t *testing.T) {
	const delay = time.Second
	linked, err := link.Link(n.within(), n.withoutConnection(), link.Spec{Ports: [2]string{"transfer", "transfer"}, Delay: delay}, nil)
	require.NoError(t, err)
	slow := &net{t: t, nodes: n.nodes, ends: linked.Ends, channel: linked.Channel}
	slow.send(0, 3)
	var w watch
	p := slow.path(w.observe)
	slow.run(t, p)
	slow.send(0, 4)
	slow.send(1, 5)
	slow.settled(t, p)
	require.EqualValues(t, 7, n.balance(1, testchain.User(2), slow.voucher(0)))
	require.Zero(t, w.refusals(), "nothing was sent too early")
	require.Empty(t, w.aside)
	require.GreaterOrEqual(t, w.slowest(), delay)
}

// withoutConnection is the net's ends with their clients alone.
func (n *net) withoutConnection() [2]ibcpath.End {
	ends := n.ends
	ends[0].ConnectionID, ends[1].ConnectionID = "", ""
	return ends
}
