package ibcpath_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// forgetful is a chain whose node has pruned its state, and if it says so its blocks, below a height.
type forgetful struct {
	ibcpath.Chain
	below  int64
	blocks bool
}

var errPruned = errors.New("pruned")

func (f *forgetful) Value(ctx context.Context, key []byte, height int64) ([]byte, error) {
	if height > 0 && height < f.below {
		return nil, errPruned
	}
	return f.Chain.Value(ctx, key, height)
}

func (f *forgetful) Block(ctx context.Context, height int64) (ibcpath.Block, error) {
	if f.blocks && height < f.below {
		return ibcpath.Block{}, errPruned
	}
	return f.Chain.Block(ctx, height)
}

// doesWithoutThePast relays packets of before the oldest state that is there.
func (n *net) doesWithoutThePast(t *testing.T) {
	first := n.send(0, 3)
	require.NoError(t, n.nodes[0].Reach(n.within(), n.nodes[0].Height()+5))
	forgetting := &forgetful{Chain: n.ends[0].Chain, below: n.nodes[0].Height() - 1, blocks: true}
	ends := n.ends
	ends[0].Chain = forgetting
	p := ibcpath.NewPath(ends, n.options())
	stop := n.run(t, p)
	cleared, err := p.Clear(n.within())
	require.NoError(t, err)
	require.Len(t, cleared.Left, 3)
	require.Contains(t, cleared.Left[n.key(0, first).String()], "add a node with history")
	x, err := p.Explain(n.within(), n.key(0, first))
	require.NoError(t, err)
	require.Contains(t, strings.Join(x.Words, " "), "cannot relay it")
	stop()

	forgetting.blocks = false // now only the state is gone: the blocks are read one by one
	p = ibcpath.NewPath(ends, n.options())
	n.run(t, p)
	n.settled(t, p)
}

// forked is a chain whose node shows blocks in which nothing happens, as one on a fork would.
type forked struct {
	ibcpath.Chain
	now atomic.Bool
}

func (f *forked) Block(ctx context.Context, height int64) (ibcpath.Block, error) {
	b, err := f.Chain.Block(ctx, height)
	if f.now.Load() {
		b.Events = nil
	}
	return b, err
}

// findsWhatAForkHid ends packets whose receipts were in blocks that a node on a fork showed otherwise.
func (n *net) findsWhatAForkHid(t *testing.T) {
	fork := &forked{Chain: n.ends[1].Chain}
	ends := n.ends
	ends[1].Chain = fork
	p := ibcpath.NewPath(ends, n.options())
	n.run(t, p)
	n.settled(t, p)
	fork.now.Store(true)
	had := n.balance(1, testchain.User(2), n.voucher(0))
	n.send(0, 3)
	require.Eventually(t, func() bool { return n.balance(1, testchain.User(2), n.voucher(0)) == had+3 }, soon, checkEvery)
	require.NoError(t, n.nodes[1].Reach(n.within(), n.nodes[1].Height()+2)) // the path has read what it was shown
	fork.now.Store(false)
	n.settled(t, p)
}
