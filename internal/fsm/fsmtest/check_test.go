package fsmtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/fsm"
)

func TestDiagramIsComparedAndUpdatedInPlace(t *testing.T) {
	table := fsm.MustNew("lamp", "off", []string{"broken"}, []fsm.Row[string, string]{
		{From: "off", On: "press", To: "on"},
		{From: "on", On: "drop", To: "broken"},
	})
	file := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(file, []byte("# Lamp\n\n<!-- fsm: lamp -->\n<!-- /fsm -->\n\nThe end.\n"), 0o600))

	t.Setenv(UpdateEnv, "1")
	Diagram(t, table, file)
	t.Setenv(UpdateEnv, "")
	Diagram(t, table, file)

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "# Lamp\n\n<!-- fsm: lamp -->\n```mermaid\n"+table.Mermaid()+"```\n<!-- /fsm -->\n\nThe end.\n", string(text))
}

func TestDiagramNeedsItsMarks(t *testing.T) {
	_, err := embed("no marks", "lamp", "")
	require.ErrorContains(t, err, "<!-- fsm: lamp -->")
	_, err = embed("<!-- fsm: lamp -->\n", "lamp", "")
	require.ErrorContains(t, err, "<!-- /fsm -->")
}
