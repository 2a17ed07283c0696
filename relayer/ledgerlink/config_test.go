package ledgerlink

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const good = `hub:
  chain_id: corridor-1
  verify: node
  grpc: 127.0.0.1:9090
  rpc: http://127.0.0.1:26657
ledger: usd-rtgs
notary: n1
key:
  name: n1
  backend: test
  dir: /var/lib/corridor/keys
adapter:
  path: /usr/lib/corridor/corridor-adapter-bank
  sha256: ` + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + `
  config: /etc/corridor/bank.yaml
run_dir: /run/corridor
call_timeout: 3s
`

func write(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "link.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestAGoodFileLoadsWithDefaults(t *testing.T) {
	c, err := LoadConfig(write(t, good))
	require.NoError(t, err)
	require.Equal(t, "node", c.Hub.Verify)
	require.Equal(t, 3*time.Second, c.CallTimeout)
}

const light = `hub:
  chain_id: corridor-1
  nodes:
    - {name: own, grpc: "127.0.0.1:9090", rpc: "http://127.0.0.1:26657"}
    - {name: witness, grpc: "10.0.0.2:9090", rpc: "http://10.0.0.2:26657"}
  trust: {file: trust.json}
`

func TestNoNodeIsBelievedUnlessTheFileSaysSo(t *testing.T) {
	rest := good[strings.Index(good, "ledger:"):]
	file := write(t, light+rest)
	c, err := LoadConfig(file)
	require.NoError(t, err)
	require.Equal(t, VerifyLight, c.Hub.Verify)
	require.Len(t, c.Hub.Nodes, 2)
	require.Equal(t, filepath.Join(filepath.Dir(file), "trust.json"), c.Hub.Trust.File)
	require.Equal(t, 14*24*time.Hour, c.Hub.Trust.Period)
	for _, row := range []struct{ name, old, new, want string }{
		{
			"one node", `    - {name: witness, grpc: "10.0.0.2:9090", rpc: "http://10.0.0.2:26657"}` + "\n", "",
			"link.yaml:3: hub.nodes: has 1; verify: light needs at least two: add a node that somebody else runs, as a witness",
		},
		{"the same node twice", "10.0.0.2:26657", "127.0.0.1:26657", "link.yaml:5: hub.nodes[1]: \"http://127.0.0.1:26657\" is node 0's too"},
		{"the same name twice", "witness", "own", "link.yaml:5: hub.nodes[1]: \"own\" is node 0's too"},
		{"no address", `grpc: "10.0.0.2:9090", `, "", "link.yaml: hub.nodes[1].grpc: is missing"},
		{"nothing to begin with", "  trust: {file: trust.json}\n", "", "link.yaml: hub.trust.file: is missing; `corridor trust init --help`"},
		{"too short a time", "{file", "{period: 1s, file", "link.yaml:6: hub.trust.period: 1s is too small"},
		{"a node to believe", "  trust:", "  grpc: \"127.0.0.1:1\"\n  trust:", "link.yaml:6: hub.grpc: is for verify: node"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := LoadConfig(write(t, strings.Replace(light, row.old, row.new, 1)+rest))
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestTheEnvironmentOverridesTheFile(t *testing.T) {
	t.Setenv("CORRIDOR_LEDGER_HUB_GRPC", "127.0.0.1:1")
	t.Setenv("CORRIDOR_LEDGER_CALL_TIMEOUT", "7s")
	c, err := LoadConfig(write(t, good))
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:1", c.Hub.GRPC)
	require.Equal(t, 7*time.Second, c.CallTimeout)
}

// Every complaint names the file, the line and the field.
func TestBadFiles(t *testing.T) {
	for _, row := range []struct{ name, old, new, want string }{
		{"unknown field", "run_dir:", "rundir:", "link.yaml:16: rundir: there is no such field"},
		{"missing field", "notary: n1\n", "", "link.yaml: notary: is missing"},
		{"not an address", "127.0.0.1:9090", "nowhere", `link.yaml:4: hub.grpc: "nowhere" is not host:port`},
		{"not a duration", "3s", "soon", "link.yaml:17: call_timeout"},
		{"too short a timeout", "3s", "3ms", "link.yaml:17: call_timeout: 3ms is too small: want at least 100ms"},
		{"not a backend", "backend: test", "backend: pocket", `link.yaml:10: key.backend: "pocket" is none of`},
		{"no way to verify", "verify: node", "verify: hope", `link.yaml:3: hub.verify: "hope" is none of: light, node`},
		{"no node to believe", "  rpc: http://127.0.0.1:26657\n", "", "link.yaml: hub.rpc: is missing; verify: node believes one node"},
		{"witnesses of a node that is believed", "  rpc:", "  nodes: [{name: a, grpc: \"a:1\", rpc: \"http://a:1\"}]\n  rpc:", "link.yaml:5: hub.nodes: is for verify: light"},
		{"a short hash", "aaaa", "a", "link.yaml:14: adapter.sha256: "},
		{"not YAML", "hub:", "hub: [", "link.yaml"},
		{"two at once, in order", "ledger: usd-rtgs\nnotary: n1", "ledger: ''\nnotry: n1", "link.yaml:7: notry"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := LoadConfig(write(t, strings.Replace(good, row.old, row.new, 1)))
			require.ErrorContains(t, err, row.want)
		})
	}
	_, err := LoadConfig("/does/not/exist.yaml")
	require.ErrorContains(t, err, "/does/not/exist.yaml")
}
