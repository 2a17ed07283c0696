package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/relayer/hublight"
)

func newTrustCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "Say which header of the hub to begin believing with",
		Long: `A notary that verifies the hub (verify: light) believes no node. It begins with one header that a person confirms, and from then on
verifies each newer one by the validators' signatures. The file that keeps the newest believed header is made here, once.`,
	}
	cmd.AddCommand(newTrustInitCommand(), newTrustShowCommand())
	return cmd
}

func newTrustInitCommand() *cobra.Command {
	var f trustInit
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Show a header's height and hash, and begin believing with it once they are confirmed",
		Long: `Asks the hub's nodes for a header, shows its height and hash, and writes the trust file once you confirm them.

Compare the hash with one that you got another way: from the hub's operators, on paper or by telephone, or from nodes of several
institutions (give --hub-rpc more than once: all must show the same header). Whoever runs the only node that you asked could
have made the header up.

It has to be done again, with --force, if the notary did not run for longer than hub.trust.period.`,
		Example: `  corridor trust init --hub-rpc http://127.0.0.1:26657 --height latest --file /etc/corridor/trust.json
  corridor trust init --hub-rpc http://127.0.0.1:26657 --height 1200 --hash 5D1E…A0 --file trust.json   # no question asked
  corridor trust init --hub-rpc http://a:26657 --hub-rpc http://b:26657 --height latest --file trust.json --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.rpcs, "hub-rpc", nil, "RPC address of a hub node, http://host:port; may be given more than once")
	flags.StringVar(&f.height, "height", "", "height of the header, or latest")
	flags.StringVar(&f.file, "file", "", "trust file to write")
	flags.StringVar(&f.hash, "hash", "", "the header's hash, which you got another way: another one is refused, this one is not asked about")
	flags.StringVar(&f.chainID, "chain-id", "", "the hub's chain id; a node on another chain is refused")
	flags.BoolVar(&f.yes, "yes", false, "believe what the nodes show without asking")
	flags.BoolVar(&f.force, "force", false, "replace a trust file that is there")
	for _, name := range []string{"hub-rpc", "height", "file"} {
		cmd.MarkFlagRequired(name)
	}
	return cmd
}

// trustInit are the flags.
type trustInit struct {
	rpcs                        []string
	height, file, hash, chainID string
	yes, force                  bool
}

func (f trustInit) run(cmd *cobra.Command) error {
	height := int64(0)
	if f.height != "latest" {
		var err error
		if height, err = strconv.ParseInt(f.height, 10, 64); err != nil || height < 1 {
			return fmt.Errorf("--height %q: want a number from 1, or latest", f.height)
		}
	}
	if _, err := os.Stat(f.file); err == nil && !f.force {
		return fmt.Errorf("%s: %w: `corridor trust show` says what it holds, --force replaces it", f.file, hublight.ErrTrusted)
	}
	block, err := f.offered(cmd.Context(), height)
	if err != nil {
		return err
	}
	root := orderproof.NewRoot(block.Header)
	fmt.Fprintf(cmd.ErrOrStderr(), "Chain   %s\nHeight  %d\nHash    %X\nTime    %s\nSigned by %d of %d validators\n",
		block.ChainID, root.Height, root.Hash, block.Time.UTC().Format(time.RFC3339), signers(block), block.ValidatorSet.Size())
	if err := f.confirm(cmd, block); err != nil {
		return err
	}
	if err := hublight.InitTrust(f.file, block, f.force); err != nil {
		return err
	}
	return answer(cmd, trustAnswer(f.file, block), "%s begins with %s", f.file, root)
}

// offered asks every node for the same header.
func (f trustInit) offered(ctx context.Context, height int64) (*cmttypes.LightBlock, error) {
	var first *cmttypes.LightBlock
	for _, rpc := range f.rpcs {
		block, err := hublight.Offered(ctx, hublight.Node{Name: rpc, RPC: rpc}, f.chainID, height)
		if err != nil {
			return nil, fmt.Errorf("%w: is it running, and is that its RPC address (often port 26657)?", err)
		}
		if first == nil {
			first, height, f.chainID = block, block.Height, block.ChainID
			continue
		}
		if block.Hash().String() != first.Hash().String() {
			return nil, fmt.Errorf("header %d is %s at %s, and %s at %s: one of them lies; find out which before you believe any", height, first.Hash(), f.rpcs[0], block.Hash(), rpc)
		}
	}
	return first, nil
}

// confirm wants the hash to be known another way, or a person to say yes.
func (f trustInit) confirm(cmd *cobra.Command, block *cmttypes.LightBlock) error {
	switch {
	case f.hash != "" && !strings.EqualFold(f.hash, block.Hash().String()):
		return fmt.Errorf("--hash is not that of header %d; nothing is written. If you have the hash from the hub's operators, the node lies or is on another chain", block.Height)
	case f.hash != "" || f.yes:
		return nil
	}
	in, isFile := cmd.InOrStdin().(*os.File)
	if isFile && !term.IsTerminal(int(in.Fd())) {
		return errors.New("nobody is there to confirm the hash; give it with --hash, or --yes to believe what the nodes show")
	}
	fmt.Fprint(cmd.ErrOrStderr(), "\nIs that the hash that the hub's operators confirm? Type yes: ")
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(line) != "yes" {
		return errors.New("not confirmed; nothing is written")
	}
	return nil
}

func signers(block *cmttypes.LightBlock) (n int) {
	for _, s := range block.Commit.Signatures {
		if s.BlockIDFlag == cmttypes.BlockIDFlagCommit {
			n++
		}
	}
	return n
}

func trustAnswer(file string, block *cmttypes.LightBlock) map[string]any {
	return map[string]any{
		"file": file, "chain_id": block.ChainID, "height": block.Height, "hash": block.Hash().String(), "time": block.Time,
		"root": orderproof.NewRoot(block.Header).String(), "validators": block.ValidatorSet.Size(),
	}
}

func newTrustShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show the newest header that a trust file believes",
		Long: `Shows chain, height, hash and time. HEIGHT:HASH is what others take as their root: the hub.root of a ledger that checks orders, or
--trust of the commands that verify offline.`,
		Example: `  corridor trust show /etc/corridor/trust.json
  corridor trust show /etc/corridor/trust.json -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			chainID, _ := cmd.Flags().GetString("chain-id")
			block, err := hublight.LoadTrust(args[0], chainID)
			if err != nil {
				return err
			}
			return answer(cmd, trustAnswer(args[0], block), "chain %s, believed up to %s of %s, %s old",
				block.ChainID, orderproof.NewRoot(block.Header), block.Time.UTC().Format(time.DateTime+" MST"), time.Since(block.Time).Round(time.Second))
		},
	}
	cmd.Flags().String("chain-id", "", "refuse a file of another chain")
	return cmd
}
