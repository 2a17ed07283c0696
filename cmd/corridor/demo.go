package main

import (
	"context"
	"fmt"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/config"
	"github.com/corridor-network/corridor/internal/demo"
	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
)

func newDemoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Start a localnet and tell Corridor's story on it with real swaps",
		Long: `Starts a localnet and settles real swaps on it: one that settles, one that the bank refuses, one during which a notary is killed, what
is refused before any hold, and four with a leg on a second chain, by IBC. It ends with a check over all ledgers and the hub; anything unexpected is a non-zero exit. The localnet
is left running to look at.`,
		Example: `  corridor demo
  corridor demo                     # once more: a second one beside the first, in .localnet-2
  corridor demo --dir /tmp/third`,
		Args: cobra.NoArgs,
		RunE: runDemo,
	}
	cmd.Flags().String("dir", defaultLocalnet, "the localnet's folder; unless it is named, the next free one after it: .localnet-2, …")
	addBin(cmd)
	return cmd
}

func runDemo(cmd *cobra.Command, _ []string) error {
	o := localnet.Options{New: true, SecondChain: true, Progress: func(what string) { fmt.Fprintln(cmd.OutOrStdout(), "starting "+what) }}
	o.Dir, _ = cmd.Flags().GetString("dir")
	if !cmd.Flags().Changed("dir") {
		o.Dir = localnet.FreeDir(o.Dir)
	}
	o.Bin, _ = cmd.Flags().GetString("bin")
	l, err := localnet.Up(cmd.Context(), o)
	if err != nil {
		return err
	}
	hub, err := hubOf(cmd.Context(), l)
	if err != nil {
		return err
	}
	defer hub.Client.Close()
	story := &demo.Story{Net: l, Hub: hub, Bin: o.Bin, Out: cmd.OutOrStdout()}
	defer story.End() //nolint:errcheck // nothing is lost with a connection that was only asked by
	if err := story.Tell(cmd.Context()); err != nil {
		return fmt.Errorf("%w\nThe localnet is left running: logs are in %s/logs, `corridor localnet down --dir %s` ends it", err, l.Dir, o.Dir)
	}
	fmt.Fprintf(cmd.OutOrStdout(), `
The localnet runs on. Look at it:
  build/corridor localnet status --dir %[1]s
  build/corridor swap list --config %[2]s
  build/corridor quote list --config %[2]s
  build/corridor relay status --config %[3]s
Stop it:
  build/corridor localnet down --dir %[1]s --purge
`, o.Dir, l.ClientFile(), l.Far.RelayerFile)
	return nil
}

// hubOf connects to a localnet's hub with its participants' keys.
func hubOf(ctx context.Context, l *localnet.Localnet) (*swap.Hub, error) {
	c := clientConfig{Keyring: clientKeyring{Backend: keyring.BackendTest}}
	if err := config.Load(l.ClientFile(), clientEnvPrefix, &c); err != nil {
		return nil, err
	}
	return c.open(ctx, nil)
}
