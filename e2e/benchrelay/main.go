package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench-relay:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench-relay-")
	if err != nil {
		return err
	}
	b := &bench{options: o, dir: dir, load: loadAverage()}
	err = b.measure(ctx)
	if o.keep {
		fmt.Fprintln(os.Stderr, "bench-relay: logs are in", dir)
	} else if gone := os.RemoveAll(dir); gone != nil {
		err = errors.Join(err, gone)
	}
	if err != nil {
		return err
	}
	return b.report(os.Stdout)
}
