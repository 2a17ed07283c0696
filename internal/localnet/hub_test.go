package localnet_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

func TestFourValidatorsMakeBlocksAndLeaveNoProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds corridord and runs four of them")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "corridord"), "../../cmd/corridord")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	ctx, dir := context.Background(), t.TempDir()
	l, err := localnet.Up(ctx, localnet.Options{Dir: dir, Bin: bin, HubOnly: true})
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "logs", "hub-0.log"))
		t.Fatalf("%s\n%s", err, log)
	}
	down := func() { _ = localnet.Down(ctx, dir, false) }
	t.Cleanup(down)
	require.Len(t, l.Processes, localnet.DefaultValidators)
	for _, n := range l.Nodes {
		client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: n.GRPC}, l.ChainID)
		require.NoError(t, err)
		defer client.Close()
		block, err := client.Latest(ctx)
		require.NoError(t, err)
		require.GreaterOrEqual(t, block.Height, int64(2), n.Name)
	}
	answer, err := http.Get("http://" + l.Nodes[0].REST + "/cosmos/staking/v1beta1/validators")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)

	_, err = localnet.Up(ctx, localnet.Options{Dir: dir, Bin: bin, HubOnly: true})
	require.ErrorContains(t, err, "there is a localnet in")

	require.NoError(t, localnet.Down(ctx, dir, false))
	for _, p := range l.Processes {
		require.False(t, p.Alive(), p.Name)
	}
	require.Error(t, localnet.Down(ctx, dir, false), "a second time there is nothing to end")
}
