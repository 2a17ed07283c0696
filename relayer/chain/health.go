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
	if err := e.ask(ctx, request{method: "status", result: &answer, limit: smallAnswer}); err != nil {
		if parent.Err() == nil {
			p.failed(e, err)
		}
		return fmt.Errorf("%s at %s: status: %w", p.chain, e.name, err)
	}
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

// tell the observer how the endpoints are.
func (p *endpoints) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := p.best()
	for _, e := range p.list {
		lag := best - e.height
		healthy := e.refused == nil && !e.conflicted && !e.down && lag <= p.maxLag
		p.observer.endpoint(p.chain, e.name, healthy, max(lag, 0))
	}
}
