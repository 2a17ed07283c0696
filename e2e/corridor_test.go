package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/demo"
)

func TestCorridor(t *testing.T) {
	if testing.Short() {
		t.Skip("whole-system stories take minutes: run them without -short")
	}
	s := start(t)
	story := &demo.Story{Net: s.net, Hub: s.hub, Bin: s.bin, Out: testLog{t}}
	require.NoError(t, story.Begin(s.ctx))
	told := t.Run("stories", func(t *testing.T) {
		t.Run("money", func(t *testing.T) {
			t.Parallel()
			// The demo's steps build on each other; the scripts do not.
			for _, step := range []struct {
				name string
				tell func(context.Context) error
			}{{"settle", story.Settle}, {"refused-by-bank", story.RefusedByBank}, {"kill", story.Kill}, {"turn-away", story.TurnAway}, {"travel", story.Travel}} {
				t.Run(step.name, func(t *testing.T) { require.NoError(t, step.tell(s.ctx)) })
			}
			for _, scripts := range []string{"cli", "faults", "crashes"} {
				t.Run(scripts, func(t *testing.T) { s.runScripts(t, scripts) })
			}
		})
		for _, scripts := range []string{"governance", "beside"} {
			t.Run(scripts, func(t *testing.T) {
				t.Parallel()
				s.runScripts(t, scripts)
			})
		}
	})
	told = t.Run("afterwards", func(t *testing.T) { s.runScripts(t, "afterwards") }) && told
	t.Run("audit", func(t *testing.T) {
		if !told {
			t.Skip("a story failed: what it left is not checked")
		}
		require.NoError(t, story.Audit(s.ctx))
	})
}
