package main

import (
	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/internal/story"
)

func newExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain SETTLEMENT",
		Short: "Tell one settlement's whole story in words, what it waits for, and who can do what about it",
		Long: `Tells who consented, what each ledger said, who attested and in which block, what is waited for and since when, what happens next,
and what can be done. It believes the hub node that it asks; evidence for others is made by ` + "`corridor proof export`" + `.

With -o json the field names are stable.`,
		Example: "  corridor explain 4f0c…   (64 hex digits, from `corridor swap list`)",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := wantsJSON(cmd)
			if err != nil {
				return err
			}
			hub, err := openHub(cmd)
			if err != nil {
				return err
			}
			defer hub.Client.Close()
			v, err := hub.Settlement(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			facts, err := story.Gather(cmd.Context(), hub.Client.Conn(), v)
			if err != nil {
				return err
			}
			block, err := hub.Client.Latest(cmd.Context())
			if err != nil {
				return err
			}
			facts.Height, facts.Now = block.Height, block.Time
			told := story.Tell(facts)
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), told)
			}
			return told.Write(cmd.OutOrStdout())
		},
	}
}
