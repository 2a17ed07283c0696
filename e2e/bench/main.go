package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	bin, jsonFile, profile, only       string
	accounts, sends, settlements, runs int
	swaps, inFlight                    int
	limit                              time.Duration
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.bin, "bin", "build", "folder of the programs that `make build` makes")
	f.StringVar(&o.jsonFile, "json", "", "write the numbers to this file as well")
	f.StringVar(&o.profile, "profile", "", "keep the node's profile in this file, for go tool pprof")
	f.StringVar(&o.only, "only", "throughput,localnet", "what to measure: throughput, localnet (start, memory, latency)")
	f.IntVar(&o.accounts, "accounts", 1000, "paying accounts of the throughput chain")
	f.IntVar(&o.sends, "sends", 6000, "bank sends a run")
	f.IntVar(&o.settlements, "settlements", 2000, "settlements a run")
	f.IntVar(&o.runs, "runs", 3, "runs of each load, taking turns; the median counts")
	f.IntVar(&o.swaps, "swaps", 20, "swaps whose latency is measured")
	f.IntVar(&o.inFlight, "in-flight", 200, "swaps that are proposed at once")
	f.DurationVar(&o.limit, "limit", 10*time.Minute, "the whole may take no longer")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.accounts < 2 || o.sends < 1 || o.settlements < 1 || o.runs < 1 || o.swaps < 1 || o.inFlight < 1 {
		return o, errors.New("at least 2 accounts, and 1 of everything else, are needed")
	}
	for _, part := range strings.Split(o.only, ",") {
		if part != "throughput" && part != "localnet" {
			return o, fmt.Errorf("--only %q: %q is none of throughput, localnet", o.only, part)
		}
	}
	return o, nil
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	r, err := measure(ctx, o)
	if err != nil {
		return err
	}
	r.write(os.Stdout)
	return r.save(o.jsonFile)
}
