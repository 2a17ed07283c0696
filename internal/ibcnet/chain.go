package ibcnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"

	"github.com/corridor-network/corridor/internal/localnet"
)

// startPatience is how long a chain may take to make its first block after a start.
const startPatience = 40 * time.Second

// What stock simd calls things.
const (
	simdPrefix = "cosmos"
	simdDenom  = "stake"
)

// Chain is a chain of one validator, a process of its own.
type Chain struct {
	ID     string
	Prefix string // bech32, of accounts
	Denom  string // of the money that users have
	RPC    string // host:port

	home, log, binary string
	pause             time.Duration // timeout_commit
	process           localnet.Process
	client            *rpchttp.HTTP
	hub               *localnet.Localnet // set if a localnet's hub is seen as a chain
	owned             bool               // the localnet is this chain's, which ends it
}

// Spec is what a new simd chain is to be.
type Spec struct {
	ID      string
	Dir     string        // made; its home and its log lie there
	Binary  string        // simd
	Pause   time.Duration // CometBFT's timeout_commit: about a block interval
	Users   int           // how many User keys have money
	Relayer int           // how many relayers' keys have money
}

// Start makes a chain's home and runs it. With an error nothing is left running.
func Start(ctx context.Context, s Spec) (*Chain, error) {
	if _, err := os.Stat(s.Binary); err != nil {
		return nil, fmt.Errorf("%s is not there; `make peers` builds it", s.Binary)
	}
	c := &Chain{
		ID: s.ID, Prefix: simdPrefix, Denom: simdDenom, binary: s.Binary, pause: s.Pause,
		home: filepath.Join(s.Dir, "home"), log: filepath.Join(s.Dir, "chain.log"),
	}
	init := exec.CommandContext(ctx, s.Binary, "init", s.ID, "--chain-id", s.ID, "--home", c.home)
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s init: %w: %s", s.Binary, err, out)
	}
	if err := c.fillGenesis(s); err != nil {
		return nil, fmt.Errorf("genesis of %s: %w", s.ID, err)
	}
	return c, c.run(ctx)
}

// Hub is a localnet's hub seen as a chain, over its first node. Whoever made the localnet ends it.
func Hub(l *localnet.Localnet, prefix, denom string) (*Chain, error) {
	c := &Chain{ID: l.ChainID, Prefix: prefix, Denom: denom, RPC: l.Nodes[0].RPC, hub: l}
	var err error
	if c.process, err = l.Process(l.Nodes[0].Name); err != nil {
		return nil, err
	}
	c.log = c.process.Log
	c.client, err = rpchttp.New("http://"+c.RPC, "/websocket")
	return c, err
}

// run starts the process on free ports and waits for a new block.
func (c *Chain) run(ctx context.Context) error {
	ports, err := localnet.FreePorts(3)
	if err != nil {
		return err
	}
	c.RPC = ports[0]
	config := cmtcfg.DefaultConfig()
	config.Moniker = c.ID
	config.RPC.ListenAddress, config.RPC.PprofListenAddress = "tcp://"+c.RPC, ""
	config.P2P.ListenAddress, config.P2P.PexReactor = "tcp://"+ports[1], false
	config.Consensus.TimeoutCommit = c.pause
	config.Instrumentation.Prometheus = false
	cmtcfg.WriteConfigFile(filepath.Join(c.home, "config", "config.toml"), config)
	argv := []string{ // gRPC is for the service that tries transactions out: a node without it has none on its RPC either
		c.binary, "start", "--home", c.home, "--minimum-gas-prices", "0" + c.Denom, "--grpc.address", ports[2], "--grpc-web.enable=false",
		"--api.enable=false", "--x-crisis-skip-assert-invariants", "--log_no_color", "--log_level", "error",
	}
	if c.process, err = localnet.Start(c.ID, argv, c.log); err != nil {
		return err
	}
	if c.client, err = rpchttp.New("http://"+c.RPC, "/websocket"); err == nil {
		err = c.ready(ctx)
	}
	if err != nil {
		return errors.Join(err, c.Stop(context.WithoutCancel(ctx)))
	}
	return nil
}

// ready waits until the chain makes blocks.
func (c *Chain) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	first := int64(0)
	return localnet.Until(ctx, c.ID+" to make blocks", func() (bool, error) {
		if !c.process.Alive() {
			return false, fmt.Errorf("%s has ended; the end of its log %s:\n%s", c.ID, c.log, localnet.LastLines(c.log))
		}
		height, err := c.Height(ctx)
		if err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		if first == 0 {
			first = height
		}
		return height > first && height > 1, nil
	})
}

// Stop ends the process; the home stays. It is no error if it has ended.
func (c *Chain) Stop(ctx context.Context) error {
	switch {
	case c.owned:
		return localnet.Down(ctx, c.hub.Dir, false)
	case c.hub != nil || c.process.PID == 0:
		return nil
	}
	return c.process.Stop(ctx)
}

// Restart runs a chain that was stopped, at another port.
func (c *Chain) Restart(ctx context.Context) error {
	if c.process.Alive() {
		return fmt.Errorf("%s runs", c.ID)
	}
	return c.run(ctx)
}

// Freeze halts the process as if its machine hung, until Thaw.
func (c *Chain) Freeze() error { return signal(c.process, stop) }

// Thaw lets a frozen process go on.
func (c *Chain) Thaw() error { return signal(c.process, cont) }

// Copy makes another chain, at another folder, that goes on from where this one, which must be stopped, was: with
// the same keys and the same past, and another pause between blocks.
func (c *Chain) Copy(ctx context.Context, dir string, pause time.Duration) (*Chain, error) {
	if c.process.Alive() {
		return nil, fmt.Errorf("%s runs; stop it before it is copied", c.ID)
	}
	twin := &Chain{
		ID: c.ID, Prefix: c.Prefix, Denom: c.Denom, binary: c.binary, pause: pause,
		home: filepath.Join(dir, "home"), log: filepath.Join(dir, "chain.log"),
	}
	if err := os.CopyFS(twin.home, os.DirFS(c.home)); err != nil {
		return nil, fmt.Errorf("copy of %s: %w", c.ID, err)
	}
	return twin, twin.run(ctx)
}

// Process is the node's.
func (c *Chain) Process() localnet.Process { return c.process }

// Log is the node's log file.
func (c *Chain) Log() string { return c.log }
