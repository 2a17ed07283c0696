package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx))
}

func run(ctx context.Context) int {
	root := newRootCommand()
	refuseUnknown(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var code exitError
	if errors.As(err, &code) {
		if code.message != "" {
			fmt.Fprintln(os.Stderr, "Error: "+code.message)
		}
		return code.code
	}
	if ctx.Err() != nil {
		fmt.Fprintf(os.Stderr, "Stopped by a signal before it was done (%s). What was submitted goes on, and what was begun in a folder stays there.\n", explain(cmd, err))
		return exitSignal
	}
	fmt.Fprintln(os.Stderr, "Error: "+explain(cmd, err))
	return exitError1
}

// explain is an error for a person: wrong usage says where help is, and what a hub node answered is given without the words of
// the protocol that carried it.
func explain(cmd *cobra.Command, err error) string {
	var started startedError
	if !errors.As(err, &started) {
		return fmt.Sprintf("%s; see `%s --help`", oneLine(err), cmd.CommandPath())
	}
	return machineWords.ReplaceAllString(err.Error(), "")
}

// machineWords are what gRPC puts before a node's own words, and where in the source an error was made.
var machineWords = regexp.MustCompile(`rpc error: code = \w+ desc = | \[[^\]]*\.go:\d+\]`)
