package ledgerlink

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// door stands before a node's RPC and may change what the node says; nil answers nothing at all.
type door struct {
	RPC string

	mu  sync.Mutex
	lie func(method string, answer []byte) []byte
}

func newDoor(t *testing.T, rpc string) *door {
	d := &door{}
	target, err := url.Parse(rpc)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, target) }))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	d.RPC = server.URL
	return d
}

func (d *door) serve(w http.ResponseWriter, r *http.Request, target *url.URL) {
	d.mu.Lock()
	lie := d.lie
	d.mu.Unlock()
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorLog = log.New(io.Discard, "", 0) // whoever stops waiting
	if strings.HasSuffix(r.URL.Path, "/websocket") {
		forward.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var question struct {
		Method string `json:"method"`
		Params struct {
			Path string `json:"path"`
		} `json:"params"`
	}
	_ = json.Unmarshal(body, &question)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Del("Accept-Encoding")
	recorder := httptest.NewRecorder()
	forward.ServeHTTP(recorder, r)
	answer := recorder.Body.Bytes()
	if lie != nil {
		if answer = lie(question.Method+question.Params.Path, answer); answer == nil {
			panic(http.ErrAbortHandler)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func (d *door) tell(lie func(method string, answer []byte) []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lie = lie
}

// onValue makes a lie about the values of one question.
func onValue(path string, change func(value []byte) []byte) func(string, []byte) []byte {
	return func(method string, answer []byte) []byte {
		if method != "abci_query"+path {
			return answer
		}
		var whole map[string]any
		if json.Unmarshal(answer, &whole) != nil {
			return answer // the node is being ended
		}
		result, _ := whole["result"].(map[string]any)
		response, _ := result["response"].(map[string]any)
		text, _ := response["value"].(string)
		value, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return answer
		}
		if response != nil {
			response["value"] = base64.StdEncoding.EncodeToString(change(value))
		}
		out, err := json.Marshal(whole)
		if err != nil {
			return answer
		}
		return out
	}
}

// lightStage is a hub under CometBFT, two doors to its node of which the first may lie, and a ledger of three notaries who believe
// neither.
type lightStage struct {
	t      *testing.T
	hub    *comet
	doors  [2]*door
	books  *memory.Ledger
	ledger *watched
	orders sdk.OrderBook // if set, the ledger checks orders
}

func newLightStage(t *testing.T) *lightStage {
	s := &lightStage{t: t, hub: startComet(t, hubGenesis())}
	s.doors = [2]*door{newDoor(t, s.hub.RPC), newDoor(t, s.hub.RPC)}
	var err error
	s.books, err = memory.New(memory.Config{Ledger: usd, Accounts: []memory.AccountConfig{
		{ID: "acct-a", Currency: "USD", BalanceMinor: 1000, ConsentKey: hex.EncodeToString(payerKey())},
		{ID: "acct-b", Currency: "USD"},
	}})
	require.NoError(t, err)
	checked, err := sdk.Check(t.Context(), s.books)
	require.NoError(t, err)
	s.ledger = &watched{Ledger: checked}
	return s
}

// trusted is a header that is believed from the start.
func (s *lightStage) trusted() orderproof.Root {
	b, err := hublight.Offered(s.t.Context(), hublight.Node{RPC: s.hub.RPC}, apptest.ChainID, 3)
	require.NoError(s.t, err)
	return orderproof.NewRoot(b.Header)
}

// notary opens the hub for a notary.
func (s *lightStage) notary(id string) (*LightNode, *hublight.Client) {
	file := filepath.Join(s.t.TempDir(), "trust.json")
	b, err := hublight.Offered(s.t.Context(), hublight.Node{RPC: s.hub.RPC}, apptest.ChainID, 3)
	require.NoError(s.t, err)
	require.NoError(s.t, hublight.InitTrust(file, b, false))
	light, err := hublight.Open(hublight.Config{
		ChainID: apptest.ChainID, TrustFile: file,
		Nodes: []hublight.Node{{Name: "first", RPC: s.doors[0].RPC}, {Name: "second", RPC: s.doors[1].RPC}},
	})
	require.NoError(s.t, err)
	node, err := NewLightNode(LightConfig{
		Light: light, Clients: map[string]*hubclient.Client{"first": s.hub.client, "second": s.hub.client},
		Keys: s.hub.keys(id), Key: id, Ledger: usd, Notary: id,
	})
	require.NoError(s.t, err)
	return node, light
}

// run starts a notary's link until the test ends.
func (s *lightStage) run(id string) *Report {
	node, light := s.notary(id)
	require.NoError(s.t, node.Check(s.t.Context()))
	r := NewReport(Config{Ledger: usd, Notary: id}, prometheus.NewRegistry())
	r.Hub = light.Health
	link := &Link{Hub: node, Prover: node, Orders: s.orders, Ledger: s.ledger, CallTimeout: patience, Log: slog.New(slog.DiscardHandler), Report: r}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = link.Run(ctx, blocksOf(light.Follow(ctx))) // it has no error
	}()
	s.t.Cleanup(func() { cancel(); <-ended; _ = light.Close() })
	return r
}

func (s *lightStage) propose(reference string) order.Body {
	b := order.Body{
		ChainID: apptest.ChainID, Proposer: apptest.Address("bank-a").String(), Reference: reference, Pivot: order.NoLeg,
		PrepareDeadlineUnixNs: uint64(time.Now().Add(prepare).UnixNano()),
		Legs:                  []order.Leg{{Ledger: usd, Payer: "acct-a", Payee: "acct-b", Currency: "USD", AmountMinor: 100, PaidBy: order.NoLeg}},
	}
	s.hub.send("bank-a", proposal(b))
	return b
}

func (s *lightStage) settled(b order.Body) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		res, err := settlement.NewQueryClient(s.hub.client.Conn()).Settlement(context.Background(), &settlement.QuerySettlementRequest{SettlementId: b.ID().String()})
		return err == nil && res.Settlement.Settlement.State == settlement.STATE_SETTLED
	}, patience, 10*time.Millisecond, "it did not settle")
}

