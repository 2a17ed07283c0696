package ledgerlink

import (
	"context"
	"encoding/hex"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

const (
	usd      = "usd"
	takeover = 10 * time.Minute // of hub time, which passes as a test says
	prepare  = 50 * time.Minute
	patience = 30 * time.Second // of this machine
)

// stage is a real hub with one ledger of three notaries, two of whom count, and that ledger in memory.
type stage struct {
	t      *testing.T
	node   *apptest.Node
	client *hubclient.Client
	books  *memory.Ledger
	ledger *watched // the same, as the links see it
	all    []string // notaries

	mu     sync.Mutex
	blocks map[string]chan hubclient.Block
}

// watched counts what reaches the ledger, and turns calls away while a test says so.
type watched struct {
	sdk.Ledger
	holds, posts, voids, refusals, lookups, keys atomic.Int64
	down, keyless                                atomic.Bool
}

var errDown = sdk.Errorf(sdk.Unavailable, "the ledger is down")

func (w *watched) ConsentKey(ctx context.Context, a sdk.Account) (sdk.PublicKey, error) {
	w.keys.Add(1)
	if w.keyless.Load() {
		return sdk.PublicKey{}, errDown
	}
	return w.Ledger.ConsentKey(ctx, a)
}

func (w *watched) Hold(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	w.holds.Add(1)
	return w.Ledger.Hold(ctx, o)
}

func (w *watched) Refuse(ctx context.Context, o sdk.HoldOrder) (sdk.Entry, error) {
	w.refusals.Add(1)
	return w.Ledger.Refuse(ctx, o)
}

func (w *watched) Post(ctx context.Context, o sdk.PostOrder) (sdk.Entry, error) {
	w.posts.Add(1)
	return w.Ledger.Post(ctx, o)
}

func (w *watched) Void(ctx context.Context, o sdk.VoidOrder) (sdk.Entry, error) {
	w.voids.Add(1)
	return w.Ledger.Void(ctx, o)
}

func (w *watched) Lookup(ctx context.Context, id order.EntryID) (sdk.Entry, error) {
	w.lookups.Add(1)
	if w.down.Load() {
		return sdk.Entry{}, errDown
	}
	return w.Ledger.Lookup(ctx, id)
}

// hubGenesis has the stage's ledger, whose notaries sign attestations and transactions with one key, as they do in life.
func hubGenesis() *apptest.Genesis {
	g := apptest.NewGenesis()
	g.Ledger(usd, 3, 2)
	l := &g.Bridge.Ledgers[len(g.Bridge.Ledgers)-1]
	l.TakeoverDelay = takeover
	for i, n := range l.Notaries {
		l.Notaries[i].PublicKey = apptest.HubKey(n.Id).PubKey().Bytes()
		g.Participant(n.Id, compliance.ROLE_RELAYER)
	}
	g.Currency("USD", 2, usd, bridge.HubLedger)
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Participant("issuer", compliance.ROLE_ISSUER)
	g.Account("bank-a", usd, "acct-a", "USD")
	g.Account("bank-b", usd, "acct-b", "USD")
	g.Issuer("issuer", "USD", 1_000_000)
	return g
}

// newStage opens the ledger with the key that it has on file for the payer.
func newStage(t *testing.T, payerKey []byte) *stage {
	s := &stage{t: t, all: []string{"usd-1", "usd-2", "usd-3"}, blocks: map[string]chan hubclient.Block{}}
	s.node = apptest.New(t, hubGenesis()).Serve(s.tell)
	var err error
	s.client, err = hubclient.Dial(t.Context(), hubclient.Node{GRPC: s.node.Address}, apptest.ChainID)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.client.Close() })
	s.books, err = memory.New(memory.Config{Ledger: usd, Accounts: []memory.AccountConfig{
		{ID: "acct-a", Currency: "USD", BalanceMinor: 1000, ConsentKey: hex.EncodeToString(payerKey)},
		{ID: "acct-b", Currency: "USD"},
	}})
	require.NoError(t, err)
	checked, err := sdk.Check(t.Context(), s.books)
	require.NoError(t, err)
	s.ledger = &watched{Ledger: checked}
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) }) // after the links have stopped
	return s
}

func payerKey() []byte { return apptest.ConsentKey(usd, "acct-a").PubKey().Bytes() }

// tell gives a new block to every link.
func (s *stage) tell(height int64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.blocks {
		select {
		case <-ch:
		default:
		}
		ch <- hubclient.Block{Height: height, Time: at}
	}
}

