package ibcpath

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
)

// defaultClearEvery is Options.ClearEvery if it is not set.
const defaultClearEvery = 10 * time.Minute

// Path relays between two chains over one connection, on every channel of it that the filter lets pass. Make one with NewPath.
type Path struct {
	ends      [2]End
	opts      Options
	log       *slog.Logger
	revisions [2]uint64

	mu         sync.Mutex
	book       book
	delays     [2]*delay
	delayKnown [2]bool
	first      [2]chan struct{} // closed when a chain's first head is there
	done       [2]uint64        // packets of each end that ended
	batches    int              // under way
	most       [2]int           // messages of a transaction, where a chain refused more; 0: as many as fit
	begun      [2]bool          // a batch was handed out since the start
	gathering  [2]time.Time     // since when a backlog's packets wait for more of it to be found; zero: none does
	running    bool
	asked      uint64     // listings asked for
	listed     uint64     // the newest of them that was done
	unlisted   []*channel // could not be listed yet
	faults     [3]map[string]fault
	wake       [2]chan struct{}
	list       chan struct{} // what waits is to be listed anew
	find       chan struct{} // channels are to be discovered anew
}

// NewPath makes a path between two ends of one connection.
func NewPath(ends [2]End, opts Options) *Path {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.ClearEvery == 0 {
		opts.ClearEvery = defaultClearEvery
	}
	p := &Path{
		ends: ends, opts: opts, list: make(chan struct{}, 1), find: make(chan struct{}, 1),
		log: opts.Log.With("path", ends[0].Chain.ID()+"-"+ends[1].Chain.ID()),
	}
	for end := range p.faults {
		p.faults[end] = map[string]fault{}
	}
	p.reset()
	for end := range ends {
		p.revisions[end] = clienttypes.ParseChainID(ends[end].Chain.ID())
		p.wake[end] = make(chan struct{}, 1)
	}
	return p
}

// Run relays until ctx ends, and returns nil then. A chain that does not answer is asked again, and reported meanwhile.
func (p *Path) Run(ctx context.Context) error {
	p.mu.Lock()
	if p.running {
		p.mu.Unlock()
		return errors.New("this path is running already")
	}
	p.running = true
	p.reset()
	p.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts sync.WaitGroup
	for end := range p.ends {
		parts.Go(func() { p.follow(ctx, end) })
		parts.Go(func() { p.work(ctx, end) })
	}
	parts.Go(func() { p.keepListing(ctx) })
	<-ctx.Done()
	parts.Wait()
	p.mu.Lock()
	p.running = false
	p.mu.Unlock()
	return nil
}

// reset forgets what was known, for it is read again from the chains.
func (p *Path) reset() {
	p.book = book{byEnd: [2]map[ChannelEnd]*channel{{}, {}}}
	p.delays, p.delayKnown, p.unlisted, p.begun = [2]*delay{}, [2]bool{}, nil, [2]bool{}
	p.gathering = [2]time.Time{}
	p.asked++
	for end := range p.first {
		p.first[end] = make(chan struct{})
	}
}

// anyEnd stands for the whole path where a fault is not one chain's.
const anyEnd = 2

// fault is what a chain does not do now.
type fault struct {
	err   error
	since time.Time
}

// sick reports that a chain does not do something.
func (p *Path) sick(ctx context.Context, end int, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	known := p.faults[end][what]
	now := fault{err: err, since: known.since}
	if known.err == nil {
		now.since = time.Now()
	}
	p.faults[end][what] = now
	p.mu.Unlock()
	if known.err == nil || known.err.Error() != err.Error() {
		p.log.Warn("something does not work; trying again", "chain", p.chainName(end), "what", what, "error", err)
	}
	p.opts.Observer.trouble(p.chainName(end), err)
}

// healthy reports that it does again.
func (p *Path) healthy(end int, what string) {
	p.mu.Lock()
	known := p.faults[end][what]
	delete(p.faults[end], what)
	left := len(p.faults[end])
	p.mu.Unlock()
	if known.err == nil {
		return
	}
	p.log.Info("it works again", "chain", p.chainName(end), "what", what, "after", time.Since(known.since))
	if left == 0 {
		p.opts.Observer.trouble(p.chainName(end), nil)
	}
}

// chainName is an end's chain id, or both.
func (p *Path) chainName(end int) string {
	if end == anyEnd {
		return p.ends[0].Chain.ID() + "-" + p.ends[1].Chain.ID()
	}
	return p.ends[end].Chain.ID()
}

// poke fills a channel of one.
func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// wakeAll has both ends look for work.
func (p *Path) wakeAll() {
	poke(p.wake[0])
	poke(p.wake[1])
}

// rediscover has the channels read anew.
func (p *Path) rediscover() { poke(p.find) }

// relist has everything that waits listed anew. It returns the number by which Path.listed will tell that it is done.
func (p *Path) relist() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	poke(p.list)
	return p.asked
}
