package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/corridor-network/corridor/app"
)

// corridord runs the command in this process, with a home of the test's.
func corridord(t *testing.T, home string, args ...string) (string, error) {
	t.Helper()
	root, err := newRootCommand()
	require.NoError(t, err)
	root.PersistentFlags().String("home", home, "") // what svrcmd.Execute adds
	root.PersistentFlags().String("log_level", "error", "")
	root.PersistentFlags().String("log_format", "plain", "")
	root.PersistentFlags().Bool("log_no_color", true, "")
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append(args, "--home", home))
	err = root.ExecuteContext(svrcmd.CreateExecuteContext(context.Background()))
	return out.String(), err
}

func TestANewHomeHasTheHubsGenesis(t *testing.T) {
	home := t.TempDir()
	out, err := corridord(t, home, "init", "node", "--chain-id", "corridor-test-1")
	require.NoError(t, err, out)
	file := filepath.Join(home, "config", "genesis.json")
	doc, err := genutiltypes.AppGenesisFromFile(file)
	require.NoError(t, err)
	require.Equal(t, "corridor-test-1", doc.ChainID)
	require.Equal(t, int64(app.MaxBlockGas), doc.Consensus.Params.Block.MaxGas)
	out, err = corridord(t, home, "genesis", "validate")
	require.NoError(t, err, out)

	out, err = corridord(t, home, "genesis", "resume", file, "2026-02-03T04:05:06Z")
	require.NoError(t, err, out)
	doc, err = genutiltypes.AppGenesisFromFile(file)
	require.NoError(t, err)
	require.Equal(t, "2026-02-03T04:05:06Z", doc.GenesisTime.Format("2006-01-02T15:04:05Z07:00"))
}

func TestBadInputIsAnsweredWithWhatToDo(t *testing.T) {
	home := t.TempDir()
	notJSON := filepath.Join(home, "spec.json")
	require.NoError(t, os.WriteFile(notJSON, []byte(`{"chainid": "x"}`), 0o600))
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"homes of no file", []string{"homes", "missing.json"}, "missing.json"},
		{"homes with an unknown field", []string{"homes", notJSON}, `unknown field "chainid"`},
		{"resume at no time", []string{"genesis", "resume", notJSON, "noon"}, "is not RFC 3339"},
		{"resume of no file", []string{"genesis", "resume", "missing.json"}, "read genesis missing.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := corridord(t, home, test.args...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestEveryModuleHasCommands(t *testing.T) {
	root, err := newRootCommand()
	require.NoError(t, err)
	for _, path := range [][]string{
		{"query", "bridge"},
		{"query", "compliance"},
		{"query", "currency"},
		{"query", "token"},
		{"query", "settlement"},
		{"tx", "bridge"},
		{"tx", "compliance"},
		{"tx", "token"},
		{"tx", "settlement"},
		{"tx", "gov"},
		{"query", "gov"},
		{"tx", "ibc-transfer"},
		{"query", "ibc"},
	} {
		command, _, err := root.Find(path)
		require.NoError(t, err)
		require.Equal(t, path[1], command.Name(), path)
		require.NotEmpty(t, command.Commands(), path)
	}
}
