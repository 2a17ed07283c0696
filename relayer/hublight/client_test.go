package hublight

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/privval"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	rpctypes "github.com/cometbft/cometbft/rpc/jsonrpc/types"
	cmttypes "github.com/cometbft/cometbft/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/testchain"
)

const patience = 20 * time.Second

// supplyKey is the bank's record of how much there is of the test chain's coin: a value that is always there.
var supplyKey = append(banktypes.SupplyKey.Bytes(), testchain.Denom...)

// stand is a chain with two nodes, as the client sees it: the first may lie, the second is honest.
type stand struct {
	t      *testing.T
	chain  *testchain.Node
	liar   *proxy
	honest *proxy
	file   string
	log    *lines
}

// lines is a log to look into.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newStand(t *testing.T, chain *testchain.Node) *stand {
	s := &stand{
		t: t, chain: chain, liar: behind(t, chain.RPC), honest: behind(t, chain.RPC),
		file: filepath.Join(t.TempDir(), "trust.json"), log: &lines{},
	}
	block, err := Offered(t.Context(), Node{Name: "n", RPC: chain.RPC}, chain.ChainID, 1)
	require.NoError(t, err)
	require.NoError(t, InitTrust(s.file, block, false))
	return s
}

func (s *stand) config() Config {
	return Config{
		ChainID: s.chain.ChainID, TrustFile: s.file, Log: slog.New(slog.NewTextHandler(s.log, nil)), Metrics: prometheus.NewRegistry(),
		Nodes: []Node{{Name: "first", RPC: s.liar.RPC}, {Name: "second", RPC: s.honest.RPC}},
	}
}

func (s *stand) open() *Client {
	s.t.Helper()
	c, err := Open(s.config())
	require.NoError(s.t, err)
	return c
}

// follow follows until the test ends.
func (s *stand) follow(c *Client) (next func() int64) {
	ctx, cancel := context.WithCancel(context.Background())
	blocks := c.Follow(ctx)
	s.t.Cleanup(func() {
		cancel()
		for range blocks { //nolint:revive // until it is closed
		}
	})
	return func() int64 {
		select {
		case b := <-blocks:
			return b.Height
		case <-time.After(patience):
			s.t.Fatalf("no block is believed: %s", s.log)
			return 0
		}
	}
}

func (s *stand) health(c *Client, node int) NodeHealth { return c.Health().Nodes[node] }

func (s *stand) until(what string, condition func() bool) {
	s.t.Helper()
	require.Eventually(s.t, condition, patience, 5*time.Millisecond, what)
}

func (s *stand) supply(c *Client) (orderproof.Membership, error) {
	b, err := c.Believed()
	require.NoError(s.t, err)
	return c.Prove(s.t.Context(), b.Height, banktypes.StoreKey, supplyKey)
}

func TestHeadersAndValuesAreVerified(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	c := s.open()
	var latest *cmttypes.LightBlock
	s.until("some blocks", func() (more bool) {
		var err error
		latest, err = c.Latest(t.Context())
		return err == nil && latest.Height > 3
	})
	m, err := c.Prove(t.Context(), latest.Height, banktypes.StoreKey, supplyKey)
	require.NoError(t, err)
	require.NoError(t, m.Verify(latest.AppHash))
	_, err = c.Prove(t.Context(), latest.Height, banktypes.StoreKey, []byte("no such key"))
	require.ErrorIs(t, err, ErrAbsent)
	_, err = c.Prove(t.Context(), latest.Height+1000, banktypes.StoreKey, supplyKey)
	require.ErrorContains(t, err, "is not among those that are believed now")
	var answer banktypes.QuerySupplyOfResponse
	require.NoError(t, c.Read(t.Context(), func(ctx context.Context, state *State) error {
		require.Contains(t, []string{"first", "second"}, state.Node())
		return state.Query(ctx, "/cosmos.bank.v1beta1.Query/SupplyOf", &banktypes.QuerySupplyOfRequest{Denom: testchain.Denom}, &answer)
	}))
	require.True(t, answer.Amount.Amount.IsPositive())
	for i, name := range []string{"first", "second"} {
		require.Equal(t, []string{name, "ok"}, []string{s.health(c, i).Name, s.health(c, i).State})
	}
	require.Greater(t, c.Health().TrustLeft, float64(13*24*3600))
}

