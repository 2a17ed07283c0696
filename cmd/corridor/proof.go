package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/bundle"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
)

// exportTimeout bounds one export: the questions to the node, and the wait for the header above the newest state.
const exportTimeout = time.Minute

func newProofCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "proof",
		Short: "Make evidence of a settlement that anyone can check without the hub, and check it",
		Long: `A proof bundle is one file that shows what became of one settlement: block headers with their signatures, proofs of the hub's records
against them, and what the ledgers' notaries signed. It is checked offline by whoever believes the hash of one header.
docs/proof.md says what it proves and what it does not.`,
	}
	export := &cobra.Command{
		Use:   "export SETTLEMENT -o FILE",
		Short: "Write a settlement's proof bundle to a file",
		Long: `Asks the hub node of the client configuration for all parts, verifies what comes of them, and only then writes the file. The state
that it shows is that of the block in which the settlement ended; of one that has not ended, the newest.

Its reader needs HEIGHT:HASH of one header, from a source that is not you. Without --trust that is the header right above the
state, which is printed. With --trust the bundle leads from a header that the reader believes already.

-o names the file here; --output is the format of what is printed, as everywhere.`,
		Example: `  corridor proof export 4f0c… -o invoice-7.proof
  corridor proof export 4f0c… -o invoice-7.proof --trust 120:9A3F00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDD`,
		Args: cobra.ExactArgs(1),
		RunE: runProofExport,
	}
	f := export.Flags()
	f.StringP("file", "o", "", "file to write (required)")
	f.String("output", "text", "text or json")
	f.String("hub-rpc", "", "the node's RPC, in place of the configuration's")
	f.String("hub-grpc", "", "the node's gRPC, in place of the configuration's")
	f.String("trust", "", "HEIGHT:HASH that the reader believes already")
	f.Bool("verbose", false, "say how large the bundle is and how long verifying it took")
	cmd.AddCommand(export, newProofVerifyCommand())
	if err := export.MarkFlagRequired("file"); err != nil {
		panic(fmt.Errorf("flag --file: %w", err)) // only if the flag does not exist: a mistake in this file
	}
	return cmd
}

func newProofVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a proof bundle, without any network, and say what it proves",
		Long: `Checks the file against one block header that you believe, named by HEIGHT:HASH. Take the hash from a source that did not give you the
file: a hub node of your own, or several validators (http://NODE:26657/commit?height=HEIGHT shows it as block_id.hash).

Exit codes: 0 it proves what is printed, 1 it proves nothing; the error names the part.`,
		Example: "  corridor proof verify invoice-7.proof --trust 131:9A3F00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDD",
		Args:    cobra.ExactArgs(1),
		RunE:    runProofVerify,
	}
	f := cmd.Flags()
	f.String("trust", "", "HEIGHT:HASH of a header that you believe (required)")
	f.Bool("verbose", false, "say how large the bundle is and how long verifying it took")
	if err := cmd.MarkFlagRequired("trust"); err != nil {
		panic(fmt.Errorf("flag --trust: %w", err)) // only if the flag does not exist: a mistake in this file
	}
	return cmd
}

// trusted reads --trust; nil where it is not given.
func trusted(cmd *cobra.Command) (*orderproof.Root, error) {
	text, _ := cmd.Flags().GetString("trust")
	if text == "" {
		return nil, nil
	}
	root, err := orderproof.ParseRoot(text)
	if err != nil {
		return nil, fmt.Errorf("--trust: %w", err)
	}
	return &root, nil
}

func runProofVerify(cmd *cobra.Command, args []string) error {
	root, err := trusted(cmd)
	if err != nil {
		return err
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	if info.Size() > bundle.MaxBytes {
		return fmt.Errorf("%s: %d bytes, a proof bundle has at most %d", args[0], info.Size(), bundle.MaxBytes)
	}
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	proven, took, err := proves(raw, *root)
	if err != nil {
		return fmt.Errorf("%s proves nothing: %w", args[0], err)
	}
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	sayCost(cmd, len(raw), took)
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), proven)
	}
	return proven.Write(cmd.OutOrStdout())
}

