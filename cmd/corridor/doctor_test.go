package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/checkup"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/relayer/status"
)

// sickNotary writes the file of a notary whose status server runs, and says that it does not do its work; whose key, trust file and
// right adapter are not there; and whose nodes nobody answers for.
func sickNotary(t *testing.T) (file string) {
	dir := t.TempDir()
	adapter := filepath.Join(dir, "adapter")
	require.NoError(t, os.WriteFile(adapter, []byte("another one"), 0o600))
	require.NoError(t, os.Chmod(adapter, 0o620)) // past the umask
	file = filepath.Join(dir, "link.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `
hub:
  chain_id: hub-1
  nodes:
    - {name: a, grpc: "127.0.0.1:1", rpc: "http://127.0.0.1:1"}
    - {name: b, grpc: "127.0.0.1:2", rpc: "http://127.0.0.1:2"}
  trust: {file: trust.json}
ledger: usd
notary: n1
key: {name: n1, backend: test, dir: %[1]s/keys}
adapter: {path: %[1]s/adapter, sha256: "%[2]s", config: none.yaml}
run_dir: %[1]s
status: {listen: "127.0.0.1:0", addr_file: %[1]s/status.addr}
`, dir, strings.Repeat("0", 64)), 0o600))
	c, err := ledgerlink.LoadConfig(file)
	require.NoError(t, err)
	registry := prometheus.NewRegistry()
	report := ledgerlink.NewReport(c, registry)
	report.AdapterPID = func() int { return 7 }
	report.Hub = func() hublight.Health {
		return hublight.Health{Nodes: []hublight.NodeHealth{{Name: "b", State: "distrusted", Why: "it showed a forged header"}}}
	}
	server, err := status.Start(c.Status.Listen, c.Status.AddrFile, report, registry)
	require.NoError(t, err)
	t.Cleanup(func() { server.Close(t.Context()) })
	return file
}

// runDoctor gives the exit code and what was found, by kind.
func runDoctor(t *testing.T, args ...string) (code int, kinds map[string]string) {
	t.Setenv("CORRIDOR_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))
	root := newRootCommand()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs(append([]string{"doctor", "-o", "json"}, args...))
	err := root.ExecuteContext(t.Context())
	var exit exitError
	require.True(t, errors.As(err, &exit), "%v", err)
	var answer struct {
		Findings []struct{ Kind, What, Severity string }
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer), out.String())
	kinds = map[string]string{}
	for _, f := range answer.Findings {
		kinds[f.Kind] += f.What + "\n"
	}
	require.Equal(t, "broken", answer.Findings[0].Severity, "the worst comes first")
	return exit.code, kinds
}

func TestTheDoctorFindsWhatIsWrongThoughNoNodeAnswers(t *testing.T) {
	code, kinds := runDoctor(t, "--notary", sickNotary(t))
	require.Equal(t, exitBroken, code)
	for kind, says := range map[string]string{
		"hub.unreachable":        "none of 2 nodes",
		"question.unanswered":    "the hub's books",
		"notary.not-ready":       "the hub has not been read yet",
		"notary.node-distrusted": "node b is distrusted: it showed a forged header",
		"trust.unusable":         "trust.json",
		"key.missing":            "no such file",
		"key.unprotected":        "for tests",
		"plugin.changed":         "the configuration says 0000",
		"plugin.writable":        "adapter",
	} {
		require.Contains(t, kinds[kind], says, kind)
	}
}

func TestTheDoctorSaysThatANotaryIsDownOrItsFileIsWrong(t *testing.T) {
	file := sickNotary(t)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "status.addr"), []byte("127.0.0.1:1"), 0o600))
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	require.NoError(t, os.WriteFile(wrong, []byte("ledger: usd\n"), 0o600))
	code, kinds := runDoctor(t, "--notary", file, "--notary", wrong)
	require.Equal(t, exitBroken, code)
	require.Contains(t, kinds["notary.down"], "connection refused")
	require.Contains(t, kinds["notary.file"], "hub.chain_id")
	require.Contains(t, kinds["plugin.changed"], "0000", "what is on the disk is looked at all the same")
}

func TestTheDoctorNeedsAHubToLookAt(t *testing.T) {
	t.Setenv("CORRIDOR_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))
	root := newRootCommand()
	root.SetArgs([]string{"doctor"})
	require.ErrorContains(t, root.ExecuteContext(t.Context()), "no client configuration")
}

func TestTheExitCodeOfTheDoctorIsThatOfTheWorst(t *testing.T) {
	require.NoError(t, verdict(checkup.OK))
	require.Equal(t, exitError{code: 3}, verdict(checkup.Attention))
	require.Equal(t, exitError{code: 2}, verdict(checkup.Broken))
}
