package main

import (
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ledgerlink"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check configuration files"}
	validate := &cobra.Command{
		Use:     "validate FILE",
		Short:   "Say what is wrong with a notary's file: file, line and field",
		Example: `  corridor config validate .localnet/notaries/cbdc-cny-n1/link.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := ledgerlink.LoadConfig(args[0])
			if err != nil {
				return err
			}
			return answer(cmd, map[string]string{"file": args[0], "notary": c.Notary, "ledger": c.Ledger},
				"%s is good: notary %s of ledger %s", args[0], c.Notary, c.Ledger)
		},
	}
	cmd.AddCommand(validate)
	return cmd
}
