package ledgerlink

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/app/apptest"
)

// checking is a ledger that acts on nothing that was not proved to it.
type checking struct {
	sdk.Ledger
	chainID string

	mu     sync.Mutex
	root   orderproof.Root
	number uint64
	proved map[order.Hash]bool
	takes  int
	denied int
}

func (c *checking) Book(context.Context) (sdk.Book, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sdk.Book{ChainID: c.chainID, Height: c.root.Height, Hash: c.root.Hash, Number: c.number}, nil
}

func (c *checking) Take(ctx context.Context, raw []byte) (sdk.Book, error) {
	c.mu.Lock()
	b, err := orderproof.DecodeBatch(raw)
	if err == nil {
		var v orderproof.Verified
		v, err = b.Verify(orderproof.Params{ChainID: c.chainID, TrustingPeriod: time.Hour, MaxClockDrift: time.Second}, usd, c.root, time.Now())
		if err == nil && b.From == c.number+1 {
			c.takes++
			for _, i := range v.Instructions {
				c.proved[order.HashInstruction(i.Raw)] = true
			}
			c.root, c.number = v.Root, v.Number
		}
	}
	if err != nil {
		c.denied++
	}
	c.mu.Unlock()
	if err != nil {
		return sdk.Book{}, sdk.Errorf(sdk.Denied, "%v", err)
	}
	return c.Book(ctx)
}

func (c *checking) may(i order.Instruction) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.proved[order.HashInstruction(i.Encode())] {
		return sdk.Errorf(sdk.Denied, "not proven: take a batch that holds it first")
	}
	return nil
}

func (c *checking) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	if err := c.may(o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return c.Ledger.Hold(ctx, o)
}

func (c *checking) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	if err := c.may(o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return c.Ledger.Post(ctx, o)
}

func (c *checking) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	if err := c.may(o.Instruction); err != nil {
		return sdk.Entry{}, err
	}
	return c.Ledger.Void(ctx, o)
}

// Three notaries bring proofs at once, each for the entries that it leads.
func TestALedgerThatChecksIsProvedEveryOrder(t *testing.T) {
	s := newLightStage(t)
	book := &checking{Ledger: s.ledger.Ledger, chainID: apptest.ChainID, root: s.trusted(), proved: map[order.Hash]bool{}}
	s.ledger.Ledger, s.orders = book, book
	for _, id := range []string{"usd-1", "usd-2", "usd-3"} {
		s.run(id)
	}
	var all []order.Body
	for i := range 6 {
		all = append(all, s.propose(fmt.Sprintf("r-%d", i)))
	}
	for _, b := range all {
		s.settled(b)
	}
	book.mu.Lock()
	defer book.mu.Unlock()
	require.Len(t, book.proved, 12)
	require.Equal(t, uint64(12), book.number)
	require.LessOrEqual(t, book.takes, 12, "one batch a block, not one an instruction")
	require.Equal(t, []int64{6, 6}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()}, "no call was turned away")
}

// A notary that starts late knows the newest record alone, and its proof of that grows old: it proves everything to the ledger all the
// same.
func TestABatchBeginsWhereTheBookEnds(t *testing.T) {
	s := newLightStage(t)
	for _, id := range []string{"usd-1", "usd-2", "usd-3"} {
		s.run(id)
	}
	for i := range 3 {
		s.settled(s.propose(fmt.Sprintf("r-%d", i)))
	}
	node, light := s.notary("usd-3")
	require.NoError(t, node.Check(t.Context()))
	params := orderproof.Params{ChainID: apptest.ChainID, TrustingPeriod: time.Hour, MaxClockDrift: time.Second}
	root := s.trusted()
	for _, row := range []struct {
		name string
		book uint64
		old  bool // the proof of the newest record
	}{{"from the start", 0, false}, {"from the middle", 3, false}, {"with an old proof", 3, true}, {"the newest alone", 5, true}} {
		t.Run(row.name, func(t *testing.T) {
			_, err := light.Latest(t.Context())
			require.NoError(t, err)
			_, err = node.Read(t.Context())
			require.NoError(t, err)
			if row.old {
				node.headAt -= 1000
			}
			raw, err := node.Batch(t.Context(), sdk.Book{ChainID: apptest.ChainID, Height: root.Height, Hash: root.Hash, Number: row.book})
			require.NoError(t, err)
			b, err := orderproof.DecodeBatch(raw)
			require.NoError(t, err)
			require.Equal(t, row.book+1, b.From)
			v, err := b.Verify(params, usd, root, time.Now())
			require.NoError(t, err)
			require.Equal(t, uint64(6), v.Number)
			require.Len(t, v.Instructions, int(6-row.book))
		})
	}
	book := sdk.Book{ChainID: apptest.ChainID, Height: root.Height, Hash: root.Hash, Number: 6}
	_, err := node.Batch(t.Context(), book)
	require.ErrorContains(t, err, "it reads on")
	book.ChainID = "another-1"
	_, err = node.Batch(t.Context(), book)
	require.ErrorContains(t, err, "check hub.chain_id")
}

// A notary that believes its own node proves to the ledger all the same: the ledger believes neither.
func TestANotaryThatBelievesItsNodeProvesToo(t *testing.T) {
	s := newLightStage(t)
	book := &checking{Ledger: s.ledger.Ledger, chainID: apptest.ChainID, root: s.trusted(), proved: map[order.Hash]bool{}}
	s.ledger.Ledger = book
	for _, id := range []string{"usd-1", "usd-2", "usd-3"} {
		keys := s.hub.keys(id)
		node, err := NewNode(s.hub.client, keys, id, usd, id)
		require.NoError(t, err)
		require.NoError(t, node.Check(t.Context()))
		c := Config{Hub: HubConfig{ChainID: apptest.ChainID, RPC: s.hub.RPC, Verify: VerifyNode}, Ledger: usd, Notary: id, Key: KeyConfig{Name: id}}
		log := slog.New(slog.DiscardHandler)
		link := &Link{
			Hub: node, Prover: &ownProver{config: c, client: s.hub.client, keys: keys, log: log}, Orders: book, Ledger: s.ledger,
			CallTimeout: patience, Log: log, Report: NewReport(c, prometheus.NewRegistry()),
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = link.Run(ctx, s.hub.client.Follow(ctx, log)) // it has no error
		}()
		t.Cleanup(func() { cancel(); <-ended })
	}
	s.settled(s.propose("r-1"))
	require.Equal(t, []int64{1, 1}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()})
}
