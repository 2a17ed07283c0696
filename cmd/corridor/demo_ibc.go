package main

import (
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/demoibc"
)

func newDemoIBCCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo-ibc",
		Short: "Relay packets between a hub and ibc-go's stock chain, and show what happened",
		Long: `Starts a hub and ibc-go's stock chain, simd, on this machine; links them, relays a hundred transfers each way, lets one time out, and takes
the vouchers home, by the commands that a user types. After each step it checks what both chains say; anything unexpected is a non-zero
exit. It leaves nothing behind. simd is built by make demo-ibc, which runs this as well.`,
		Example: `  corridor demo-ibc
  corridor demo-ibc --bin build`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			bin, _ := cmd.Flags().GetString("bin")
			return demoibc.Tell(cmd.Context(), demoibc.Options{Bin: bin, Out: cmd.OutOrStdout()})
		},
	}
	addBin(cmd)
	return cmd
}
