package ledgerlink

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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