// hub is the hub as a notary sees it.
func (s *stage) hub(notary string) *Node {
	var n *Node
	s.node.Do(func(c *apptest.Chain) {
		var err error
		n, err = NewNode(s.client, c.Keyring(notary), notary, usd, notary)
		require.NoError(s.t, err)
	})
	return n
}

// run starts a notary's link with nothing but its key. It runs until stop or the test's end.
func (s *stage) run(notary string, hub HubNode) (r *Report, stop func()) {
	r = NewReport(Config{Ledger: usd, Notary: notary}, prometheus.NewRegistry())
	blocks := make(chan hubclient.Block, 1)
	s.mu.Lock()
	s.blocks[notary] = blocks
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	link := &Link{Hub: hub, Ledger: s.ledger, CallTimeout: patience, Log: slog.New(slog.DiscardHandler), Report: r}
	go func() {
		defer close(ended)
		_ = link.Run(ctx, blocks) // it has no error
	}()
	stop = func() { cancel(); <-ended }
	s.t.Cleanup(stop)
	return r, stop
}

// runAll starts every notary's link.
func (s *stage) runAll() (stop func()) {
	var stops []func()
	for _, n := range s.all {
		_, stop := s.run(n, s.hub(n))
		stops = append(stops, stop)
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// body is a settlement of one leg: 100 from acct-a to acct-b.
func (s *stage) body(reference string) order.Body {
	var b order.Body
	s.node.Do(func(c *apptest.Chain) {
		b = order.Body{
			ChainID: c.ID(), Proposer: apptest.Address("bank-a").String(), Reference: reference, Pivot: order.NoLeg,
			PrepareDeadlineUnixNs: uint64(c.Now().Add(prepare).UnixNano()),
			Legs:                  []order.Leg{{Ledger: usd, Payer: "acct-a", Payee: "acct-b", Currency: "USD", AmountMinor: 100, PaidBy: order.NoLeg}},
		}
	})
	return b
}

func proposal(b order.Body) *settlement.MsgPropose {
	m := &settlement.MsgPropose{Proposer: b.Proposer, Body: b.Encode()}
	for i := range b.Legs {
		m.Consents = append(m.Consents, apptest.SignConsent(b, i))
	}
	return m
}

// propose has the hub order a hold.
func (s *stage) propose(reference string) order.Body {
	b := s.body(reference)
	s.node.Do(func(c *apptest.Chain) { c.MustRunTx("bank-a", proposal(b)) })
	return b
}

// await makes blocks, a moment of hub time apart, until a condition holds.
func (s *stage) await(what string, condition func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !condition(); <-tick.C {
		if time.Now().After(end) {
			s.t.Fatalf("%s did not come about", what)
		}
		s.node.NextBlock(time.Millisecond)
	}
}

// blocksLater makes some blocks, and waits until a link has read the hub after the last of them.
func (s *stage) blocksLater(n int64, r *Report) {
	s.t.Helper()
	from := r.Status().(State).Height
	s.await("a reading of the hub", func() bool { return r.Status().(State).Height >= from+n })
}

func (s *stage) state(b order.Body) settlement.State {
	res, err := settlement.NewQueryClient(s.client.Conn()).Settlement(context.Background(), &settlement.QuerySettlementRequest{SettlementId: b.ID().String()})
	require.NoError(s.t, err)
	return res.Settlement.Settlement.State
}

func (s *stage) awaitState(b order.Body, want settlement.State) {
	s.t.Helper()
	s.await(want.String(), func() bool { return s.state(b) == want })
}

// words are what the notaries have said of an instruction, by notary.
func (s *stage) words(number uint64) map[string]bridge.Vote {
	res, err := bridge.NewQueryClient(s.client.Conn()).Instruction(context.Background(), &bridge.QueryInstructionRequest{Ledger: usd, Number: number})
	require.NoError(s.t, err)
	said := map[string]bridge.Vote{}
	for _, v := range res.Votes {
		said[v.Notary] = v
	}
	return said
}

// paid checks the ledger's books: so many payments of 100 have happened, and nothing is held.
func (s *stage) paid(times uint64) {
	s.t.Helper()
	a, err := s.books.Balance(context.Background(), "acct-a")
	require.NoError(s.t, err)
	b, err := s.books.Balance(context.Background(), "acct-b")
	require.NoError(s.t, err)
	require.Equal(s.t, []uint64{1000 - 100*times, 0, 100 * times}, []uint64{a.AvailableMinor, a.HeldMinor, b.AvailableMinor})
}
