package homes_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/client/flags"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/app/homes"
)

type options map[string]any

func (o options) Get(key string) any { return o[key] }

func newHub(t *testing.T) *app.App {
	return app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true, options{flags.FlagHome: t.TempDir()})
}

// twoNodes is a spec whose homes are below dir.
func twoNodes(dir string) homes.Spec {
	spec := homes.Spec{ChainID: "corridor-test-1", Time: time.Now(), VotingPeriod: "20s", TimeoutCommit: "100ms"}
	for _, name := range []string{"hub-0", "hub-1"} {
		spec.Nodes = append(spec.Nodes, homes.Node{
			Name: name, Home: filepath.Join(dir, name), Operator: hex.EncodeToString(apptest.HubKey(name).Bytes()),
			P2P: "127.0.0.1:1", RPC: "127.0.0.1:2", GRPC: "127.0.0.1:3",
		})
	}
	return spec
}

func TestAllHomesHaveOneGenesis(t *testing.T) {
	hub, spec := newHub(t), twoNodes(t.TempDir())
	require.NoError(t, homes.Make(hub, spec))
	first, err := os.ReadFile(filepath.Join(spec.Nodes[0].Home, "config", "genesis.json"))
	require.NoError(t, err)
	second, err := os.ReadFile(filepath.Join(spec.Nodes[1].Home, "config", "genesis.json"))
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))

	doc, err := genutiltypes.AppGenesisFromFile(filepath.Join(spec.Nodes[0].Home, "config", "genesis.json"))
	require.NoError(t, err)
	require.Equal(t, int64(app.MaxBlockGas), doc.Consensus.Params.Block.MaxGas)
	require.ErrorContains(t, homes.Make(hub, spec), "is a node's home already")
}

// A round without its proposer takes the sum of two waits and must leave the hub near a block a second.
func TestAnAbsentProposerCostsLittleMoreThanASecond(t *testing.T) {
	spec := twoNodes(t.TempDir())
	require.NoError(t, homes.Make(newHub(t), spec))
	for _, n := range spec.Nodes {
		v := viper.New()
		v.SetConfigFile(filepath.Join(n.Home, "config", "config.toml"))
		require.NoError(t, v.ReadInConfig())
		wait := v.GetDuration("consensus.timeout_propose") + v.GetDuration("consensus.timeout_precommit")
		require.Positive(t, wait)
		require.LessOrEqual(t, wait, 1500*time.Millisecond)
		require.Equal(t, 100*time.Millisecond, v.GetDuration("consensus.timeout_commit"), "as the spec says")
	}
}

func TestABadSpecSaysWhatIsWrong(t *testing.T) {
	hub := newHub(t)
	for _, test := range []struct {
		name  string
		spoil func(*homes.Spec)
		want  string
	}{
		{"voting period", func(s *homes.Spec) { s.VotingPeriod = "soon" }, "voting_period"},
		{"timeout commit", func(s *homes.Spec) { s.TimeoutCommit = "1" }, "timeout_commit"},
		{"no node", func(s *homes.Spec) { s.Nodes = nil }, "validators"},
		{"a node without a home", func(s *homes.Spec) { s.Nodes[1].Home = "" }, "node 1 hub-1: name and home are both needed"},
		{"an operator that is no key", func(s *homes.Spec) { s.Nodes[0].Operator = "zz" }, "node 0 hub-0: operator: want the 32 bytes"},
		{"one operator for two nodes", func(s *homes.Spec) { s.Nodes[1].Operator = s.Nodes[0].Operator }, "two validators"},
		{"an unknown module", func(s *homes.Spec) { s.Modules = map[string]json.RawMessage{"mint": nil} }, `"mint" is none of`},
		{"a state that is none", func(s *homes.Spec) { s.Modules = map[string]json.RawMessage{"bridge": []byte("[]")} }, "modules: bridge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec := twoNodes(t.TempDir())
			test.spoil(&spec)
			require.ErrorContains(t, homes.Make(hub, spec), test.want)
		})
	}
}
