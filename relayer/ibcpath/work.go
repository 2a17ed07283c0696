package ibcpath

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// How work is handed out.
const (
	maxBatch    = 800                    // packets proved together; one transaction of 900 KB holds about as many
	firstBatch  = 100                    // packets of the very first one, which is sent while the rest are still proved
	fullEnough  = 400                    // packets of a backlog that is still being found: fewer wait for more, so that signers are left
	idleCheck   = time.Second            // between two looks at what was put off
	gatherFor   = 300 * time.Millisecond // what is found of a backlog waits no longer for more
	hasteWithin = 3 * time.Second        // packets that time out so soon go in a transaction of their own
)

// job is one message to be submitted.
type job struct {
	stream *stream
	entry  *entry
	do     Action
	packet *channeltypes.Packet
	ack    []byte
	next   uint64 // the next sequence that the destination takes, on an ordered channel
	doubt  bool   // another may have done it: look before sending
	group  group
}

// group keeps apart what should not share a transaction.
type group int

const (
	fresh  group = iota // never refused
	hasty               // it may time out on the way, and would take the others with it
	former              // refused before, and may be again
)

// batch is jobs for one end that are proved together.
type batch struct {
	end  int
	jobs []job
	at   Head // the header of the other chain to prove by
}

// work submits what is to be done on one end, several batches at once, until ctx ends.
func (p *Path) work(ctx context.Context, end int) {
	places := make(chan struct{}, len(p.ends[end].Chain.Addresses())+1) // one is prepared while all signers wait for a block
	tick := time.NewTicker(idleCheck)
	defer tick.Stop()
	var parts sync.WaitGroup
	defer parts.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake[end]:
		case <-tick.C:
		}
		p.ripen(ctx, end, &parts)
		p.confirm(ctx, end, &parts)
		for _, b := range p.take(end, cap(places)-len(places)) {
			places <- struct{}{}
			parts.Go(func() {
				p.relay(ctx, b)
				<-places
				poke(p.wake[end])
			})
		}
	}
}

// take hands out what is to be done on one end, in at most that many batches.
func (p *Path) take(end, most int) []*batch {
	if most <= 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	jobs := p.gather(end, p.due(end, now), now)
	slices.SortFunc(jobs, func(a, b job) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.entry.age(), b.entry.age()), cmp.Compare(a.entry.sequence, b.entry.sequence))
	})
	var batches []*batch
	for len(jobs) > 0 && len(batches) < most {
		largest := maxBatch
		if !p.begun[end] {
			largest, p.begun[end] = firstBatch, true
		}
		n := 1
		for n < min(len(jobs), largest) && jobs[n].group == jobs[0].group {
			n++
		}
		for _, j := range jobs[:n] {
			j.entry.busy = true
		}
		batches = append(batches, &batch{end: end, jobs: jobs[:n:n], at: p.book.proven[1-end]})
		jobs = jobs[n:]
	}
	p.batches += len(batches)
	return batches
}

// gather leaves out what was found of a backlog while more of it is being found, as long as that is little and has not waited long.
func (p *Path) gather(end int, jobs []job, now time.Time) []job {
	found := 0
	for _, j := range jobs {
		if j.backlog() {
			found++
		}
	}
	switch since := p.gathering[end]; {
	case !p.begun[end], found == 0, found >= fullEnough, !since.IsZero() && now.Sub(since) >= gatherFor:
		p.gathering[end] = time.Time{}
		return jobs
	case since.IsZero():
		p.gathering[end] = now
	}
	return slices.DeleteFunc(jobs, job.backlog)
}

// backlog tells that what makes the job due is in the state that is being listed, and not in a block since.
func (j job) backlog() bool {
	s := j.stream
	return s.listing && j.entry.sentAt <= s.state[s.from] && j.entry.ackAt <= s.state[1-s.from]
}

// age is the block in which an entry last changed: what is older goes first.
func (e *entry) age() int64 { return max(e.sentAt, e.ackAt) }

