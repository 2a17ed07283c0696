package relayconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const good = `keyring: {backend: test, dir: /keys}
chains:
  - name: a
    chain_id: chain-a
    rpc: [http://127.0.0.1:26657]
    prefix: cosmos
    gas_price: 0.0025stake
    keys: [relay-0]
  - name: b
    chain_id: chain-b
    rpc: http://127.0.0.1:26667,http://127.0.0.1:26668
    prefix: osmo
    keys: [relay-0, relay-1]
paths:
  - name: a-b
    a: {chain: a, client: 07-tendermint-0, connection: connection-0}
    b: {chain: b, client: 07-tendermint-1, connection: connection-3}
    filter:
      allow:
        - port: transfer
      deny:
        - {channel: channel-7, denom: uatom}
    share: {index: 1, of: 2, delay: 5}
    clear_every: 5m
`

func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "r.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return Load(file)
}

func TestAFileSaysWhatIsRelayed(t *testing.T) {
	c, err := load(t, good)
	require.NoError(t, err)
	require.Equal(t, Config{
		Keyring: Keyring{Backend: "test", Dir: "/keys"}, API: API{Listen: DefaultListen}, File: c.File,
		Chains: []Chain{
			{Name: "a", ChainID: "chain-a", RPC: []string{"http://127.0.0.1:26657"}, Prefix: "cosmos", GasPrice: "0.0025stake", Keys: []string{"relay-0"}},
			{Name: "b", ChainID: "chain-b", RPC: []string{"http://127.0.0.1:26667", "http://127.0.0.1:26668"}, Prefix: "osmo", Keys: []string{"relay-0", "relay-1"}},
		},
		Paths: []Path{{
			Name: "a-b", A: End{"a", "07-tendermint-0", "connection-0"}, B: End{"b", "07-tendermint-1", "connection-3"},
			Filter: Filter{Allow: []Rule{{Port: "transfer"}}, Deny: []Rule{{Channel: "channel-7", Denom: "uatom"}}},
			Share:  Share{Index: 1, Of: 2, Delay: 5}, ClearEvery: 5 * time.Minute,
		}},
	}, c)
	ch, err := c.Chain("chain-b")
	require.NoError(t, err)
	require.Equal(t, "b", ch.Name)
	_, err = c.Chain("x")
	require.ErrorContains(t, err, `there is no chain "x" in `+c.File+": a, b")
	_, err = c.Path("x")
	require.ErrorContains(t, err, "a-b")
	require.True(t, c.Paths[0].Linked())
}

func TestTheKeyringLiesBesideTheFileUnlessItIsNamed(t *testing.T) {
	t.Setenv("CORRIDOR_RELAY_API_LISTEN", "127.0.0.1:1")
	c, err := load(t, strings.Replace(good, ", dir: /keys", "", 1))
	require.NoError(t, err)
	require.Equal(t, filepath.Dir(c.File), c.Keyring.Dir)
	require.Equal(t, "127.0.0.1:1", c.API.Listen, "a variable comes before the file")
}

// Each row changes the good file in one place; the answer names the line and the field, and says what to do.
func TestProblems(t *testing.T) {
	for _, row := range []struct{ name, old, new, want string }{
		{"no chains", good, "paths: []\n", "chains: is missing"},
		{"an unknown field", "    prefix: cosmos\n", "    prefix: cosmos\n    colour: red\n", "r.yaml:7: chains[0].colour: there is no such field"},
		{"a secret", "keyring: {", "keyring: {mnemonic: x, ", "r.yaml:1: keyring.mnemonic: there is no such field"},
		{"no backend of that name", "backend: test", "backend: tset", `r.yaml:1: keyring.backend: "tset" is none of`},
		{"no RPC address", "rpc: [http://127.0.0.1:26657]", "rpc: [tcp://127.0.0.1:26657]", "r.yaml:5: chains[0].rpc[0]: "},
		{"no chain id", "    chain_id: chain-a\n", "", "chains[0].chain_id: is missing"},
		{"no keys", "    keys: [relay-0]\n", "", "chains[0].keys: is missing"},
		{"a key twice", "[relay-0, relay-1]", "[relay-0, relay-0]", `r.yaml:13: chains[1].keys: "relay-0" is there twice`},
		{"no price", "0.0025stake", "cheap!", `r.yaml:7: chains[0].gas_price: "cheap!" is not a gas price; write it like 0.0025stake`},
		{"a chain's name twice", "name: b", "name: a", `r.yaml:9: chains[1].name: "a" is the name of chains[0] too`},
		{"a chain twice", "chain_id: chain-b", "chain_id: chain-a", `r.yaml:10: chains[1].chain_id: "chain-a" is the chain of chains[0] too`},
		{"a name with a slash", "name: a-b", "name: a/b", `r.yaml:15: paths[0].name: "a/b" holds a slash`},
		{"a fee granter of another chain", "    prefix: osmo\n", "    prefix: osmo\n    fee_granter: cosmos1x\n", "chains[1].fee_granter: "},
		{"an end nowhere", "{chain: b,", "{chain: c,", `r.yaml:17: paths[0].b.chain: there is no chain "c" in this file: a, b`},
		{"both ends on one chain", "{chain: b,", "{chain: a,", "paths[0].b.chain: both ends are on a"},
		{"half linked", ", connection: connection-0}", "}", "r.yaml:16: paths[0].a: has some of"},
		{"a share out of range", "index: 1, of: 2", "index: 2, of: 2", "paths[0].share.index: 2 is not below share.of, 2"},
		{"an empty rule", "- port: transfer", "- {}", "r.yaml:20: paths[0].filter.allow[0]: names no packet"},
		{"a rule of another path's chain", "- port: transfer", "- {chain: c}", `r.yaml:20: paths[0].filter.allow[0].chain: "c" is on neither end`},
		{"a bare duration", "clear_every: 5m", "clear_every: 5", "clear_every: 5 is not a duration"},
		{"not an address", "paths:\n", "api: {listen: here}\npaths:\n", `api.listen: `},
	} {
		t.Run(row.name, func(t *testing.T) {
			changed := strings.Replace(good, row.old, row.new, 1)
			require.NotEqual(t, good, changed)
			_, err := load(t, changed)
			require.ErrorContains(t, err, row.want)
		})
	}
}
