package main

import (
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/adapters/bank/sim"
)

const bankHelp = `Serve a simulated bank network: a central bank's real-time gross settlement system whose member
banks hold accounts at it. It speaks ISO 20022 (camt.103 and .049 for reservations, pacs.009 for
settlement, camt.046 and .003 for questions), every message checked against its official schema,
keeps its money in an SQLite database and survives kill -9.

Configuration (YAML; paths are relative to the file; what has a default may be left out):

` + bankExample + `
Tokens file (chmod go-w; hashes only, made by: printf %s TOKEN | sha256sum):

  admin: <64 hex digits>
  notaries:
    notary-1: <64 hex digits>

Look at it, with the admin's token:

  curl -H "Authorization: Bearer $ADMIN" http://$(cat bank.addr)/admin/accounts
  curl -H "Authorization: Bearer $ADMIN" http://$(cat bank.addr)/admin/check
  curl -H "Authorization: Bearer $ADMIN" http://$(cat bank.addr)/admin/entries
  curl -H "Authorization: Bearer $ADMIN" "http://$(cat bank.addr)/notifications?account=ALPHUS33"

Break it, until DELETE /admin/faults: the next reservation takes effect and its receipt never comes:

  curl -H "Authorization: Bearer $ADMIN" -d '{"operation":"hold","mode":"withhold","count":1}' \
    http://$(cat bank.addr)/admin/faults

SIGTERM or Ctrl-C lets running requests finish.`

// bankExample is a configuration that works, for the help.
const bankExample = `  ledger: bank-usd              # the ledger id, as registered on the hub
  listen: 127.0.0.1:0           # port 0 takes a free one
  addr_file: bank.addr          # the actual host:port is written there once it listens; needed with port 0
  data_dir: bank-data
  tokens_file: bank-tokens.yaml
  currency: USD                 # default USD
  opening_hours: {zone: America/New_York, days: [mon, tue, wed, thu, fri], open: "09:00", close: "18:30"}   # default always
  limits: {transaction_minor: 100000000}   # of accounts that name none; default no limit
  members:
    - {bic: ALPHUS33, name: Alpha Bank}
  accounts:                     # opened at the first start alone
    - id: ALPHUS33              # a member's settlement account is named by its BIC
      opening_minor: 500000000  # 5,000,000.00
      # secp256k1, compressed, 66 hex digits; an account without one can only receive
      consent_key: 0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
    - id: ALPHUS33:10002        # further accounts by BIC:id; an id of an IBAN's form must be one
      owner: Alpha Trading      # default the member's name
      transaction_limit_minor: 1000000
`

// newBankCommand is corridor-sim bank.
func newBankCommand() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:     "bank --config FILE",
		Short:   "Serve a simulated bank network that speaks ISO 20022",
		Long:    bankHelp,
		Example: "  corridor-sim bank --config bank.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			cmd.SilenceUsage = true
			return sim.Run(ctx, config, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "the network's configuration file (required)")
	if err := cmd.MarkFlagRequired("config"); err != nil {
		panic(err) // the flag is defined one line above
	}
	return cmd
}