// due is what is to be done on one end now. Ordered channels' jobs are in their order, and stay so when sorted by age.
func (p *Path) due(end int, now time.Time) []job {
	var jobs []job
	for _, ch := range p.book.channels {
		for _, s := range ch.streams {
			view := p.view(s)
			if ch.Ordered {
				jobs = append(jobs, p.dueInOrder(s, end, view, now)...)
				continue
			}
			for _, e := range s.packets {
				do := Decide(s.facts(e), view).Do
				if do.message() && s.target(do) == end && p.isDue(s, e, do, now) {
					jobs = append(jobs, p.job(s, e, do, now))
				}
			}
		}
	}
	return jobs
}

// dueInOrder is due for a stream of an ordered channel.
func (p *Path) dueInOrder(s *stream, end int, view View, now time.Time) []job {
	all := make([]Numbered, 0, len(s.packets))
	for sequence, e := range s.packets {
		decision := Decide(s.facts(e), view)
		if decision.Do.message() && !p.isDue(s, e, decision.Do, now) {
			decision.Do = Wait
		}
		all = append(all, Numbered{sequence, decision})
	}
	slices.SortFunc(all, func(a, b Numbered) int { return cmp.Compare(a.Sequence, b.Sequence) })
	var jobs []job
	for _, each := range Sequence(all, s.nextRecv) {
		if s.target(each.Decision.Do) == end {
			j := p.job(s, s.packets[each.Sequence], each.Decision.Do, now)
			j.group = fresh // what is behind it waits for it anyway
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// target is the end that the message for an action goes to.
func (s *stream) target(do Action) int {
	if do == Recv {
		return 1 - s.from
	}
	return s.from
}

// isDue tells whether an action that can be taken is to be taken by this relayer now.
func (p *Path) isDue(s *stream, e *entry, do Action, now time.Time) bool {
	head := p.book.heads[s.target(do)].Height
	if e.dueDo != do {
		e.dueDo, e.dueFrom = do, head
	}
	if e.busy || e.denied || e.packet == nil || e.after > head || e.again.After(now) {
		return false
	}
	rank := p.opts.Share.Rank(s.source(), s.channel.Ordered, e.sequence)
	return p.opts.Share.Turn(rank, head-e.dueFrom)
}

// job is the work of an action.
func (p *Path) job(s *stream, e *entry, do Action, now time.Time) job {
	j := job{stream: s, entry: e, do: do, packet: e.packet, ack: e.ack, next: s.nextRecv}
	rank := p.opts.Share.Rank(s.source(), s.channel.Ordered, e.sequence)
	j.doubt = e.doubt || rank > 0
	switch {
	case e.tries > 0:
		j.group = former
	case do == Recv && e.packet.TimeoutTimestamp > 0 && e.packet.TimeoutTimestamp < uint64(now.Add(hasteWithin).UnixNano()): //nolint:gosec // after 1970
		j.group = hasty
	}
	return j
}

// putOff lets jobs rest until then.
func (p *Path) putOff(jobs []job, until time.Time, doubt bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range jobs {
		j.entry.again, j.entry.doubt = until, j.entry.doubt || doubt
	}
}

// restFor is how long a packet that was refused that often is set aside.
func restFor(tries int) time.Duration {
	rests := [...]time.Duration{2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}
	return rests[min(max(tries, 1), len(rests))-1]
}

// setAside puts a refused packet off, longer each time, and says why.
func (p *Path) setAside(j job, reason string) {
	p.mu.Lock()
	j.entry.tries++
	j.entry.reason, j.entry.doubt = reason, true
	again := time.Now().Add(restFor(j.entry.tries))
	j.entry.again = again
	key := p.key(j.stream, j.entry.sequence)
	p.mu.Unlock()
	p.log.Warn("a packet is set aside", "packet", key.String(), "action", j.do.String(), "reason", reason, "again", again)
	p.opts.Observer.aside(key, reason, again)
}
