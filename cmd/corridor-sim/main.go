// Command corridor-sim runs simulated ledgers: central banks' and banks' core systems, which nobody can run
// outside of them. Each is a server process of its own, with durable state, its own API and its own rules, and with
// faults that can be switched on. They are for trying, testing and showing Corridor, and hold no real money.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{
		Use:   "corridor-sim",
		Short: "Simulated ledgers for Corridor",
		Long: `Run a simulated ledger: a server of its own with durable state, its own API and rules, and faults
that can be switched on. They hold no real money.

  corridor-sim cbdc --config FILE   a central bank digital currency, two tiers, JSON over HTTP
  corridor-sim bank --config FILE   a central bank's RTGS with member banks, ISO 20022 over HTTP

Each subcommand's --help shows its configuration and how to look at it.`,
		SilenceErrors: true,
	}
	root.AddCommand(newCBDCCommand(), newBankCommand())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "corridor-sim:", err)
		os.Exit(1)
	}
}
