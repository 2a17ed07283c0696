package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func newRelayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "relay",
		Short: "Relay IBC packets between two chains, or many",
		Long: `Carries packets, acknowledgements and timeouts between IBC chains: any chains with classic channels, a Corridor hub is not needed.

  corridor relay init chain-a.yaml chain-b.yaml   # a file for each with its node's address; the nodes are asked for the rest
  corridor relay link a b --port transfer         # clients, connection, channel; run again it goes on where it stopped
  corridor relay run                              # all paths, until it is told to stop

Then watch it:

  corridor relay status                           # paths, clients and how long they last, balances
  corridor relay pending                          # packets on their way
  corridor relay explain transfer/channel-0/17    # where one packet is, and what it waits for

All of it is in one file: --config, else $CORRIDOR_RELAY_CONFIG, else ` + "~/.corridor/relay.yaml" + `. Keys are in the keyring that it names, never in it.`,
	}
	cmd.PersistentFlags().String("config", "", "the relayer's file (default $CORRIDOR_RELAY_CONFIG, else ~/.corridor/relay.yaml)")
	cmd.AddCommand(newRelayInitCommand(), newRelayLinkCommand(), newRelayCloseCommand(), newRelayRunCommand(), newRelayStatusCommand(),
		newRelayPendingCommand(),
		newRelayClearCommand(), newRelayExplainCommand(), newRelayClientCommand(), newRelayKeysCommand())
	return cmd
}

// relayConfigFile is the file that a relay command reads.
func relayConfigFile(cmd *cobra.Command) string {
	if file, _ := cmd.Flags().GetString("config"); file != "" {
		return file
	}
	if file := os.Getenv("CORRIDOR_RELAY_CONFIG"); file != "" {
		return file
	}
	return relayconfig.DefaultFile()
}

func loadRelayConfig(cmd *cobra.Command) (relayconfig.Config, error) {
	file := relayConfigFile(cmd)
	c, err := relayconfig.Load(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, fmt.Errorf("no relayer's configuration at %s: make one with `corridor relay init`, or name a file with --config or $CORRIDOR_RELAY_CONFIG", file)
	}
	return c, err
}

// completeChains offers the chains of the file to a shell.
func completeChains(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := loadRelayConfig(cmd)
	if err != nil || len(args) >= 2 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var offers []string
	for _, ch := range c.Chains {
		if len(args) == 0 || ch.Name != args[0] {
			offers = append(offers, ch.Name+"\t"+ch.ChainID)
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}

// completePaths offers the paths of the file to a shell.
func completePaths(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := loadRelayConfig(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	offers := make([]string, len(c.Paths))
	for i, p := range c.Paths {
		offers[i] = fmt.Sprintf("%s\t%s and %s", p.Name, p.A.Chain, p.B.Chain)
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}

// withConfig is what a command that the user is told to type next needs, to read the same file.
func withConfig(cmd *cobra.Command) string {
	if file, _ := cmd.Flags().GetString("config"); file != "" {
		return " --config " + file
	}
	return ""
}

// names joins words as a person lists them.
func names(words []string) string { return strings.Join(words, ", ") }
