package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx))
}

func run(ctx context.Context) int {
	err := newRootCommand().ExecuteContext(ctx)
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
	fmt.Fprintln(os.Stderr, "Error: "+err.Error())
	return exitError1
}
