package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
)

// addAs adds the flag that says in whose name a command acts.
func addAs(cmd *cobra.Command) {
	cmd.Flags().String("as", "", "the participant in whose name this is done; its key is in the keyring (required)")
	if err := cmd.MarkFlagRequired("as"); err != nil {
		panic(fmt.Errorf("flag --as: %w", err)) // only if the flag does not exist: a mistake in this file
	}
}

// senderFor signs in the name of the participant that --as names.
func senderFor(cmd *cobra.Command, hub *swap.Hub) (*hubclient.Sender, error) {
	id, _ := cmd.Flags().GetString("as")
	p, err := hub.Participant(cmd.Context(), id)
	if err != nil {
		return nil, fmt.Errorf("--as: %w", err)
	}
	return hub.Sender(p)
}
