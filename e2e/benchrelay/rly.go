package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/ibcnet"
)

// contender is a relayer that is measured.
type contender interface {
	// configure writes what the relayer needs for a running pair, and gives its command line.
	configure(ctx context.Context, p *pair, s setting) ([]string, error)
}

// setting is what a relayer is told for a run.
type setting struct {
	pause   time.Duration
	maxMsgs int // rly's; 0: nothing is said
}

// rlyRelayer is cosmos/relayer, with its key in the SDK's keyring of the test backend.
type rlyRelayer struct{ binary string }

// rlyCandidates are the settings of --max-msgs worth trying: its default of 5 relays about a packet a second, and a thousand
// receipts are more than a transaction may hold.
var rlyCandidates = map[string][]int{preloaded: {250, 500}, live: {100, 250}}

func (r rlyRelayer) configure(ctx context.Context, p *pair, s setting) ([]string, error) {
	relayer := r.in(p, s.pause)
	return relayer.Command(s.maxMsgs), relayer.Init(ctx, [2]*ibcnet.Chain{p.a, p.b}, ibcnet.FirstPath)
}

// link makes client, connection and channel.
func (r rlyRelayer) link(ctx context.Context, p *pair) error {
	relayer := r.in(p, fastPause)
	if err := relayer.Init(ctx, [2]*ibcnet.Chain{p.a, p.b}, [2]ibcnet.PathEnd{}); err != nil {
		return err
	}
	return relayer.Link(ctx, port, "ics20-1")
}

func (r rlyRelayer) in(p *pair, pause time.Duration) ibcnet.Rly {
	return ibcnet.Rly{Program: r.binary, Dir: filepath.Join(p.dir, "rly"), Pause: pause}
}
