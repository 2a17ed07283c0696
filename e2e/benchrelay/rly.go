package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// contender is a relayer that is measured.
type contender interface {
	// configure writes what the relayer needs for a running pair, and gives its command line.
	configure(ctx context.Context, p *pair, s setting) ([]string, error)
}

// setting is what rly is told for a run.
type setting struct {
	maxMsgs int
	loop    time.Duration // between two looks of it
}

func (s setting) String() string { return fmt.Sprintf("--max-msgs %d, loop %s", s.maxMsgs, s.loop) }

// rlyRelayer is cosmos/relayer, with its key in the SDK's keyring of the test backend.
type rlyRelayer struct{ binary string }

// rlyCandidates are the settings worth trying. Its default of 5 messages relays about a packet a second, and a thousand receipts are
// more than a transaction may hold; its default loop rests for a second. The first of each was the best of a quiet machine.
var rlyCandidates = map[string][]setting{
	preloaded: {{250, 200 * time.Millisecond}, {500, time.Second}, {250, time.Second}},
	live:      {{100, 200 * time.Millisecond}, {250, 200 * time.Millisecond}, {100, time.Second}},
}

// fits makes the loop quicker than blocks of less than a second: it hangs otherwise.
func (s setting) fits(block time.Duration) setting {
	if block < time.Second {
		s.loop = min(s.loop, block/2)
	}
	return s
}

func (r rlyRelayer) configure(ctx context.Context, p *pair, s setting) ([]string, error) {
	relayer := r.in(p, s.loop)
	return relayer.Command(s.maxMsgs), relayer.Init(ctx, [2]*ibcnet.Chain{p.a, p.b}, ibcnet.FirstPath)
}

// link makes client, connection and channel.
func (r rlyRelayer) link(ctx context.Context, p *pair) error {
	relayer := r.in(p, fastPause/2)
	if err := relayer.Init(ctx, [2]*ibcnet.Chain{p.a, p.b}, [2]ibcnet.PathEnd{}); err != nil {
		return err
	}
	return relayer.Link(ctx, port, "ics20-1")
}

func (r rlyRelayer) in(p *pair, loop time.Duration) ibcnet.Rly {
	return ibcnet.Rly{Program: r.binary, Dir: filepath.Join(p.dir, "rly"), Loop: loop}
}
