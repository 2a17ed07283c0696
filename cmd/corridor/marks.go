package main

import "github.com/spf13/cobra"

// startedError is an error of a command that has started: what came before is wrong usage.
type startedError struct{ error }

// Unwrap is the command's own error.
func (e startedError) Unwrap() error { return e.error }

// refuseUnknown has every group of commands refuse a name that is none of them; of the root alone cobra does so itself, below it
// shows help and ends well.
func refuseUnknown(cmd *cobra.Command) {
	if cmd.HasParent() && cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = cobra.NoArgs
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	for _, below := range cmd.Commands() {
		refuseUnknown(below)
	}
}

// markStarted has every command below one mark its errors.
func markStarted(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if _, err := wantsJSON(cmd); err != nil {
				return err
			}
			if err := run(cmd, args); err != nil {
				return startedError{err}
			}
			return nil
		}
	}
	for _, below := range cmd.Commands() {
		markStarted(below)
	}
}
