package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// contender is a relayer that is measured.
type contender interface {
	// configure writes what the relayer needs for a running pair, and gives its command line.
	configure(ctx context.Context, p *pair, s setting) ([]string, error)
}

// setting is what a relayer is told for a run.
type setting struct {
	pause   time.Duration
	maxMsgs int // rly's; 0: nothing is said
}

// rlyRelayer is cosmos/relayer, with its key in the SDK's keyring of the test backend.
type rlyRelayer struct{ binary string }

// rlyCandidates are the settings of --max-msgs worth trying: its default of 5 relays about a packet a second, and a thousand
// receipts are more than a transaction may hold.
var rlyCandidates = map[string][]int{preloaded: {250, 500}, live: {100, 250}}

func (r rlyRelayer) configure(ctx context.Context, p *pair, s setting) ([]string, error) {
	home := filepath.Join(p.dir, "rly")
	if err := r.write(home, p, s.pause); err != nil {
		return nil, err
	}
	mnemonic, err := ibcnet.RelayerMnemonic()
	if err != nil {
		return nil, err
	}
	for _, chain := range []string{p.a.ID, p.b.ID} {
		if err := r.command(ctx, home, "keys", "restore", chain, "relayer", mnemonic); err != nil {
			return nil, err
		}
	}
	return []string{
		r.binary, "start", "path", "--home", home, "--max-msgs", strconv.Itoa(s.maxMsgs), "--enable-metrics-server=false", "--log-level", "error",
	}, nil
}

// link makes client, connection and channel.
func (r rlyRelayer) link(ctx context.Context, p *pair) error {
	if _, err := r.configure(ctx, p, setting{pause: fastPause, maxMsgs: 5}); err != nil {
		return err
	}
	return r.command(ctx, filepath.Join(p.dir, "rly"), "transact", "link", "path", "--src-port", port, "--dst-port", port, "--version", "ics20-1")
}

func (r rlyRelayer) command(ctx context.Context, home string, args ...string) error {
	cmd := exec.CommandContext(ctx, r.binary, append(args, "--home", home)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("rly %s: %w: %s", strings.Join(args[:2], " "), err, out)
	}
	return nil
}

// rlyFile is its configuration. Its loop must be quicker than the blocks: it hangs otherwise.
const rlyFile = `global:
  timeout: 20s
  memo: ""
  light-cache-size: 20
  log-level: info
  ics20-memo-limit: 0
  max-receiver-size: 150
chains:
%spaths:
  path:
    src: {chain-id: %s%s}
    dst: {chain-id: %s%s}
    src-channel-filter: {rule: "", channel-list: []}
`

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

func (r rlyRelayer) write(home string, p *pair, pause time.Duration) error {
	var chains strings.Builder
	for _, c := range []*ibcnet.Chain{p.a, p.b} {
		fmt.Fprintf(&chains, rlyChain, c.ID, home, c.RPC, c.Prefix, c.Denom, min(pause/2, 200*time.Millisecond))
	}
	linked := ""
	if next, err := p.a.NextSequenceSend(context.Background(), port, channel); err == nil && next > 0 {
		linked = fmt.Sprintf(", client-id: %s, connection-id: %s", client, connection)
	}
	if err := os.MkdirAll(filepath.Join(home, "config"), 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf(rlyFile, chains.String(), p.a.ID, linked, p.b.ID, linked)
	return os.WriteFile(filepath.Join(home, "config", "config.yaml"), []byte(text), 0o600)
}
