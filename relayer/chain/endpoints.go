package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// How long an endpoint that failed is left alone: it doubles with each failure.
const (
	firstQuarantine   = 500 * time.Millisecond
	longestQuarantine = time.Minute
)

// What is slow: that long for a small answer, and that many times as long as the quickest.
const (
	slowAfter  = 500 * time.Millisecond
	slowFactor = 3
)

// ErrConflict says that endpoints name different blocks at one height, and nothing tells which are right.
var ErrConflict = errors.New("endpoints disagree on a block: the chain may have forked or an endpoint lies; remove the wrong ones")

// errNoEndpoint says that every endpoint was refused for good.
var errNoEndpoint = errors.New("no endpoint is on this chain: check the RPC addresses")

// endpoint is one node's RPC. What follows the client is guarded by its pool.
type endpoint struct {
	url    string
	name   string // without what may be secret in the URL
	client *http.Client

	height     int64         // newest block that it is known to have
	took       time.Duration // for its last answer about itself; falls slowly
	down       bool          // it failed and has not answered since; used only if nothing else is there
	why        error         // it failed last
	since      time.Time     // when it went down
	proven     bool          // it has named the same block as others since it was away last
	failures   int           // of late
	failedAt   time.Time
	until      time.Time // not looked at again before
	refused    error     // it is on another chain
	conflicted bool      // it names another block than the others
	singles    bool      // it takes no requests in batches
}

// endpoints is the pool of a chain's endpoints.
type endpoints struct {
	chain    string
	chainID  string
	maxLag   int64
	log      *slog.Logger
	observer Observer
	now      func() time.Time

	mu   sync.Mutex
	list []*endpoint // as configured
}

func newEndpoints(c Config, log *slog.Logger) *endpoints {
	pool := &endpoints{chain: c.Name, chainID: c.ChainID, maxLag: c.MaxLag, log: log, observer: c.Observer, now: time.Now}
	for _, address := range c.RPC {
		name := address
		if u, err := url.Parse(address); err == nil {
			name = u.Host
		}
		pool.list = append(pool.list, &endpoint{url: address, name: name, client: newHTTPClient(c.Provers + 8)})
	}
	return pool
}

// close lets go of the connections.
func (p *endpoints) close() {
	for _, e := range p.list {
		e.client.CloseIdleConnections()
	}
}

// do lets endpoints that know the block of that height try what is asked, in turn, until one does it. What is not a node's own
// refusal counts against the endpoint.
func (p *endpoints) do(ctx context.Context, what string, height int64, try func(*endpoint) error) error {
	order, err := p.order(height)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", p.chain, what, err)
	}
	var last error
	for _, e := range order {
		err := try(e)
		if err == nil {
			p.worked(e)
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s at %s: %s: %w", p.chain, e.name, what, context.Cause(ctx))
		}
		last = fmt.Errorf("%s at %s: %s: %w", p.chain, e.name, what, err)
		if !isNodeError(err) {
			p.failed(e, err)
		}
	}
	return last
}

// ask sends one request to the endpoints in turn.
func (p *endpoints) ask(ctx context.Context, height int64, r request) error {
	return p.do(ctx, r.method, height, func(e *endpoint) error { return e.ask(ctx, r) })
}

// order is whom to ask: first those that are well and know the block, at last those that failed. The configured order decides
// among equals, so that connections and a node's caches are used again.
func (p *endpoints) order(height int64) ([]*endpoint, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := p.best()
	var usable []*endpoint
	conflict := false
	for _, e := range p.list {
		conflict = conflict || e.conflicted
		if e.refused == nil && !e.conflicted {
			usable = append(usable, e)
		}
	}
	if len(usable) == 0 {
		if conflict {
			return nil, ErrConflict
		}
		return nil, errNoEndpoint
	}
	quickest := p.quickest()
	proof := slices.ContainsFunc(usable, func(e *endpoint) bool { return e.proven })
	rank := func(e *endpoint) int {
		switch {
		case e.down:
			return lastResort
		case best-e.height > p.maxLag:
			return 4
		case e.slow(quickest):
			return 3
		case proof && !e.proven: // it may be another node by now, on a fork
			return 2
		case height > e.height && height <= best:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(usable, func(a, b *endpoint) int {
		if difference := rank(a) - rank(b); difference != 0 || rank(a) != lastResort {
			return difference
		}
		return a.until.Compare(b.until)
	})
	return usable, nil
}

// lastResort is the rank of endpoints that failed.
const lastResort = 5

// best is the newest block that a usable endpoint has. What is not proven may claim any. The caller holds the lock.
func (p *endpoints) best() int64 {
	var best, claimed int64
	for _, e := range p.list {
		switch {
		case e.refused != nil || e.conflicted:
		case e.proven:
			best = max(best, e.height)
		default:
			claimed = max(claimed, e.height)
		}
	}
	if best > 0 {
		return best
	}
	return claimed
}

// quickest is the shortest time that an endpoint took that is well. The caller holds the lock.
func (p *endpoints) quickest() time.Duration {
	quickest := visitTimeout
	for _, e := range p.list {
		if e.refused == nil && !e.conflicted && !e.down {
			quickest = min(quickest, e.took)
		}
	}
	return quickest
}

// slow tells whether an endpoint takes so long that another is asked before it.
func (e *endpoint) slow(quickest time.Duration) bool {
	return e.took >= slowAfter && e.took > slowFactor*quickest
}

func (p *endpoints) worked(e *endpoint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.down = false
	if p.now().Sub(e.failedAt) > longestQuarantine {
		e.failures = 0
	}
}

// failed puts an endpoint aside for a while.
func (p *endpoints) failed(e *endpoint, err error) {
	p.observer.rpcError(p.chain, e.name)
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.down && e.until.After(p.now()) {
		return // one outage, however many requests it met
	}
	if !e.down {
		e.since = p.now()
		p.log.Warn("an endpoint failed; others are asked before it for a while", "endpoint", e.name, "error", err)
	}
	e.why, e.proven = err, false
	pause := min(firstQuarantine<<min(e.failures, 10), longestQuarantine)
	e.failures++
	e.down, e.failedAt, e.until = true, p.now(), p.now().Add(pause)
}

// doubt has an endpoint proved anew: its subscription broke, so there may be another node behind its address.
func (p *endpoints) doubt(e *endpoint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.proven = false
}

// saw notes that an endpoint has a block.
func (p *endpoints) saw(e *endpoint, height int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.height = max(e.height, height)
}

// takesBatches tells whether an endpoint takes several requests in one.
func (p *endpoints) takesBatches(e *endpoint) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !e.singles
}

func (p *endpoints) refuseBatches(e *endpoint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.singles = true
}

// isFirst tells whether an endpoint is the one that is asked first.
func (p *endpoints) isFirst(e *endpoint) bool {
	order, err := p.order(0)
	return err == nil && order[0] == e
}

// isUsed tells whether an endpoint is on this chain and believed.
func (p *endpoints) isUsed(e *endpoint) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return e.refused == nil && !e.conflicted
}
