package localnet_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

var built string

// binaries is a folder with a corridord of this tree; it is built once.
var binaries = sync.OnceValues(func() (string, error) {
	var err error
	if built, err = os.MkdirTemp("", "localnet-test"); err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-o", filepath.Join(built, "corridord"), "../../cmd/corridord")
	build.Stderr = os.Stderr
	return built, build.Run()
})

// hub starts a hub of real processes, which ends with the test.
func hub(t *testing.T, validators int) (*localnet.Localnet, localnet.Options) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds corridord and runs it")
	}
	bin, err := binaries()
	require.NoError(t, err)
	o := localnet.Options{Dir: t.TempDir(), Bin: bin, Validators: validators, HubOnly: true}
	l, err := localnet.Up(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, p := range l.Processes {
			require.NoError(t, p.Kill(context.Background()))
		}
	})
	return l, o
}

func height(ctx context.Context, l *localnet.Localnet, n localnet.Node) (int64, error) {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: n.GRPC}, l.ChainID)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	block, err := client.Latest(ctx)
	return block.Height, err
}

func TestFourValidatorsMakeBlocksAndLeaveNoProcess(t *testing.T) {
	ctx := context.Background()
	l, o := hub(t, localnet.DefaultValidators)
	require.Len(t, l.Processes, localnet.DefaultValidators)
	for _, n := range l.Nodes {
		h, err := height(ctx, l, n)
		require.NoError(t, err)
		require.GreaterOrEqual(t, h, int64(2), n.Name)
	}
	answer, err := http.Get("http://" + l.Nodes[0].REST + "/corridor/bridge/v1/ledgers")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)

	_, err = localnet.Up(ctx, o)
	require.ErrorContains(t, err, "there is a localnet in")

	require.NoError(t, localnet.Down(ctx, o.Dir, false))
	for _, p := range l.Processes {
		require.False(t, p.Alive(), p.Name)
	}
	require.Error(t, localnet.Down(ctx, o.Dir, false), "a second time there is nothing to end")
}

func TestAnExportedHubGoesOnAtTheNextHeight(t *testing.T) {
	l, o, exported := restedHub(t) // may build first, which is not counted
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	node := l.Nodes[0]

	corridord := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, filepath.Join(o.Bin, "corridord"), append(args, "--home", node.Home)...).CombinedOutput()
		return string(out), err
	}
	config := filepath.Join(node.Home, "config", "genesis.json")
	// The chain starts anew from the export; what the validator has signed stays noted.
	for _, stale := range []string{"application.db", "blockstore.db", "state.db", "tx_index.db", "evidence.db", "cs.wal"} {
		require.NoError(t, os.RemoveAll(filepath.Join(node.Home, "data", stale)))
	}
	require.NoError(t, os.Rename(exported, config))
	out, err := corridord("start")
	require.Error(t, err, "a genesis in the past of its own chain is refused")
	require.Contains(t, out, "is not after the exported block's")

	require.Contains(t, out, "remove data/state.db")
	require.NoError(t, os.RemoveAll(filepath.Join(node.Home, "data", "state.db")))
	out, err = corridord("genesis", "resume", config)
	require.NoError(t, err, out)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer log.Close()
	node0 := exec.CommandContext(ctx, filepath.Join(o.Bin, "corridord"), "start", "--home", node.Home)
	node0.Stdout, node0.Stderr = log, log
	require.NoError(t, node0.Start())
	defer func() {
		require.NoError(t, node0.Process.Kill())
		_ = node0.Wait() // killed
	}()
	t.Cleanup(func() {
		if raw, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("the end of the node's log:\n%s", raw[max(0, len(raw)-4000):])
		}
	})
	first := firstHeight(t, config)
	require.Eventually(t, func() bool {
		h, err := height(ctx, l, node)
		return err == nil && h > first
	}, 3*time.Minute, 100*time.Millisecond)
}

// restedHub is a hub of one validator that was stopped between two blocks, and its exported state. One that is stopped
// within a block has signed at the next height already: it keeps that noted and never signs the first round of that height
// again, so alone it could not go on from the export. Such a hub is left, and another tried.
func restedHub(t *testing.T) (l *localnet.Localnet, o localnet.Options, exported string) {
	t.Helper()
	exported = filepath.Join(t.TempDir(), "exported.json")
	for range 20 {
		l, o = hub(t, 1)
		require.NoError(t, localnet.Down(context.Background(), o.Dir, false))
		home := l.Nodes[0].Home
		out, err := exec.Command(filepath.Join(o.Bin, "corridord"), "export", "--output-document", exported, "--home", home).CombinedOutput()
		require.NoError(t, err, string(out))
		var signed struct {
			Height int64 `json:"height,string"`
		}
		readJSON(t, filepath.Join(home, "data", "priv_validator_state.json"), &signed)
		if signed.Height < firstHeight(t, exported) {
			return l, o, exported
		}
		t.Logf("stopped within block %d; another one", signed.Height)
	}
	t.Fatal("no hub was ever stopped between two blocks")
	return nil, o, ""
}

// firstHeight is the height of the first block after a genesis.
func firstHeight(t *testing.T, file string) int64 {
	t.Helper()
	var genesis struct {
		InitialHeight int64 `json:"initial_height"`
	}
	readJSON(t, file, &genesis)
	return genesis.InitialHeight
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, into), file)
}