func TestAPathLeadsFromAnyRoot(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	c := s.open()
	next := s.follow(c)
	for next() < 5 {
	}
	latest, err := c.Believed()
	require.NoError(t, err)
	params := orderproof.Params{ChainID: "hub-1", TrustingPeriod: time.Hour, MaxClockDrift: time.Second}
	for _, from := range []int64{2, latest.Height - 1, latest.Height} {
		block, err := Offered(t.Context(), c.peers[0].Node, "", from)
		require.NoError(t, err)
		root := orderproof.NewRoot(block.Header)
		p, err := c.Path(t.Context(), root, latest.Height)
		require.NoError(t, err)
		header, err := p.Verify(params, root, time.Now())
		require.NoError(t, err)
		require.Equal(t, latest.Hash(), header.Hash())
	}
	_, err = c.Path(t.Context(), orderproof.Root{Height: 2, Hash: make([]byte, 32)}, latest.Height)
	require.ErrorContains(t, err, "as the ledger believes")
}

func TestFollowingGoesOnAfterARestartFromTheTrustFile(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	ctx, cancel := context.WithCancel(t.Context())
	c := s.open()
	blocks := c.Follow(ctx)
	var last int64
	for b := range blocks {
		if last = b.Height; last > 5 {
			break
		}
	}
	cancel()
	for range blocks { //nolint:revive // until it is closed
	}
	require.NoError(t, c.Close())
	again := s.open()
	believed, err := again.Believed()
	require.NoError(t, err)
	require.GreaterOrEqual(t, believed.Height, last)
	require.NoError(t, again.Close())
}

// What a node can do wrong, what is then said of it, and that nothing false is read. The first node is asked first.
func TestALyingNodeIsNamedAndTheNextOneIsUsed(t *testing.T) {
	chain := testchain.Start(t, "hub-1")
	other := testchain.Start(t, "other-1")
	require.NoError(t, chain.Reach(t.Context(), 6)) // the first blocks of a chain prove nothing yet
	old, err := Offered(t.Context(), Node{RPC: chain.RPC}, "", 2)
	require.NoError(t, err)
	for _, row := range []struct {
		name  string
		lie   func(s *stand) func(method string, answer []byte) []byte
		state string
		want  string
	}{
		{"a forged value", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if !strings.Contains(method, "/store/") {
					return answer
				}
				return edit(t, answer, func(r map[string]any) { at(r, "response")["value"] = "OTk5OTk5" })
			}
		}, distrusted, "proof 0 is about another key or value"},
		{"a value of another key", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if !strings.Contains(method, "/store/") {
					return answer
				}
				return edit(t, answer, func(r map[string]any) { at(r, "response")["key"] = "AAAA" })
			}
		}, distrusted, "it answered for 000000"},
		{"no value, without a proof", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if !strings.Contains(method, "/store/") {
					return answer
				}
				return edit(t, answer, func(r map[string]any) { at(r, "response")["value"], at(r, "response")["proofOps"] = nil, nil })
			}
		}, distrusted, "without a proof"},
		{"no value, with the proof of another", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if !strings.Contains(method, "/store/") {
					return answer
				}
				return edit(t, answer, func(r map[string]any) { at(r, "response")["value"] = nil })
			}
		}, distrusted, "is not proved"},
		{"a forged header", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if method != "commit" {
					return answer
				}
				return edit(t, answer, func(r map[string]any) { at(r, "signed_header", "header")["app_hash"] = strings.Repeat("AB", 32) })
			}
		}, distrusted, "does not follow from the believed header"},
		{"headers of another chain", func(s *stand) func(string, []byte) []byte {
			s.liar.ask(other.RPC)
			return nil
		}, distrusted, `a header of chain "other-1"`},
		{"old headers only", func(s *stand) func(string, []byte) []byte {
			return func(method string, answer []byte) []byte {
				if method != "commit" {
					return answer
				}
				return edit(t, answer, func(r map[string]any) {
					raw, err := json.Marshal(map[string]any{"header": old.Header, "commit": old.Commit})
					require.NoError(t, err)
					var signed map[string]any
					require.NoError(t, json.Unmarshal(raw, &signed))
					at(signed, "header")["height"], at(signed, "commit")["height"] = "2", "2"
					r["signed_header"] = signed
				})
			}
		}, "", ""},
		{"nothing at all", func(s *stand) func(string, []byte) []byte {
			return func(string, []byte) []byte { return nil }
		}, "failing", ""},
		{"nonsense", func(s *stand) func(string, []byte) []byte {
			return func(string, []byte) []byte { return []byte("<html>") }
		}, "failing", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStand(t, chain)
			honest, err := Open(Config{ChainID: "hub-1", TrustFile: s.file, Nodes: []Node{{Name: "second", RPC: s.honest.RPC}}})
			require.NoError(t, err)
			s.liar.tell(row.lie(s))
			c := s.open()
			s.until("a new header", func() bool { b, err := c.Latest(t.Context()); return err == nil && b.Height >= 6 })
			var m orderproof.Membership
			s.until("a value", func() bool {
				_, _ = c.Latest(t.Context())
				m, err = s.supply(c)
				return err == nil
			})
			_, err = honest.Latest(t.Context())
			require.NoError(t, err)
			believed, err := c.Believed()
			require.NoError(t, err)
			require.NoError(t, m.Verify(believed.AppHash), "what was read is what the header signs")
			if row.state == "" {
				return
			}
			s.until("named", func() bool {
				_, _ = c.Latest(t.Context())
				_, _ = s.supply(c) // asks the first node too, once it has shown that header
				return s.health(c, 0).State == row.state
			})
			require.Contains(t, s.health(c, 0).Why, row.want)
			require.Equal(t, "second", c.Health().NodeInUse)
			require.Equal(t, "ok", s.health(c, 1).State)
			require.Contains(t, s.log.String(), "node=first")
			require.NotContains(t, s.log.String(), "node=second")
		})
	}
}

