package main

import (
	"os"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/corridor-network/corridor/internal/config"
	"github.com/corridor-network/corridor/relayer/ledgerlink"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check configuration files"}
	validate := &cobra.Command{
		Use:   "validate FILE",
		Short: "Say what is wrong with a relayer's, a notary's or a client's file: file, line and field",
		Long: `Checks a file and the variables that override its fields. A file with chains is an IBC relayer's, as ` + "`corridor relay`" + ` reads it; one with a
keyring a client's, as the commands of participants read it; any other is a notary's, as ` + "`corridor ledger run`" + ` reads it. Nothing is
started or asked.`,
		Example: `  corridor config validate .localnet/client.yaml
  corridor config validate .localnet/notaries/cbdc-cny-n1/link.yaml
  corridor config validate ~/.corridor/relay.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			fields := topFields(args[0])
			if fields["chains"] != nil {
				c, err := relayconfig.Load(args[0])
				if err != nil {
					return err
				}
				return answer(cmd, map[string]any{"file": args[0], "chains": c.ChainNames(), "paths": len(c.Paths)},
					"%s is good: %d paths between %s", args[0], len(c.Paths), names(c.ChainNames()))
			}
			if fields["keyring"] != nil {
				c := clientConfig{Keyring: clientKeyring{Backend: keyring.BackendOS}}
				if err := config.Load(args[0], clientEnvPrefix, &c); err != nil {
					return err
				}
				return answer(cmd, map[string]string{"file": args[0], "chain_id": c.Hub.ChainID}, "%s is good: a client of %s", args[0], c.Hub.ChainID)
			}
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

// topFields tell what kind of file it is. What can't be read is the reader's to explain.
func topFields(file string) (fields map[string]any) {
	raw, err := os.ReadFile(file)
	if err != nil || yaml.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return fields
}
