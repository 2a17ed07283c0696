package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/relayer/pluginhost"
	"github.com/corridor-network/corridor/relayer/status"
)

func newLedgerRunCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run one notary's link between the hub and its ledger",
		Long: `Starts the adapter plugin, reads from the hub what is to be done on the ledger, does it when it is this notary's turn, looks up what
was done, and attests it with this notary's key. It keeps no state but the newest header of the hub that it believes: it can be
killed and started again at any point.

No node of the hub is believed: headers are verified from the trust file on (` + "`corridor trust init`" + ` makes it, once), and everything that is
acted on is proved. A node that lies is named in the log and in /status, and the next one is used: name at least two, of different
institutions. With verify: node, in place of nodes and trust, one node of your own is believed: {verify: node, grpc: …, rpc: …}.

FILE is YAML; every field can be overridden by a variable (hub.trust.file by CORRIDOR_LEDGER_HUB_TRUST_FILE), those of a list excepted:

  hub:
    chain_id: corridor-1
    nodes:
      - {name: own, grpc: "127.0.0.1:9090", rpc: "http://127.0.0.1:26657"}
      - {name: bank-b, grpc: "10.0.0.2:9090", rpc: "http://10.0.0.2:26657"}
    trust: {file: trust.json, period: 336h, max_clock_drift: 10s}
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

// runLink wires hub, key, plugin and link, and runs until ctx ends.
func runLink(ctx context.Context, c ledgerlink.Config, log *slog.Logger) (err error) {
	registry := prometheus.NewRegistry()
	hub, err := ledgerlink.Connect(ctx, c, log, registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close()) }()
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
	report := ledgerlink.NewReport(c, registry)
	report.AdapterPID, report.Hub = host.PID, hub.Health
	server, err := status.Start(c.Status.Listen, c.Status.AddrFile, report, registry)
	if err != nil {
		return err
	}
	defer server.Close(context.WithoutCancel(ctx))
	link := &ledgerlink.Link{Hub: hub.Hub, Prover: hub.Prover, Ledger: host, CallTimeout: c.CallTimeout, Log: log, Report: report}
	if checks, err := ledgerlink.ChecksOrders(ctx, host); err != nil {
		return err
	} else if checks {
		link.Orders = host
	}
	log.Info("running", "chain", c.Hub.ChainID, "verify", c.Hub.Verify, "orders_proved", link.Orders != nil, "status", server.Address, "adapter_pid", host.PID())
	return link.Run(ctx, hub.Follow(ctx))
}
