package chain_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	cmtjson "github.com/cometbft/cometbft/libs/json"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	rpctypes "github.com/cometbft/cometbft/rpc/jsonrpc/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/chain"
)

func TestAnEndpointThatDiesIsHiddenByAnother(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	first := behind(t, n.RPC)
	var failures atomic.Int32
	conf := config(n, first.RPC, n.RPC)
	conf.Observer.RPCError = func(string, string) { failures.Add(1) }
	c := open(t, n, conf)
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	first.fail()
	for range 3 {
		_, err := c.Send(t.Context(), pay(1))
		require.NoError(t, err)
	}
	require.Positive(t, failures.Load())
	first.heal()
	asked := first.times("store/ibc/key")
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return first.times("store/ibc/key") > asked
	}, patience, 10*time.Millisecond, "it is used again when it is well")
}

func TestAnEndpointThatLagsIsUsedLast(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	lagging := behind(t, n.RPC)
	lagging.plain = true
	lagging.alter(func(method string, body []byte) []byte {
		if method != "status" {
			return body
		}
		return changed(body, func(answer map[string]any) {
			answer["result"].(map[string]any)["sync_info"].(map[string]any)["latest_block_height"] = "1"
		})
	})
	var lag atomic.Int64
	conf := config(n, lagging.RPC, n.RPC)
	conf.MaxLag = 5
	conf.Observer.Endpoint = func(_, _ string, healthy bool, behind int64) {
		if !healthy {
			lag.Store(behind)
		}
	}
	c := open(t, n, conf)
	reach(t, c, 10)
	require.Eventually(t, func() bool { return lag.Load() > 5 }, patience, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		asked := lagging.times("store/ibc/key")
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return lagging.times("store/ibc/key") == asked
	}, patience, 5*time.Millisecond)
}

func TestAnEndpointOnAnotherChainIsNotUsed(t *testing.T) {
	t.Parallel()
	n, other := testchain.Start(t, "chain-a"), testchain.Start(t, "chain-b")
	wrong := behind(t, other.RPC)
	c := open(t, n, config(n, wrong.RPC, n.RPC))
	_, err := c.Send(t.Context(), pay(1))
	require.NoError(t, err)
	require.Zero(t, wrong.times("broadcast_tx_sync"))
}

// forge makes a header another one: signed by nobody, and in itself consistent.
func forge(body []byte) []byte {
	var answer rpctypes.RPCResponse
	var commit coretypes.ResultCommit
	if json.Unmarshal(body, &answer) != nil || cmtjson.Unmarshal(answer.Result, &commit) != nil || commit.Header == nil {
		return body
	}
	commit.Header.AppHash = make([]byte, 32)
	commit.Commit.BlockID.Hash = commit.Header.Hash()
	forged, err := cmtjson.Marshal(commit)
	if err != nil {
		return body
	}
	answer.Result = forged
	out, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return out
}

func TestAnEndpointThatForgesABlockIsPutAsideUntilItAgrees(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	liar := behind(t, n.RPC)
	var conflicts atomic.Int32
	var healthy atomic.Int32
	conf := config(n, liar.RPC, n.RPC)
	conf.Observer.Conflict = func(string, int64) { conflicts.Add(1) }
	conf.Observer.Endpoint = func(_, _ string, well bool, _ int64) {
		if well {
			healthy.Add(1)
		}
	}
	c := open(t, n, conf)
	require.Eventually(t, func() bool { return healthy.Load() > 8 }, patience, time.Millisecond, "they agreed a few times")
	liar.alter(func(method string, body []byte) []byte {
		if method == "commit" {
			return forge(body)
		}
		return body
	})
	require.Eventually(t, func() bool { return conflicts.Load() > 0 }, patience, time.Millisecond)
	require.Eventually(t, func() bool {
		asked := liar.times("store/ibc/key")
		_, err := c.Prove(t.Context(), [][]byte{there}, reach(t, c, 5)-1)
		return err == nil && liar.times("store/ibc/key") == asked
	}, patience, 5*time.Millisecond, "the signed block is believed")
	liar.heal()
	asked := liar.times("store/ibc/key")
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return liar.times("store/ibc/key") > asked
	}, patience, 5*time.Millisecond, "it is used again when it agrees")
}

// Nothing was ever agreed on, and two endpoints name two blocks.
func TestWhereNothingTellsWhoIsRightNobodyIsBelieved(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	liar := behind(t, n.RPC)
	liar.alter(func(method string, body []byte) []byte {
		if method == "commit" {
			return forge(body)
		}
		return body
	})
	c := open(t, n, config(n, n.RPC, liar.RPC))
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		return errors.Is(err, chain.ErrConflict)
	}, patience, 5*time.Millisecond)
	liar.heal()
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		return err == nil
	}, patience, 5*time.Millisecond)
}

// latest has a proxy claim another newest height than its node's.
func latest(body []byte, of func(int64) int64) []byte {
	return changed(body, func(answer map[string]any) {
		info := answer["result"].(map[string]any)["sync_info"].(map[string]any)
		height, err := strconv.ParseInt(info["latest_block_height"].(string), 10, 64)
		if err == nil {
			info["latest_block_height"] = strconv.FormatInt(of(height), 10)
		}
	})
}