func TestANodeThatStaysBehindIsNamedAndAskedLast(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	c := s.open()
	for s.chain.Height() < 4 {
		_, err := c.Latest(t.Context())
		require.NoError(t, err)
	}
	stuck, err := c.Latest(t.Context())
	require.NoError(t, err)
	c.mu.Lock() // as if the first node had shown nothing new for long
	c.peers[0].at = stuck.Time.Add(-time.Hour)
	c.peers[0].height--
	c.mu.Unlock()
	s.liar.tell(func(string, []byte) []byte { return nil })
	s.until("a newer header", func() bool {
		b, err := c.Latest(t.Context())
		return err == nil && b.Height > stuck.Height
	})
	require.Contains(t, s.log.String(), "a hub node is behind")
	require.Equal(t, "second", c.Health().NodeInUse)
}

// Validators that sign two headers of one height have forked the hub; nothing tells which is right.
func TestAForkStopsEverything(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	key := s.chain.Validator().(*privval.FilePV).Key.PrivKey
	s.liar.tell(func(method string, answer []byte) []byte {
		if method != "commit" {
			return answer
		}
		var whole rpctypes.RPCResponse
		require.NoError(t, json.Unmarshal(answer, &whole))
		var res coretypes.ResultCommit
		if whole.Error != nil || cmtjson.Unmarshal(whole.Result, &res) != nil || res.Header.Height < 3 {
			return answer
		}
		res.Header.AppHash = make([]byte, 32)
		res.Commit.BlockID.Hash = res.Header.Hash()
		vote := res.Commit.GetVote(0).ToProto()
		var err error
		res.Commit.Signatures[0].Signature, err = key.Sign(cmttypes.VoteSignBytes("hub-1", vote))
		require.NoError(t, err)
		whole.Result, err = cmtjson.Marshal(res)
		require.NoError(t, err)
		out, err := json.Marshal(whole)
		require.NoError(t, err)
		return out
	})
	c := s.open()
	var err error
	s.until("the fork is seen", func() bool { _, err = c.Latest(t.Context()); return errors.Is(err, ErrForked) })
	require.ErrorContains(t, err, "both signed by the hub's validators")
	_, err = c.Prove(t.Context(), 1, banktypes.StoreKey, supplyKey)
	require.ErrorIs(t, err, ErrForked)
	require.ErrorIs(t, c.Read(t.Context(), nil), ErrForked)
	require.Contains(t, c.Health().Problem, "forked")
	require.NoError(t, c.Close(), "and nothing of it is kept")
	kept, err := LoadTrust(s.file, "hub-1")
	require.NoError(t, err)
	require.Equal(t, int64(1), kept.Height)
}

func TestNobodyIsBelievedWithoutATrustFileOrAfterItsTime(t *testing.T) {
	s := newStand(t, testchain.Start(t, "hub-1"))
	config := s.config()
	config.TrustFile = filepath.Join(t.TempDir(), "none.json")
	_, err := Open(config)
	require.ErrorIs(t, err, ErrNotTrusted)
	config = s.config()
	config.TrustingPeriod, config.Metrics = time.Nanosecond, nil
	c, err := Open(config)
	require.NoError(t, err)
	_, err = c.Latest(t.Context())
	require.ErrorIs(t, err, ErrExpired)
	require.ErrorContains(t, err, "corridor trust init")
	require.NotEmpty(t, c.Health().Problem)
}
