package ibcpath

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Status is a path at one moment.
type Status struct {
	Running  bool
	Ends     [2]EndStatus
	Channels []ChannelStatus
	Batches  int // under way
	Trouble  []Trouble
}

// EndStatus is one end of a path.
type EndStatus struct {
	Chain      string
	Client     string
	Connection string
	Head       Head   // the newest block that was learned from
	Ended      uint64 // packets that this end sent and that were acknowledged or timed out since the start
}

// Trouble is something that a chain, or the path, does not do now and that is tried again.
type Trouble struct {
	Chain string
	What  string // blocks, list, send
	Since time.Time
	Err   error
}

// ChannelStatus is a channel and what waits on it, by the end that sent it.
type ChannelStatus struct {
	Channel
	Closed [2]bool
	Sent   [2]StreamStatus
}

// StreamStatus counts the packets of one end that have not ended.
type StreamStatus struct {
	Unreceived     int
	Unacknowledged int
	Aside          int       // of these: refused, and waiting for their next try
	Lost           int       // of these: no node has their data
	Denied         int       // by the filter; not among the above
	Oldest         time.Time // when the oldest was seen; zero if there is none
}

// Status is what the path knows now. It asks nobody.
func (p *Path) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := Status{Running: p.running, Batches: p.batches}
	for i, end := range p.ends {
		status.Ends[i] = EndStatus{
			Chain: end.Chain.ID(), Client: end.ClientID, Connection: end.ConnectionID, Head: p.book.heads[i], Ended: p.done[i],
		}
	}
	for end, faults := range p.faults {
		for _, what := range slices.Sorted(maps.Keys(faults)) {
			status.Trouble = append(status.Trouble, Trouble{
				Chain: p.chainName(end), What: what, Since: faults[what].since, Err: faults[what].err,
			})
		}
	}
	for _, ch := range p.book.channels {
		each := ChannelStatus{Channel: ch.Channel}
		for end, s := range ch.streams {
			each.Closed[end] = ch.closedAt[end] > 0
			each.Sent[end] = s.status()
		}
		status.Channels = append(status.Channels, each)
	}
	return status
}

// status counts the stream's packets.
func (s *stream) status() StreamStatus {
	var status StreamStatus
	for _, e := range s.packets {
		if e.denied {
			status.Denied++
			continue
		}
		if s.facts(e).Received {
			status.Unacknowledged++
		} else {
			status.Unreceived++
		}
		if e.lost {
			status.Lost++
		} else if e.tries > 0 {
			status.Aside++
		}
		if status.Oldest.IsZero() || e.seenAt.Before(status.Oldest) {
			status.Oldest = e.seenAt
		}
	}
	return status
}

// Pending is the packets that one end of a channel sent and that have not ended, as the chains say.
type Pending struct {
	Chain          string // that sent them
	From           ChannelEnd
	To             ChannelEnd
	Unreceived     []uint64
	Unacknowledged []uint64
}

// Pending asks both chains what waits on every channel, whether the path runs or not. Streams on which nothing waits are left out.
func (p *Path) Pending(ctx context.Context) ([]Pending, error) {
	asking := NewPath(p.ends, Options{Filter: p.opts.Filter})
	channels, err := asking.discover(ctx)
	if err != nil {
		return nil, err
	}
	var all []Pending
	for _, ch := range channels {
		for from, s := range ch.streams {
			pending, err := asking.pendingOf(ctx, s)
			if err != nil {
				return nil, err
			}
			pending.Chain = p.ends[from].Chain.ID()
			if len(pending.Unreceived)+len(pending.Unacknowledged) > 0 {
				all = append(all, pending)
			}
		}
	}
	slices.SortFunc(all, func(a, b Pending) int {
		return slices.Compare([]string{a.Chain, a.From.Port, a.From.Channel}, []string{b.Chain, b.From.Port, b.From.Channel})
	})
	return all, nil
}

// pendingOf asks what waits of one stream.
func (p *Path) pendingOf(ctx context.Context, s *stream) (Pending, error) {
	pending := Pending{From: s.source(), To: s.destination()}
	sequences, err := commitmentsOf(ctx, p.ends[s.from].Chain, s.source(), 0)
	if err != nil {
		return pending, err
	}
	for page := range slices.Chunk(sequences, pageSize) {
		unreceived, err := unreceivedOf(ctx, p.ends[1-s.from].Chain, s.destination(), page, 0)
		if err != nil {
			return pending, err
		}
		for _, sequence := range page {
			if unreceived[sequence] {
				pending.Unreceived = append(pending.Unreceived, sequence)
			} else {
				pending.Unacknowledged = append(pending.Unacknowledged, sequence)
			}
		}
	}
	return pending, nil
}

// Cleared is what Clear did.
type Cleared struct {
	Ended uint64            // packets of both ends that ended meanwhile
	Left  map[string]string // packets that nobody can relay now, and why, by key
}

// checkCleared is how often Clear looks whether it is done.
const checkCleared = 20 * time.Millisecond

// Clear lists everything that waits and relays it, at once also what was set aside. It returns when nothing is left but what nobody
// can relay now. If the path does not run, it runs until then. Its error tells what was in the way when ctx ended.
func (p *Path) Clear(ctx context.Context) (Cleared, error) {
	p.mu.Lock()
	running, before := p.running, p.done
	p.mu.Unlock()
	if !running {
		own, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = p.Run(own) // its only error: it runs by now, which is as good
		}()
		defer func() {
			stop()
			<-ended
		}()
	}
	wanted := p.relist()
	tick := time.NewTicker(checkCleared)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return Cleared{}, fmt.Errorf("clear: not everything is relayed yet: %w%s", context.Cause(ctx), p.troubles())
		case <-tick.C:
		}
		if left, done := p.cleared(wanted); done {
			p.mu.Lock()
			defer p.mu.Unlock()
			return Cleared{Ended: p.done[0] + p.done[1] - before[0] - before[1], Left: left}, nil
		}
	}
}

// troubles is what does not work now, in words.
func (p *Path) troubles() string {
	words := ""
	for _, each := range p.Status().Trouble {
		words += fmt.Sprintf("; %s: %s since %s: %v", each.Chain, each.What, each.Since.Format(time.TimeOnly), each.Err)
	}
	return words
}

// cleared tells whether a listing is done and nothing of it is left but what nobody can relay now.
func (p *Path) cleared(wanted uint64) (left map[string]string, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listed < wanted {
		return nil, false
	}
	left = map[string]string{}
	for _, ch := range p.book.channels {
		for _, s := range ch.streams {
			view := p.view(s)
			for sequence, e := range s.packets {
				why, stuck := s.stuck(e, view)
				if !stuck {
					return nil, false
				}
				left[p.key(s, sequence).String()] = why
			}
		}
	}
	return left, true
}

// stuck tells whether and why nothing can be done about a packet now.
func (s *stream) stuck(e *entry, v View) (string, bool) {
	decision := Decide(s.facts(e), v)
	switch {
	case e.denied:
		return whyDenied, true
	case e.lost, e.tries > 0 && !e.busy:
		return e.reason, true
	case decision.Do == Nothing, decision.Why == whyNoAck:
		return decision.Why, true
	case s.channel.Ordered && decision.Do == Recv && e.sequence > s.nextRecv:
		if next := s.packets[s.nextRecv]; next != nil && next.tries > 0 {
			return fmt.Sprintf("the channel is ordered, and packet %d before it was refused", s.nextRecv), true
		}
	}
	return "", false
}
