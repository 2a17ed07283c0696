package e2e

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// Bounds of what is waited for, and how often it is looked at.
const (
	patience  = time.Minute
	lookEvery = 100 * time.Millisecond
	lastWords = 30 * time.Second // left of the test's time for ending everything
)

// system is the running localnet and the programs that it runs.
type system struct {
	ctx  context.Context // ends with the test's time, or when somebody interrupts the test
	root string          // everything that is written lies below it
	bin  string
	net  *localnet.Localnet
	hub  *swap.Hub

	border border // between validators, for the stories that part them
}

// start builds what is missing and brings a localnet up; it is brought down when the test ends, and no process may be left.
func start(t *testing.T) *system {
	t.Helper()
	root, err := os.MkdirTemp("", "corridor-e2e")
	require.NoError(t, err)
	s := &system{root: root, bin: programs(t, root)}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if deadline, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-lastWords))
		t.Cleanup(cancel)
	}
	s.ctx = ctx
	t.Cleanup(func() {
		stop()
		s.end(t)
	})
	// A home and a folder for temporary files of their own: what a program leaves there is found.
	t.Setenv("HOME", filepath.Join(root, "home"))
	t.Setenv("TMPDIR", s.folder(t, "tmp"))
	s.net, err = localnet.Up(ctx, localnet.Options{Dir: filepath.Join(root, "net"), Bin: s.bin, SecondChain: true})
	require.NoError(t, err)
	s.hub = s.connect(t)
	return s
}

func (s *system) folder(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(s.root, name)
	require.NoError(t, os.MkdirAll(dir, 0o700))
	return dir
}

// programs is the folder of the built programs.
func programs(t *testing.T, root string) string {
	t.Helper()
	if bin := os.Getenv("CORRIDOR_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(root, "bin") + "/"
	for _, module := range []string{"..", "../adapters"} {
		out, err := exec.Command("go", "-C", module, "build", "-o", bin, "./cmd/...").CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return bin
}

// connect opens the hub with the keys of all participants.
func (s *system) connect(t *testing.T) *swap.Hub {
	t.Helper()
	n := s.net.Nodes[0]
	client, err := hubclient.Dial(s.ctx, hubclient.Node{GRPC: n.GRPC, RPC: "http://" + n.RPC}, s.net.ChainID)
	require.NoError(t, err)
	t.Cleanup(func() { client.Close() })
	keys, err := keyring.New("corridor", keyring.BackendTest, s.keys(), nil, client.Codec())
	require.NoError(t, err)
	return &swap.Hub{Client: client, Keys: keys}
}

// keys is the folder of the participants' keyring.
func (s *system) keys() string { return filepath.Join(s.net.Dir, "keys") }

// end brings everything down and checks that nothing is left.
func (s *system) end(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	if s.net != nil {
		if err := localnet.Down(ctx, s.net.Dir, false); err != nil {
			t.Errorf("localnet down: %v", err)
		}
	}
	s.border.end()
	if left := processesOf(s.root); len(left) > 0 {
		t.Errorf("processes are left:\n%s", strings.Join(left, "\n"))
	}
	if left, err := os.ReadDir(filepath.Join(s.root, "tmp")); err == nil && len(left) > 0 {
		t.Errorf("%d files are left in the folder for temporary files, the first %s", len(left), left[0].Name())
	}
	if t.Failed() {
		t.Logf("logs and all else are left in %s", s.root)
		return
	}
	if err := os.RemoveAll(s.root); err != nil {
		t.Error(err)
	}
}

// processesOf lists the command lines of the processes that were started from a folder or for it, adapters included.
func processesOf(dir string) (found []string) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return []string{err.Error()}
	}
	for _, entry := range entries {
		if filepath.Base(entry) == strconv.Itoa(os.Getpid()) {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(entry, "cmdline"))
		program, _ := os.Readlink(filepath.Join(entry, "exe"))
		text := strings.ReplaceAll(string(line), "\x00", " ")
		if strings.Contains(text, dir) || strings.HasPrefix(program, dir) {
			found = append(found, filepath.Base(entry)+" "+program+" "+text)
		}
	}
	return found
}

// testLog shows what a story says in the test's log.
type testLog struct{ t *testing.T }

// Write logs the lines of p.
func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}