// A fork from long ago: validly signed or not, it does not have the block that all agreed on.
func TestAForkIsNamedHoweverManyBlocksItHas(t *testing.T) {
	t.Parallel()
	for name, claims := range map[string]func(int64) int64{
		"many more": func(height int64) int64 { return height + 1000 },
		"fewer":     func(height int64) int64 { return max(height-5, 2) },
		"far fewer": func(height int64) int64 { return 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := testchain.Start(t, "chain-a")
			liar := behind(t, n.RPC)
			conf := config(n, n.RPC, liar.RPC)
			conf.MaxLag = 8
			c := open(t, n, conf)
			reach(t, c, 12)
			require.Equal(t, []chain.EndpointState{chain.Well, chain.Well}, states(c))
			liar.alter(func(method string, body []byte) []byte {
				switch method {
				case "commit":
					return forge(body)
				case "status":
					return latest(body, claims)
				}
				return body
			})
			require.Eventually(t, func() bool {
				return slices.Equal(states(c), []chain.EndpointState{chain.Well, chain.Contradicts})
			}, patience, 5*time.Millisecond)
			asked := liar.times("store/ibc/key")
			_, err := c.Value(t.Context(), there, 0)
			require.NoError(t, err)
			require.Equal(t, asked, liar.times("store/ibc/key"))
		})
	}
}

// Behind an address that was away there may be another node by now.
func TestAnEndpointThatWasAwayProvesItselfBeforeItIsAskedFirst(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	first := behind(t, n.RPC)
	c := open(t, n, config(n, first.RPC, n.RPC))
	asked := first.times("store/ibc/key")
	require.Eventually(t, func() bool { // both are known to name the same blocks
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return first.times("commit") > 3 && first.times("store/ibc/key") > asked
	}, patience, 5*time.Millisecond)
	first.fail()
	require.Eventually(t, func() bool { return states(c)[0] == chain.Down }, patience, 5*time.Millisecond)
	first.heal()
	first.alter(func(method string, body []byte) []byte {
		if method != "commit" {
			return body
		}
		return []byte(`{"jsonrpc":"2.0","id":0,"error":{"code":-32603,"message":"not now"}}`)
	})
	require.Eventually(t, func() bool { return states(c)[0] == chain.Well }, patience, 5*time.Millisecond)
	asked = first.times("store/ibc/key")
	for range 5 {
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
	}
	require.Equal(t, asked, first.times("store/ibc/key"))
	first.heal()
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return first.times("store/ibc/key") > asked
	}, patience, 5*time.Millisecond)
}

func states(c *chain.Chain) []chain.EndpointState {
	var all []chain.EndpointState
	for _, e := range c.Endpoints() {
		all = append(all, e.State)
	}
	return all
}

func TestAnEndpointThatIsSlowIsAskedAfterAQuickOne(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	slow := behind(t, n.RPC)
	c := open(t, n, config(n, slow.RPC, n.RPC))
	release := make(chan struct{})
	answer := sync.OnceFunc(func() { close(release) })
	defer answer() // a proxy ends when its requests have
	slow.intercept(func(string, http.ResponseWriter) bool {
		<-release
		return false
	})
	require.Eventually(t, func() bool { return states(c)[0] == chain.Slow }, patience, 5*time.Millisecond, "before it answers")
	soon, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := c.Value(soon, there, 0)
	require.NoError(t, err, "the other one is asked")
	answer()
	slow.heal()
	asked := slow.times("store/ibc/key")
	require.Eventually(t, func() bool {
		_, err := c.Value(t.Context(), there, 0)
		require.NoError(t, err)
		return slow.times("store/ibc/key") > asked
	}, patience, 10*time.Millisecond, "it is asked first again when it is quick")
}

func TestAnEndpointThatIsDownSaysWhy(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	first := behind(t, n.RPC)
	c := open(t, n, config(n, first.RPC, n.RPC))
	first.fail()
	require.Eventually(t, func() bool {
		e := c.Endpoints()[0]
		return e.State == chain.Down && e.Err != nil
	}, patience, 5*time.Millisecond)
	first.heal()
	require.Eventually(t, func() bool { return states(c)[0] == chain.Well }, patience, 5*time.Millisecond)
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	t.Parallel()
	n := testchain.Start(t, "chain-a")
	p := behind(t, n.RPC)
	c := open(t, n, config(n, p.RPC))
	p.intercept(func(method string, w http.ResponseWriter) bool {
		if method != "store/ibc/key" {
			return false
		}
		block := make([]byte, 1<<20)
		for range 20 {
			if _, err := w.Write(block); err != nil {
				break
			}
		}
		return true
	})
	_, err := c.Value(t.Context(), there, 0)
	require.ErrorContains(t, err, "the answer is longer than")
}

// changed alters a JSON document.
func changed(body []byte, change func(map[string]any)) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	change(answer)
	out, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return out
}
