package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/homes"
)

// homesCommand makes what a localnet's nodes start from.
func homesCommand(model *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "homes FILE",
		Short: "Make the homes of several validators on this machine, with one genesis",
		Long: "FILE is JSON: chain_id, time, voting_period, timeout_commit, nodes (name, home, operator's private key, " +
			"and the addresses p2p, rpc, grpc, rest) and modules (the genesis states of Corridor's own). Not for money: " +
			"the operators' keys are in the file.",
		Args: cobra.ExactArgs(1),
		// Nothing of a home is read: there is none yet.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var spec homes.Spec
			decoder := json.NewDecoder(bytes.NewReader(raw))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&spec); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := homes.Make(model, spec); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return nil
		},
	}
}
