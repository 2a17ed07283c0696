package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// leaves are the commands that do something.
func leaves(cmd *cobra.Command) (found []*cobra.Command) {
	if cmd.Runnable() {
		found = append(found, cmd)
	}
	for _, below := range cmd.Commands() {
		found = append(found, leaves(below)...)
	}
	return found
}

func TestEveryCommandHasAnExampleThatCanBeTyped(t *testing.T) {
	for _, cmd := range leaves(newRootCommand()) {
		t.Run(strings.ReplaceAll(cmd.CommandPath(), " ", "-"), func(t *testing.T) {
			require.NotEmpty(t, cmd.Short)
			require.NotEmpty(t, cmd.Example)
			own := false
			for _, line := range strings.Split(cmd.Example, "\n") {
				line, _, _ = strings.Cut(line, "   ") // a remark may follow
				for _, rest := range []string{" > ", " # "} {
					line, _, _ = strings.Cut(line, rest)
				}
				found := typed(t, strings.Fields(line))
				own = own || found.CommandPath() == cmd.CommandPath()
			}
			require.True(t, own, "no line of the example is the command's own")
		})
	}
}

// typed wants words to be a command with flags and arguments that it takes.
func typed(t *testing.T, words []string) *cobra.Command {
	t.Helper()
	require.NotEmpty(t, words)
	require.Equal(t, "corridor", words[0])
	cmd, rest, err := newRootCommand().Find(words[1:])
	require.NoError(t, err)
	require.NoError(t, cmd.ParseFlags(rest), words)
	require.NoError(t, cmd.ValidateRequiredFlags(), words)
	require.NoError(t, cmd.ValidateFlagGroups(), words)
	require.NoError(t, cmd.ValidateArgs(cmd.Flags().Args()), words)
	return cmd
}

func TestEveryGroupOfCommandsSaysWhatItIsFor(t *testing.T) {
	for _, cmd := range newRootCommand().Commands() {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
	}
}

func TestACommandThatThereIsNotIsRefused(t *testing.T) {
	for _, words := range [][]string{{"nosuch"}, {"relay", "nosuch"}, {"relay", "client", "nosuch"}, {"config", "nosuch"}, {"swap", "nosuch"}} {
		root := newRootCommand()
		refuseUnknown(root)
		root.SetArgs(words)
		require.ErrorContains(t, root.ExecuteContext(t.Context()), `unknown command "nosuch" for "corridor`)
	}
}

func TestErrorsSpeakToPeople(t *testing.T) {
	root := newRootCommand()
	for _, test := range []struct {
		name, said, want string
		started          bool
	}{
		{"wrong usage says where help is", "unknown flag: --nope", "unknown flag: --nope; see `corridor --help`", false},
		{"gRPC's words go", "rpc error: code = NotFound desc = there is none", "there is none", true},
		{"so does where in the source", "bad: invalid [/a/b/errors.go:155]", "bad: invalid", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var err error = said(test.said)
			if test.started {
				err = startedError{err}
			}
			require.Equal(t, test.want, explain(root, err))
		})
	}
}

type said string

func (s said) Error() string { return string(s) }
