package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
)

// corridorSays runs the tool with an answer to its question, and gives what it printed.
func corridorSays(t *testing.T, input string, args ...string) (out, asked string, err error) {
	t.Helper()
	cmd := newRootCommand()
	var stdout, stderr bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

func TestTrustBeginsWithWhatAPersonConfirms(t *testing.T) {
	chain, other := testchain.Start(t, "hub-1"), testchain.Start(t, "hub-2")
	file := filepath.Join(t.TempDir(), "trust.json")
	with := func(more ...string) []string {
		return append([]string{"trust", "init", "--hub-rpc", chain.RPC, "--height", "1", "--file", file}, more...)
	}
	for _, row := range []struct {
		name, input string
		args        []string
		want        string
	}{
		{"not confirmed", "no\n", with(), "not confirmed; nothing is written"},
		{"nobody there", "", with(), "not confirmed; nothing is written"},
		{"another hash", "", with("--hash", strings.Repeat("AB", 32)), "--hash is not that of header 1; nothing is written"},
		{"another chain", "", with("--chain-id", "hub-9"), "hub-9"},
		{"nodes that differ", "", with("--hub-rpc", other.RPC), "hub-2"},
		{"no height", "", []string{"trust", "init", "--hub-rpc", chain.RPC, "--height", "soon", "--file", file}, `--height "soon"`},
		{"no node", "", []string{"trust", "init", "--hub-rpc", "http://127.0.0.1:1", "--height", "1", "--file", file}, "is it running"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := corridorSays(t, row.input, row.args...)
			require.ErrorContains(t, err, row.want)
			require.NoFileExists(t, file)
		})
	}
	out, asked, err := corridorSays(t, "yes\n", with()...)
	require.NoError(t, err)
	require.Contains(t, asked, "Chain   hub-1\nHeight  1\nHash    ")
	require.Contains(t, out, file+" begins with 1:")
	_, _, err = corridorSays(t, "yes\n", with()...)
	require.ErrorContains(t, err, "--force replaces it")

	out, _, err = corridorSays(t, "", "trust", "show", file, "-o", "json")
	require.NoError(t, err)
	var shown struct{ Root, Hash string }
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Equal(t, "1:"+shown.Hash, shown.Root)
	_, _, err = corridorSays(t, "", with("--hash", strings.ToLower(shown.Hash), "--force")...)
	require.NoError(t, err, "a hash known another way needs no question")
	_, _, err = corridorSays(t, "", "trust", "show", file, "--chain-id", "hub-2")
	require.ErrorContains(t, err, `it is of chain "hub-1"`)
	require.NoError(t, os.WriteFile(file, []byte("{}"), 0o600))
	_, _, err = corridorSays(t, "", "trust", "show", file)
	require.ErrorContains(t, err, "trust.json")
}
