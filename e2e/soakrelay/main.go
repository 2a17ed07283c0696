package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "soak-relay:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o options
	f := flag.NewFlagSet("soak-relay", flag.ContinueOnError)
	f.StringVar(&o.bin, "bin", "build", "folder of corridor and simd")
	f.DurationVar(&o.lasts, "for", 10*time.Minute, "how long the relayer is killed")
	f.DurationVar(&o.pause, "block", 200*time.Millisecond, "block interval (timeout_commit)")
	f.IntVar(&o.rate, "rate", 20, "packets a second in each direction")
	f.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of when the relayer is killed")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.lasts <= 0 || o.pause <= 0 || o.rate < 1 {
		return errors.New("--for, --block and --rate must be above 0")
	}
	dir, err := os.MkdirTemp("", "soak-relay-")
	if err != nil {
		return err
	}
	s := &soak{options: o, dir: dir}
	if err := s.all(ctx); err != nil {
		return fmt.Errorf("%w\nseed %d; logs are in %s", err, o.seed, dir)
	}
	return os.RemoveAll(dir)
}