// proves is what a reader does with the bytes of a file.
func proves(raw []byte, root orderproof.Root) (bundle.Proven, time.Duration, error) {
	start := time.Now()
	b, err := bundle.Decode(raw)
	if err != nil {
		return bundle.Proven{}, 0, err
	}
	proven, err := b.Verify(root)
	return proven, time.Since(start), err
}

func sayCost(cmd *cobra.Command, bytes int, took time.Duration) {
	if verbose, _ := cmd.Flags().GetBool("verbose"); verbose {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d bytes, verified in %s\n", bytes, took.Round(10*time.Microsecond))
	}
}

// exportedJSON is what an export says to programs.
type exportedJSON struct {
	File   string        `json:"file"`
	Bytes  int           `json:"bytes"`
	Trust  string        `json:"trust"`
	Proven bundle.Proven `json:"proven"`
}

func runProofExport(cmd *cobra.Command, args []string) error {
	trust, err := trusted(cmd)
	if err != nil {
		return err
	}
	file, _ := cmd.Flags().GetString("file")
	if file == "json" || file == "text" {
		return fmt.Errorf("-o %s: here -o names the file; the format is --output %s", file, file)
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), exportTimeout)
	defer cancel()
	raw, root, err := exportProof(ctx, cmd, args[0], trust)
	if err != nil {
		return err
	}
	proven, took, err := proves(raw, root)
	if err != nil {
		return err
	}
	if err := writeWhole(file, raw); err != nil {
		return err
	}
	sayCost(cmd, len(raw), took)
	return answer(cmd, exportedJSON{File: file, Bytes: len(raw), Trust: root.String(), Proven: proven},
		"%s: settlement %s is %s in the state of block %d.\nIts reader checks it with:  corridor proof verify %s --trust %s\nand has to take that hash from a source of its own, not from you.",
		file, proven.SettlementID, proven.State, proven.StateHeight, filepath.Base(file), root)
}

// exportProof asks the configured node, or the one that the flags name.
func exportProof(ctx context.Context, cmd *cobra.Command, id string, trust *orderproof.Root) ([]byte, orderproof.Root, error) {
	c, err := proofNode(cmd)
	if err != nil {
		return nil, orderproof.Root{}, err
	}
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: c.GRPC, RPC: c.RPC}, c.ChainID)
	if err != nil {
		return nil, orderproof.Root{}, err
	}
	defer client.Close()
	view, err := (&swap.Hub{Client: client}).Settlement(ctx, id)
	if err != nil {
		return nil, orderproof.Root{}, err
	}
	node, err := bundle.NewNode(client.ChainID(), c.RPC)
	if err != nil {
		return nil, orderproof.Root{}, err
	}
	exporter := bundle.Exporter{Source: node, Outbox: bridge.NewQueryClient(client.Conn())}
	b, root, err := exporter.Export(ctx, bundle.Request{Settlement: view.Settlement, Trust: trust})
	if err != nil {
		return nil, root, fmt.Errorf("settlement %s: %w", id, err)
	}
	raw, err := b.Encode()
	return raw, root, err
}

// proofNode is the node to ask. With both flags no configuration is read.
func proofNode(cmd *cobra.Command) (clientHub, error) {
	rpc, _ := cmd.Flags().GetString("hub-rpc")
	grpc, _ := cmd.Flags().GetString("hub-grpc")
	if rpc != "" && grpc != "" {
		return clientHub{RPC: rpc, GRPC: grpc}, nil
	}
	c, err := loadClientConfig(cmd)
	if err != nil {
		return clientHub{}, err
	}
	c.Hub.RPC, c.Hub.GRPC = cmp.Or(rpc, c.Hub.RPC), cmp.Or(grpc, c.Hub.GRPC)
	return c.Hub, nil
}

// writeWhole writes a file so that it is there whole, or not at all.
func writeWhole(file string, raw []byte) error {
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // gone already when all went well
	_, err = part.Write(raw)
	for _, step := range []func() error{part.Sync, part.Close, func() error { return os.Chmod(part.Name(), 0o644) }} {
		if failed := step(); err == nil {
			err = failed
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), file)
}
