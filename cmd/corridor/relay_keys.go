package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newRelayKeysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Show the relayer's keys and their addresses, and make others"}
	list := &cobra.Command{
		Use: "list", Short: "Show every key's address on every chain", Args: cobra.NoArgs,
		Example: "  corridor relay keys list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadRelayConfig(cmd)
			if err != nil {
				return err
			}
			ring, err := c.Keyring.Open(cmd.InOrStdin())
			if err != nil {
				return err
			}
			all, err := accounts(c, ring)
			if err != nil {
				return err
			}
			if asJSON, _ := wantsJSON(cmd); asJSON {
				return writeJSON(cmd.OutOrStdout(), all)
			}
			return writeAccounts(cmd.OutOrStdout(), all)
		},
	}
	add := &cobra.Command{
		Use:   "add NAME…",
		Short: "Make keys in the relayer's keyring",
		Long: `Makes the keys that the keyring lacks; those it holds stay as they are. Add their names to the keys of a chain in the relayer's file, fund
their addresses, and send the relayer a SIGHUP: it signs with them from then on.`,
		Example: `  corridor relay keys add relay-1 relay-2
  corridor relay keys add relay-0 --recover < mnemonic.txt`,
		Args: cobra.MinimumNArgs(1),
		RunE: runRelayKeysAdd,
	}
	add.Flags().Bool("recover", false, "make them from the mnemonic on standard input, in this order")
	add.Flags().Bool("show-mnemonic", false, "print the new mnemonic on standard error, once")
	cmd.AddCommand(list, add)
	return cmd
}

func runRelayKeysAdd(cmd *cobra.Command, args []string) error {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return err
	}
	ring, err := c.Keyring.Open(cmd.InOrStdin())
	if err != nil {
		return err
	}
	given := ""
	if again, _ := cmd.Flags().GetBool("recover"); again {
		if given, err = relayconfig.ReadMnemonic(cmd.InOrStdin()); err != nil {
			return fmt.Errorf("--recover: %w", err)
		}
	}
	made, words, err := relayconfig.AddKeys(ring, args, given)
	if err != nil {
		return err
	}
	if show, _ := cmd.Flags().GetBool("show-mnemonic"); show && given == "" && len(made) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "mnemonic of %s, shown this once:\n%s\n", names(made), words)
	}
	var all []fundable
	for _, ch := range c.Chains {
		for _, key := range args {
			address, err := ch.Address(ring, key)
			if err != nil {
				return err
			}
			all = append(all, fundable{ch.Name, key, address})
		}
	}
	if asJSON, _ := wantsJSON(cmd); asJSON {
		return writeJSON(cmd.OutOrStdout(), all)
	}
	return writeAccounts(cmd.OutOrStdout(), all)
}
