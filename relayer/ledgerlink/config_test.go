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
		{"unknown field", "run_dir:", "rundir:", "link.yaml:15: rundir: there is no such field"},
		{"missing field", "notary: n1\n", "", "link.yaml: notary: is missing"},
		{"not an address", "127.0.0.1:9090", "nowhere", `link.yaml:3: hub.grpc: "nowhere" is not host:port`},
		{"not a duration", "3s", "soon", "link.yaml:16: call_timeout"},
		{"too short a timeout", "3s", "3ms", "link.yaml:16: call_timeout: 3ms is too small: want at least 100ms"},
		{"not a backend", "backend: test", "backend: pocket", `link.yaml:9: key.backend: "pocket" is none of`},
		{"light verification is not there yet", "  rpc:", "  verify: light\n  rpc:", `link.yaml:4: hub.verify: "light" is none of: node`},
		{"a short hash", "aaaa", "a", "link.yaml:13: adapter.sha256: "},
		{"not YAML", "hub:", "hub: [", "link.yaml"},
		{"two at once, in order", "ledger: usd-rtgs\nnotary: n1", "ledger: ''\nnotry: n1", "link.yaml:6: notry"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := LoadConfig(write(t, strings.Replace(good, row.old, row.new, 1)))
			require.ErrorContains(t, err, row.want)
		})
	}
	_, err := LoadConfig("/does/not/exist.yaml")
	require.ErrorContains(t, err, "/does/not/exist.yaml")
}
