package ibcnet

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
)

// Rly is cosmos/relayer as a user has it: the program, and a folder with its file, its log and its key, which is the relayers' first.
type Rly struct {
	Program string // rly
	Dir     string
	Loop    time.Duration // how long its loop rests. It hangs if blocks come faster than that
}

// PathEnd is what a path has on one chain.
type PathEnd struct{ Client, Connection string }

// FirstPath is what the first link between two fresh chains makes on each.
var FirstPath = [2]PathEnd{{"07-tendermint-0", "connection-0"}, {"07-tendermint-0", "connection-0"}}

// rlyPath is what its file calls the one path that it knows.
const rlyPath = "path"

// rlyFile is its configuration.
const rlyFile = `global:
  timeout: 20s
  memo: ""
  light-cache-size: 20
  log-level: info
  ics20-memo-limit: 0
  max-receiver-size: 150
chains:
%spaths:
  ` + rlyPath + `:
    src: {chain-id: %s%s}
    dst: {chain-id: %s%s}
    src-channel-filter: {rule: "", channel-list: []}
`

// rlyChain is the part of one chain. The loop must be quicker than the blocks: it hangs otherwise.
const rlyChain = `  %[1]s:
    type: cosmos
    value:
      key-directory: %[2]s/keys/%[1]s
      key: relayer
      chain-id: %[1]s
      rpc-addr: http://%[3]s
      account-prefix: %[4]s
      keyring-backend: test
      gas-adjustment: 1.5
      gas-prices: 0%[5]s
      debug: false
      timeout: 20s
      block-timeout: ""
      output-format: json
      sign-mode: direct
      extra-codecs: []
      coin-type: 118
      broadcast-mode: batch
      min-loop-duration: %[6]s
`

// Init writes the file and puts the key into its keyring. path is empty if it is to be linked.
func (r Rly) Init(ctx context.Context, chains [2]*Chain, path [2]PathEnd) error {
	var parts strings.Builder
	var ends [2]string
	for i, c := range chains {
		fmt.Fprintf(&parts, rlyChain, c.ID, r.Dir, c.RPC, c.Prefix, c.Denom, r.Loop)
		if path[i] != (PathEnd{}) {
			ends[i] = fmt.Sprintf(", client-id: %s, connection-id: %s", path[i].Client, path[i].Connection)
		}
	}
	if err := os.MkdirAll(filepath.Join(r.Dir, "config"), 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf(rlyFile, parts.String(), chains[0].ID, ends[0], chains[1].ID, ends[1])
	if err := os.WriteFile(filepath.Join(r.Dir, "config", "config.yaml"), []byte(text), 0o600); err != nil {
		return err
	}
	mnemonic, err := RelayerMnemonic()
	if err != nil {
		return err
	}
	for _, c := range chains {
		if _, err := os.Stat(filepath.Join(r.Dir, "keys", c.ID)); err == nil {
			continue
		}
		if err := r.run(ctx, "keys", "restore", c.ID, "relayer", mnemonic); err != nil {
			return err
		}
	}
	return nil
}

// Link makes clients, a connection and a channel.
func (r Rly) Link(ctx context.Context, port, version string) error {
	return r.run(ctx, "transact", "link", rlyPath, "--src-port", port, "--dst-port", port, "--version", version)
}

// Command is the command line that relays, with so many messages in a transaction at most.
func (r Rly) Command(maxMsgs int) []string {
	return []string{
		r.Program, "start", rlyPath, "--home", r.Dir, "--max-msgs", strconv.Itoa(maxMsgs), "--enable-metrics-server=false", "--log-level", "error",
	}
}

// Start starts it.
func (r Rly) Start(maxMsgs int) (localnet.Process, error) {
	return localnet.Start("rly start", r.Command(maxMsgs), filepath.Join(r.Dir, "rly.log"))
}

func (r Rly) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, r.Program, append(args, "--home", r.Dir)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("rly %s: %w: %s", strings.Join(args[:2], " "), err, out)
	}
	return nil
}
