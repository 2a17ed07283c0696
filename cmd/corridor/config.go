package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/ledgerlink"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check configuration files"}
	validate := &cobra.Command{
		Use:   "validate FILE",
		Short: "Say what is wrong with a notary's file: file, line and field",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := ledgerlink.LoadConfig(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is good: notary %s of ledger %s\n", args[0], c.Notary, c.Ledger)
			return nil
		},
	}
	cmd.AddCommand(validate)
	return cmd
}
