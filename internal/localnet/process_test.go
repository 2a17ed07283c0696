package localnet

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// family starts a shell that ignores SIGTERM and has a child, and waits until both run.
func family(t *testing.T) Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	log := filepath.Join(t.TempDir(), "log")
	p, err := start(command{"family", "test", []string{"sh", "-c", `trap "" TERM; sleep 600 & echo ready; wait; wait`}, log})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Kill(context.Background()) })
	require.NoError(t, until(ctx, "the shell", func() (bool, error) {
		raw, err := os.ReadFile(log)
		return strings.Contains(string(raw), "ready") && len(p.members()) == 2, err
	}))
	return p
}

func TestKillEndsAProcessAndItsChildren(t *testing.T) {
	p := family(t)
	require.True(t, p.Alive())
	require.NoError(t, p.Kill(context.Background()))
	require.False(t, p.Alive())
	require.Empty(t, p.members())
	require.NoError(t, p.Kill(context.Background()), "a second time it is a no-op")
}

func TestAnotherProcessWithThePIDIsLeftAlone(t *testing.T) {
	p := family(t)
	old := p
	old.StartTicks--
	require.False(t, old.Alive())
	require.NoError(t, old.Stop(context.Background()))
	require.NoError(t, old.Kill(context.Background()))
	require.True(t, p.Alive())
}

func TestAProcessThatEndsAtOnceSaysWhyInItsLog(t *testing.T) {
	_, err := start(command{"missing", "test", []string{filepath.Join(t.TempDir(), "no-such-binary")}, filepath.Join(t.TempDir(), "log")})
	require.ErrorContains(t, err, "missing")
}

func TestPortsAreDifferent(t *testing.T) {
	ports, err := freePorts(50)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, p := range ports {
		require.False(t, seen[p], p)
		seen[p] = true
	}
}
