package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	bin, output string
	relayers    []string
	blocks      []time.Duration
	counts      []int
	loads       []string
	runs        int
	singles     int
	perTx       int
	tune        bool
	ceiling     bool
	keep        bool
	verbose     bool
	limit       time.Duration
	patience    time.Duration
}

// The names of relayers and loads, as the flags call them.
const (
	us        = "us"
	rly       = "rly"
	preloaded = "preloaded"
	live      = "live"
)

func parse(args []string) (options, error) {
	var o options
	var relayers, blocks, counts, loads string
	f := flag.NewFlagSet("bench-relay", flag.ContinueOnError)
	f.StringVar(&o.bin, "bin", "build", "folder of corridor, simd and rly")
	f.StringVar(&relayers, "relayers", us+","+rly, "which relayers, in the order of their turns")
	f.StringVar(&blocks, "block", "1s,200ms", "block intervals (timeout_commit)")
	f.StringVar(&counts, "n", "1000,10000", "packets; the live load takes the first only")
	f.StringVar(&loads, "load", preloaded+","+live, "which loads")
	f.IntVar(&o.runs, "runs", 5, "runs of each; the median counts")
	f.IntVar(&o.singles, "singles", 3, "single packets before the live load")
	f.IntVar(&o.perTx, "per-tx", 0, "transfers in one transaction of the load, each another user's (default 1 preloaded, 100 live)")
	f.BoolVar(&o.tune, "tune", true, "let rly try its settings before its runs, and take the best")
	f.BoolVar(&o.ceiling, "ceiling", true, "measure what the chains can execute at all")
	f.BoolVar(&o.keep, "keep", false, "leave logs and homes, and say where")
	f.BoolVar(&o.verbose, "v", true, "show every run as it ends")
	f.DurationVar(&o.patience, "patience", 5*time.Minute, "a relayer that needs longer for a load is cut off, and counted by what was acknowledged")
	f.DurationVar(&o.limit, "limit", 2*time.Hour, "the whole may take no longer")
	f.StringVar(&o.output, "output", "table", "table or json")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.relayers, err = names("relayers", relayers, us, rly); err != nil {
		return o, err
	}
	if o.loads, err = names("load", loads, preloaded, live); err != nil {
		return o, err
	}
	for _, text := range strings.Split(blocks, ",") {
		interval, err := time.ParseDuration(text)
		if err != nil || interval <= 0 {
			return o, fmt.Errorf("--block %q: want durations such as 1s,200ms", blocks)
		}
		o.blocks = append(o.blocks, interval)
	}
	for _, text := range strings.Split(counts, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPackets {
			return o, fmt.Errorf("--n %q: want numbers from 1 to %d", counts, maxPackets)
		}
		o.counts = append(o.counts, n)
	}
	if o.runs < 1 || o.patience <= 0 || o.singles < 0 || o.perTx < 0 || o.output != "table" && o.output != "json" {
		return o, fmt.Errorf("want at least one run, patience, no negative number, and --output table or json")
	}
	return o, nil
}

// maxPackets bounds a load: every transaction of it has its own user, who has money from the start.
const maxPackets = 20_000

func names(name, given string, known ...string) ([]string, error) {
	parts := strings.Split(given, ",")
	for _, part := range parts {
		if !slices.Contains(known, part) {
			return nil, fmt.Errorf("--%s %q: %q is none of %s", name, given, part, strings.Join(known, ", "))
		}
	}
	return parts, nil
}

// users is how many send the loads' transactions; one more sends single packets.
func (o options) users() int {
	most := 0
	for _, load := range o.loads {
		per := o.perTxOf(load)
		most = max(most, (slices.Max(o.counts)+per-1)/per)
	}
	return most
}

// perTxOf is how many transfers one transaction of a load holds. rly searches for the transaction of each packet of a backlog, and
// gets all of it: with one packet in each it does best. A live load has to be there within two blocks.
func (o options) perTxOf(load string) int {
	switch {
	case o.perTx > 0:
		return o.perTx
	case load == preloaded:
		return 1
	}
	return 100
}
