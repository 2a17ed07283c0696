package chain

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// visitTimeout bounds one look at an endpoint: one that hangs must not keep the others from being looked at.
const visitTimeout = 4 * time.Second

// watch looks at every endpoint, again and again until ctx ends.
func (p *endpoints) watch(ctx context.Context, every time.Duration, judge func(context.Context)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = p.look(ctx) // each failure was noted where it happened
			judge(ctx)
		}
	}
}

// look asks every endpoint where it is, all at once. It returns the first failure, for a start at which none answers.
func (p *endpoints) look(ctx context.Context) error {
	problems := make([]error, len(p.list))
	var all sync.WaitGroup
	for i, e := range p.list {
		all.Go(func() { problems[i] = p.visit(ctx, e) })
	}
	all.Wait()
	p.tell()
	for _, err := range problems {
		if err != nil {
			return err
		}
	}
	return nil
}

// visit asks one endpoint which chain it is on and how far it is.
func (p *endpoints) visit(ctx context.Context, e *endpoint) error {
	p.mu.Lock()
	resting := e.down && e.until.After(p.now())
	p.mu.Unlock()
	if resting {
		return nil
	}
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, visitTimeout)
	defer cancel()
	var answer statusAnswer
	began := p.now()
	late := time.AfterFunc(slowAfter, func() { p.timed(e, slowAfter) }) // known before it answers
	err := e.ask(ctx, request{method: "status", result: &answer, limit: smallAnswer})
	late.Stop()
	if err != nil {
		if parent.Err() == nil {
			p.failed(e, err)
		}
		return fmt.Errorf("%s at %s: status: %w", p.chain, e.name, err)
	}
	p.timed(e, p.now().Sub(began))
	p.mu.Lock()
	defer p.mu.Unlock()
	was := e.refused
	e.refused = nil
	if answer.NodeInfo.Network != p.chainID {
		e.refused = fmt.Errorf("%s at %s: it is on chain %q, not on %q: check the address", p.chain, e.name, answer.NodeInfo.Network, p.chainID)
		if was == nil {
			p.log.Error("an endpoint is on another chain and is not used", "endpoint", e.name, "its chain", answer.NodeInfo.Network)
		}
		return e.refused
	}
	e.down = false
	// A node that was set back has fewer blocks than it had.
	e.height = int64(answer.SyncInfo.Height)
	return nil
}

// timed notes how long an endpoint took: what is longer at once, what is shorter by and by.
func (p *endpoints) timed(e *endpoint, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.took = max(took, (e.took+took)/2)
}

// EndpointState is how a node does.
type EndpointState string

// The states of a node. All but Well are asked only after others, Contradicts and Elsewhere not at all.
const (
	Well        EndpointState = "well"
	Slow        EndpointState = "slow"
	Lagging     EndpointState = "lagging"
	Down        EndpointState = "down"
	Contradicts EndpointState = "contradicts the others"
	Elsewhere   EndpointState = "on another chain"
)

// Endpoint is one node of a chain, as it was when it was looked at last.
type Endpoint struct {
	Name   string // host:port
	State  EndpointState
	Height int64
	Behind int64 // blocks, after the best
	Took   time.Duration
	Err    error     // why it is down or elsewhere
	Since  time.Time // when it went down; zero if it is not
}

// Endpoints are the chain's nodes in the configured order.
func (c *Chain) Endpoints() []Endpoint { return c.pool.all() }

func (p *endpoints) all() []Endpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	best, quickest := p.best(), p.quickest()
	all := make([]Endpoint, len(p.list))
	for i, e := range p.list {
		each := Endpoint{Name: e.name, State: Well, Height: e.height, Behind: max(best-e.height, 0), Took: e.took}
		switch {
		case e.refused != nil:
			each.State, each.Err = Elsewhere, e.refused
		case e.conflicted:
			each.State = Contradicts
		case e.down:
			each.State, each.Err, each.Since = Down, e.why, e.since
		case each.Behind > p.maxLag:
			each.State = Lagging
		case e.slow(quickest):
			each.State = Slow
		}
		all[i] = each
	}
	return all
}

// tell the observer how the endpoints are.
func (p *endpoints) tell() {
	for _, e := range p.all() {
		p.observer.endpoint(p.chain, e.Name, e.State == Well, e.Behind)
	}
}
