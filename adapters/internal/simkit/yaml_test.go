package simkit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func TestYAMLIsReadStrictly(t *testing.T) {
	for name, row := range map[string]struct{ text, says string }{
		"a sound file":           {"amount: 5\nname: a\n", ""},
		"an empty file":          {"# nothing yet\n", ""},
		"a text of digits":       {"name: \"1.5\"\n", ""},
		"a fraction":             {"name: a\namount: 1.5\n", "line 2: 1.5 is no whole number"},
		"an amount as a power":   {"amount: 1e3\n", "line 1: 1e3"},
		"an octal amount":        {"amount: 0100\n", "line 1: 0100: write a number in decimal"},
		"an amount of zero":      {"amount: 0\n", ""},
		"a field nobody knows":   {"colour: red\n", "colour"},
		"an amount below zero":   {"amount: -1\n", "line 1"},
		"a second document":      {"amount: 1\n---\namount: 2\n", "second document"},
		"something else than it": {"[", "yaml"},
		"more than is read":      {"name: " + strings.Repeat("a", 100), "larger than 99 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			require.NoError(t, os.WriteFile(path, []byte(row.text), 0o600))
			var into struct {
				Amount uint64 `yaml:"amount"`
				Name   string `yaml:"name"`
			}
			err := simkit.ReadYAML(path, 99, &into)
			if row.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.says)
		})
	}
}
