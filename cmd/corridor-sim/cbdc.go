package main

import (
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
)

const cbdcHelp = `Serve a simulated central bank digital currency: a ledger of its own, with its own rules, that
keeps its money in an SQLite database and survives kill -9.

Configuration (YAML; paths are relative to the file; what has a default may be left out):

` + cbdcExample + `
With a hub, the ledger checks every order itself: it believes one header, and acts on nothing that was not proven from
there (the adapter's configuration then says order_check: ledger). Without the section it believes its notaries:

` + cbdcHubExample + `
Tokens file (chmod go-w; hashes only, made by: printf %s TOKEN | sha256sum):

  admin: <64 hex digits>
  notaries:
    notary-1: <64 hex digits>

Look at it, with the admin's token:

  curl -H "Authorization: Bearer $ADMIN" http://$(cat cbdc.addr)/admin/accounts
  curl -H "Authorization: Bearer $ADMIN" http://$(cat cbdc.addr)/admin/check
  curl -H "Authorization: Bearer $ADMIN" http://$(cat cbdc.addr)/admin/entries
  curl -H "Authorization: Bearer $ADMIN" http://$(cat cbdc.addr)/admin/book     # with a hub

Break it, until DELETE /admin/faults: the next hold takes effect and its reply never comes:

  curl -H "Authorization: Bearer $ADMIN" -d '{"operation":"hold","mode":"withhold","count":1}' \
    http://$(cat cbdc.addr)/admin/faults

SIGTERM or Ctrl-C lets running requests finish.`

// cbdcExample is a configuration that works, for the help.
const cbdcExample = `  ledger: cbdc-cny              # the ledger id, as registered on the hub
  chain_id: corridor-1          # the hub whose orders count; default any
  listen: 127.0.0.1:0           # port 0 takes a free one
  addr_file: cbdc.addr          # the actual host:port is written there once it listens; needed with port 0
  data_dir: cbdc-data
  tokens_file: cbdc-tokens.yaml
  currency: CNY                 # default CNY
  opening_hours: {zone: Asia/Shanghai, days: [mon, tue, wed, thu, fri], open: "09:00", close: "17:00"}   # default always
  limits: {transaction_minor: 100000000, balance_minor: 10000000000}   # of wallets that name none; default no limit
  operators:
    - {id: op-1, name: Operator One, reserve_minor: 0}
  wallets:                      # opened at the first start alone
    - id: W-ALPHA
      operator: op-1
      owner: Alpha Trading
      opening_minor: 500000000  # 5,000,000.00
      # secp256k1, compressed, 66 hex digits; a wallet without one can only receive
      consent_key: 0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
`

// cbdcHubExample makes that ledger check orders.
const cbdcHubExample = `  hub:
    chain_id: corridor-1
    trusting_period: 336h       # how long a header is believed; well below the hub's unbonding time
    max_clock_drift: 10s        # default 10s
    # HEIGHT:HASH of a header, from the hub's operators. It counts at the first start, and later if it is higher than the
    # header believed by then
    root: 7:1F7B5A0C9E3D4826B1A7C05D9E8F3B2A6C4D1E0F7B9A8C6D5E4F3A2B1C0D9E8F
`

// newCBDCCommand is corridor-sim cbdc.
func newCBDCCommand() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:     "cbdc --config FILE",
		Short:   "Serve a simulated CBDC ledger",
		Long:    cbdcHelp,
		Example: "  corridor-sim cbdc --config cbdc.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			cmd.SilenceUsage = true
			return sim.Run(ctx, config, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "the ledger's configuration file (required)")
	if err := cmd.MarkFlagRequired("config"); err != nil {
		panic(err) // the flag is defined one line above
	}
	return cmd
}
