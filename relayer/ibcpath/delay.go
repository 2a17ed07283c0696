package ibcpath

import (
	"context"
	"fmt"
	"sync"
	"time"

	connectiontypes "github.com/cosmos/ibc-go/v8/modules/core/03-connection/types"
)

// maxUpdates is how many updates of a client with a delay are remembered while they ripen.
const maxUpdates = 64

// delay is what a connection end demands: a header proves nothing until the client there has had it for so long.
type delay struct {
	period   time.Duration
	blocks   int64
	updates  []ripening // oldest first
	updating bool
}

// ripening is a header that a client got.
type ripening struct {
	at      Head // of the other chain
	gotAt   int64
	gotTime time.Time // zero until a block from gotAt on was learned from
}

// ripe tells whether the header may be used in the block after head.
func (d *delay) ripe(u ripening, head Head) bool {
	return !u.gotTime.IsZero() && head.Height >= u.gotAt+d.blocks && !head.Time.Before(u.gotTime.Add(d.period))
}

// advance notes that a chain has a new head. Its header can be used for proofs at once where the other end's connection has no
// delay; and headers that this end's client got may be ripe now.
func (p *Path) advance(end int) {
	head := p.book.heads[end]
	if p.delays[1-end] == nil {
		p.book.proven[end] = head
	}
	select {
	case <-p.first[end]:
	default:
		close(p.first[end])
	}
	d := p.delays[end]
	if d == nil {
		return
	}
	for i := range d.updates {
		u := &d.updates[i]
		if u.gotTime.IsZero() && head.Height >= u.gotAt {
			u.gotTime = head.Time
		}
		if d.ripe(*u, head) && u.at.Height > p.book.proven[1-end].Height {
			p.book.proven[1-end] = u.at
		}
	}
}

// readDelay asks once what delay a connection end demands.
func (p *Path) readDelay(ctx context.Context, end int) error {
	p.mu.Lock()
	known := p.delayKnown[end]
	p.mu.Unlock()
	if known {
		return nil
	}
	chain := p.ends[end].Chain
	client := connectiontypes.NewQueryClient(chain.At(0))
	got, err := client.Connection(ctx, &connectiontypes.QueryConnectionRequest{ConnectionId: p.ends[end].ConnectionID})
	if err != nil {
		return fmt.Errorf("read connection %s of %s: %w", p.ends[end].ConnectionID, chain.ID(), err)
	}
	var found *delay
	if got.Connection.DelayPeriod > 0 {
		params, err := client.ConnectionParams(ctx, &connectiontypes.QueryConnectionParamsRequest{})
		if err != nil {
			return fmt.Errorf("read how long a block takes on %s: %w", chain.ID(), err)
		}
		found = &delay{period: time.Duration(got.Connection.DelayPeriod)} //nolint:gosec // nanoseconds
		if each := params.Params.MaxExpectedTimePerBlock; each > 0 {
			found.blocks = int64((got.Connection.DelayPeriod + each - 1) / each) //nolint:gosec // blocks
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delayKnown[end], p.delays[end] = true, found
	if found != nil {
		p.book.proven[1-end] = Head{}
	}
	return nil
}

// ripen gives a client with a delay the newest header when there is work that no header proves which it has.
func (p *Path) ripen(ctx context.Context, end int, parts *sync.WaitGroup) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.delays[end]
	if d == nil || d.updating || !p.lacksHeader(end, d) {
		return
	}
	d.updating = true
	head := p.book.heads[1-end]
	parts.Go(func() {
		got, err := p.giveHeader(ctx, end, head)
		if err != nil {
			p.sick(ctx, end, "send", fmt.Errorf("update client %s: %w", p.ends[end].ClientID, err))
			wait(ctx, afterTrouble)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		d.updating = false
		if err == nil {
			d.updates = append(d.updates, got)
			d.updates = d.updates[max(0, len(d.updates)-maxUpdates):]
		}
		poke(p.wake[end])
	})
}

// lacksHeader tells whether anything could be done with the newest header that can't be with those on their way.
func (p *Path) lacksHeader(end int, d *delay) bool {
	best := p.book.proven[1-end]
	for _, u := range d.updates {
		if u.at.Height > best.Height {
			best = u.at
		}
	}
	for _, ch := range p.book.channels {
		if closed := ch.closedAt[1-end]; closed > 0 && ch.closedAt[end] == 0 && closed >= best.Height && closed < p.book.heads[1-end].Height {
			return true
		}
		for _, s := range ch.streams {
			now, then := p.view(s), p.view(s)
			p.assume(&now, s, end, best)
			p.assume(&then, s, end, p.book.heads[1-end])
			for _, e := range s.packets {
				facts := s.facts(e)
				do := Decide(facts, then).Do
				if do.message() && s.target(do) == end && !e.denied && e.packet != nil && Decide(facts, now).Do != do {
					return true
				}
			}
		}
	}
	return false
}

// assume sets the header that end's client may use.
func (p *Path) assume(v *View, s *stream, end int, proven Head) {
	if s.from == end {
		v.Destination.Proven = proven
	} else {
		v.Source.Proven = proven
	}
}

// giveHeader updates a client to a header.
func (p *Path) giveHeader(ctx context.Context, end int, head Head) (ripening, error) {
	update, at, err := p.opts.Updater.Update(ctx, p.ends[end], p.ends[1-end].Chain, head.Height)
	if err != nil {
		return ripening{}, err
	}
	head.Height = int64(at.RevisionHeight) //nolint:gosec // a block's height
	chain := p.ends[end].Chain
	if len(update(chain.Addresses()[0])) == 0 { // the client has it, since when is not known: from now on
		p.mu.Lock()
		defer p.mu.Unlock()
		return ripening{at: head, gotAt: p.book.heads[end].Height}, nil
	}
	sent, err := chain.Send(ctx, update)
	return ripening{at: head, gotAt: sent.Height}, err
}