func TestLinksThatBelieveNobodySettle(t *testing.T) {
	s := newLightStage(t)
	r := s.run("usd-1")
	s.run("usd-2")
	s.run("usd-3")
	for _, reference := range []string{"r-1", "r-2", "r-3"} {
		s.settled(s.propose(reference))
	}
	require.Equal(t, []int64{3, 3}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load()}, "only the leading notary acts")
	state := r.Status().(State)
	require.NotNil(t, state.Hub)
	require.Positive(t, state.Hub.Height)
	require.Empty(t, state.Hub.Distrusted)
	require.NoError(t, (&Report{AdapterPID: func() int { return 1 }, read: time.Now()}).Ready())
}

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

// What the first node says falsely, and how it is named. The second one is honest: what the hub ordered happens, once, and nothing
// else does.
func TestALyingNodeMakesNoNotaryAct(t *testing.T) {
	forged := func(record bridge.Record) bridge.Record {
		i, err := order.DecodeInstruction(record.Instruction)
		if err != nil {
			return record
		}
		i.AmountMinor += 900
		record.Instruction = i.Encode()
		return record
	}
	for _, row := range []struct {
		name string
		lie  func(string, []byte) []byte
		want string
	}{
		{"a forged newest record", onValue("/store/bridge/key", func(value []byte) []byte {
			var r bridge.Record
			if r.Unmarshal(value) != nil || r.Instruction == nil {
				return value
			}
			r = forged(r)
			out, _ := r.Marshal()
			return out
		}), "proof 0 is about another key or value"},
		{"an instruction that the hub never gave", onValue("/corridor.bridge.v1.Query/Work", func([]byte) []byte {
			r := bridge.QueryWorkResponse{Records: []bridge.Record{{Ledger: usd, Number: 99}}}
			out, _ := r.Marshal()
			return out
		}), "proved is that there are"},
		{"a forged head", onValue("/store/bridge/key", func(value []byte) []byte {
			if len(value) == 8 {
				return []byte{0, 0, 0, 0, 0, 0, 0, 9}
			}
			return value
		}), "proof 0 is about another key or value"},
		{"work that is left out", onValue("/corridor.bridge.v1.Query/Work", func([]byte) []byte { return nil }), "it leaves out that instruction"},
		{"a consent that was not given", onValue("/store/settlement/key", func(value []byte) []byte { value[len(value)/2] ^= 1; return value }), "proof 0 is about another key or value"},
		{"nothing at all", func(string, []byte) []byte { return nil }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newLightStage(t)
			s.doors[0].tell(row.lie)
			reports := []*Report{s.run("usd-1"), s.run("usd-2"), s.run("usd-3")}
			s.settled(s.propose("r-1"))
			a, err := s.books.Balance(t.Context(), "acct-a")
			require.NoError(t, err)
			require.Equal(t, []uint64{900, 0}, []uint64{a.AvailableMinor, a.HeldMinor})
			require.Equal(t, []int64{1, 1, 0}, []int64{s.ledger.holds.Load(), s.ledger.posts.Load(), s.ledger.refusals.Load()})
			named := 0
			for _, r := range reports {
				hub := r.Status().(State).Hub
				require.Equal(t, "ok", hub.Nodes[1].State)
				if row.want != "" && hub.Nodes[0].State == "distrusted" {
					require.Contains(t, hub.Nodes[0].Why, row.want)
					require.Equal(t, "second", hub.NodeInUse)
					named++
				} else if row.want == "" && hub.Nodes[0].State == "failing" {
					named++
				}
			}
			require.Positive(t, named)
		})
	}
}
