package main

import (
	"cmp"

	"github.com/cosmos/cosmos-sdk/version"
	"github.com/spf13/cobra"
)

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "corridor",
		Short: "Payments that cross currencies and ledgers, settled all or nothing",
		Long: `corridor is the tool of those who pay, quote, and link ledgers on a Corridor hub.

  Try it with nothing of your own:   corridor localnet up   (or: make demo)
  Pay:                               corridor swap --help
  Quote prices:                      corridor quote --help
  Run a ledger's notary:             corridor ledger run --help
  Complete commands in a shell:      corridor completion --help

Commands that speak to a hub read one file: --config, else $CORRIDOR_CONFIG, else .localnet/client.yaml.`,
		Version:       cmp.Or(version.Version, "unversioned"), // set at build time, as corridord's
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.String("config", "", "client configuration (default $CORRIDOR_CONFIG, else .localnet/client.yaml)")
	flags.StringP("output", "o", "text", "text or json")
	root.AddCommand(newSwapCommand(), newQuoteCommand(), newConsentCommand(), newParticipantCommand(),
		newLedgerCommand(), newConfigCommand(), newLocalnetCommand(), newDemoCommand(),
		newRelayCommand(), newTrustCommand(), newDemoIBCCommand(), newExplainCommand(), newProofCommand(), newDoctorCommand())
	markStarted(root)
	return root
}
