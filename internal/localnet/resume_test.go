package localnet_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/world"
)

func TestALocalnetThatIsDownGoesOnWhereItWas(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	l, o := hub(t, 1)
	before, err := height(ctx, l, l.Nodes[0])
	require.NoError(t, err)
	require.NoError(t, localnet.Down(ctx, o.Dir, false))
	require.NotEqual(t, o.Dir, localnet.FreeDir(o.Dir), "it is not free for another")

	for _, row := range []struct {
		name   string
		change func(*localnet.Options)
		want   string
	}{
		{"another number of validators", func(o *localnet.Options) { o.Validators = 2 }, "has 1 validators, not 2"},
		{"another chain", func(o *localnet.Options) { o.ChainID = "corridor-else" }, "is chain corridor-local, not corridor-else"},
		{"a second chain", func(o *localnet.Options) { o.SecondChain, o.Bin = true, programs(t) }, "was made without a second chain"},
		{"a new one", func(o *localnet.Options) { o.New = true }, "a new one is wanted"},
		{"more in its genesis", func(o *localnet.Options) { o.Extend = func(*world.World) error { return nil } }, "a new one is wanted"},
	} {
		t.Run(row.name, func(t *testing.T) {
			changed := o
			row.change(&changed)
			_, err := localnet.Up(ctx, changed)
			require.ErrorContains(t, err, row.want)
			require.ErrorContains(t, err, "--purge` removes it")
		})
	}

	// Meanwhile somebody else has taken one of its ports.
	other, err := net.Listen("tcp", l.Nodes[0].RPC)
	require.NoError(t, err)
	defer other.Close()
	o.Validators = 0
	again, err := localnet.Up(ctx, o)
	require.NoError(t, err)
	defer func() { require.NoError(t, localnet.Down(ctx, o.Dir, false)) }()
	require.Equal(t, l.Nodes[0].GRPC, again.Nodes[0].GRPC)
	require.NotEqual(t, l.Nodes[0].RPC, again.Nodes[0].RPC)
	answers, err := net.Dial("tcp", again.Nodes[0].RPC)
	require.NoError(t, err)
	require.NoError(t, answers.Close())
	after, err := height(ctx, again, again.Nodes[0])
	require.NoError(t, err)
	require.Greater(t, after, before, "the chain has not begun anew")
	require.NoFileExists(t, filepath.Join(o.Dir, "localnet.stopped.json"))
}

// programs is a folder with something under the names of those that a hub and a second chain need.
func programs(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"corridord", "corridor"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o700))
	}
	return dir
}

func TestWhatWasNeverReadyIsNotStartedAgain(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "corridord"), []byte("#!/bin/sh\nexit 1\n"), 0o700))
	o := localnet.Options{Dir: dir, Bin: bin, HubOnly: true}
	_, err := localnet.Up(context.Background(), o)
	require.ErrorContains(t, err, "corridord homes")
	_, err = localnet.Up(context.Background(), o)
	require.ErrorContains(t, err, "never ready")
	require.NoError(t, localnet.Down(context.Background(), dir, true))
	require.NoDirExists(t, dir)
}
