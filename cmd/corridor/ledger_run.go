package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/relayer/pluginhost"
	"github.com/corridor-network/corridor/relayer/status"
)

func newLedgerRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run one notary's link between the hub and its ledger",
		Long: `Starts the adapter plugin, reads from this notary's own hub node what is to be done on the ledger, does it when it is this notary's turn,
looks up what was done, and attests it with this notary's key. It keeps no state: it can be killed and started again at any point.

FILE is YAML; every field can be overridden by a variable (hub.grpc by CORRIDOR_LEDGER_HUB_GRPC):

  hub: {chain_id: corridor-1, grpc: "127.0.0.1:9090", rpc: "http://127.0.0.1:26657", verify: node}
  ledger: usd-rtgs          # as registered on the hub
  notary: n1                # as registered on the hub
  key: {name: n1, backend: os, dir: /var/lib/corridor}
  adapter: {path: /usr/lib/corridor/corridor-adapter-bank, sha256: …, config: /etc/corridor/bank.yaml}
  run_dir: /run/corridor
  status: {listen: "127.0.0.1:9464"}
  call_timeout: 10s

Logs are JSON on standard error.`,
		Example: `  corridor config validate notary.yaml
  corridor ledger run notary.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := ledgerlink.LoadConfig(args[0])
			if err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil)).With("ledger", c.Ledger, "notary", c.Notary)
			return runLink(cmd.Context(), c, log)
		},
	}
	return cmd
}

// runLink wires hub node, key, plugin and link, and runs until ctx ends.
func runLink(ctx context.Context, c ledgerlink.Config, log *slog.Logger) error {
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: c.Hub.GRPC, RPC: c.Hub.RPC}, c.Hub.ChainID)
	if err != nil {
		return err
	}
	defer client.Close()
	keys, err := keyring.New("corridor", c.Key.Backend, c.Key.Dir, nil, client.Codec())
	if err != nil {
		return fmt.Errorf("keyring %s in %s: %w", c.Key.Backend, c.Key.Dir, err)
	}
	node, err := ledgerlink.NewNode(client, keys, c.Key.Name, c.Ledger, c.Notary)
	if err != nil {
		return err
	}
	if err := node.Check(ctx); err != nil {
		return err
	}
	host, err := pluginhost.Start(ctx, pluginhost.Config{
		Path: c.Adapter.Path, SHA256: c.Adapter.SHA256, ConfigPath: c.Adapter.Config, LedgerID: c.Ledger,
		RunDir: c.RunDir, Logger: log, CallTimeout: c.CallTimeout,
	})
	if err != nil {
		return err
	}
	defer host.Close()
	if err := ledgerlink.CheckLedger(ctx, host); err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	report := ledgerlink.NewReport(c, registry)
	report.AdapterPID = host.PID
	server, err := status.Start(c.Status.Listen, c.Status.AddrFile, report, registry)
	if err != nil {
		return err
	}
	defer server.Close(context.WithoutCancel(ctx))
	log.Info("running", "hub", c.Hub.GRPC, "chain", client.ChainID(), "status", server.Address, "adapter_pid", host.PID())
	link := &ledgerlink.Link{Hub: node, Ledger: host, CallTimeout: c.CallTimeout, Log: log, Report: report}
	return link.Run(ctx, client.Follow(ctx, log))
}
