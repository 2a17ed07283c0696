package ibcpath

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	streamsAtOnce = 4           // streams listed at once
	searchFirst   = time.Second // until what no node showed is looked for again, doubled each time: another node may be asked by then
)

// keepListing discovers channels and lists what waits on them: at the start, when a channel opened, when it is asked for, and
// now and then. Blocks are learned from meanwhile, so live packets do not wait for it.
func (p *Path) keepListing(ctx context.Context) {
	for end := range p.first {
		select {
		case <-ctx.Done():
			return
		case <-p.first[end]:
		}
	}
	retry, search, all := newBackoff(), searchFirst, true
	for ctx.Err() == nil {
		pause := p.opts.ClearEvery
		if err := p.listChannels(ctx, all); err != nil {
			pause = retry.NextBackOff()
		} else {
			retry.Reset()
			all = false
			if p.lostAny() {
				pause, search = min(search, pause), min(2*search, pause)
			} else {
				search = searchFirst
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-p.find:
		case <-p.list:
			all = true
		case <-timer.C:
			all = true
		}
		timer.Stop()
	}
}

// lostAny tells that a packet's data was not found.
func (p *Path) lostAny() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ch := range p.book.channels {
		for _, s := range ch.streams {
			for _, e := range s.packets {
				if e.lost {
					return true
				}
			}
		}
	}
	return false
}

// listChannels discovers channels and lists what waits on all of them, or on the new ones.
func (p *Path) listChannels(ctx context.Context, all bool) error {
	p.mu.Lock()
	asked := p.asked
	p.mu.Unlock()
	channels, err := p.discover(ctx)
	if err != nil {
		p.sick(ctx, anyEnd, "list", err)
		return err
	}
	p.mu.Lock()
	if all {
		channels = slices.Clone(p.book.channels)
	} else {
		channels = append(channels, p.unlisted...)
	}
	p.mu.Unlock()
	var parts sync.WaitGroup
	places := make(chan struct{}, streamsAtOnce)
	errs := make([]error, 2*len(channels))
	for i, ch := range channels {
		for from, s := range ch.streams {
			places <- struct{}{}
			parts.Go(func() {
				defer func() { <-places }()
				errs[2*i+from] = p.listStream(ctx, s)
			})
		}
	}
	parts.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unlisted = nil
	for i, ch := range channels {
		if errors.Join(errs[2*i:2*i+2]...) != nil {
			p.unlisted = append(p.unlisted, ch)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	p.listed = max(p.listed, asked)
	return nil
}

// listStream lists the packets that one channel end sent and that have not ended, page by page from the lowest sequence, and
// finds their data. What happens to them in blocks learned from meanwhile is not lost: it is in the book or in missed.
func (p *Path) listStream(ctx context.Context, s *stream) (err error) {
	p.mu.Lock()
	at := p.book.heads
	s.listing, s.missed, s.state = true, map[uint64]missed{}, [2]int64{at[0].Height, at[1].Height}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		s.listing, s.missed = false, nil
		p.mu.Unlock()
		p.wakeAll() // what was gathered goes
	}()
	sequences, err := commitmentsOf(ctx, p.ends[s.from].Chain, s.source(), at[s.from].Height)
	if err != nil {
		p.sick(ctx, s.from, "list", err)
		return err
	}
	if s.channel.Ordered {
		next, err := nextReceived(ctx, p.ends[1-s.from].Chain, s.destination(), at[1-s.from].Height)
		if err != nil {
			p.sick(ctx, 1-s.from, "list", err)
			return err
		}
		p.mu.Lock()
		s.nextRecv = max(s.nextRecv, next)
		p.mu.Unlock()
	}
	p.log.Debug("listed", "chain", p.ends[s.from].Chain.ID(), "channel", s.source().Channel, "packets", len(sequences))
	p.forget(s, sequences, at[s.from].Height)
	for page := range slices.Chunk(sequences, pageSize) {
		if err := p.listPage(ctx, s, page, at); err != nil {
			return err
		}
	}
	p.mu.Lock()
	s.listed = true
	p.mu.Unlock()
	p.healthy(s.from, "list")
	p.healthy(1-s.from, "list")
	return nil
}

// forget drops packets that ended in a block that was not learned from.
func (p *Path) forget(s *stream, committed []uint64, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for sequence, e := range s.packets {
		if _, is := slices.BinarySearch(committed, sequence); !is && e.sentAt > 0 && e.sentAt <= at {
			delete(s.packets, sequence)
		}
	}
}

// listPage enters a page of packets into the book and finds their data.
func (p *Path) listPage(ctx context.Context, s *stream, page []uint64, at [2]Head) error {
	destination, height := p.ends[1-s.from].Chain, at[1-s.from].Height
	unreceived, err := unreceivedOf(ctx, destination, s.destination(), page, height)
	if err != nil {
		p.sick(ctx, 1-s.from, "list", err)
		return err
	}
	acked := map[uint64]bool{}
	if len(unreceived) < len(page) {
		received := slices.DeleteFunc(slices.Clone(page), func(sequence uint64) bool { return unreceived[sequence] })
		if acked, err = ackedOf(ctx, destination, s.destination(), received, height); err != nil {
			p.sick(ctx, 1-s.from, "list", err)
			return err
		}
	}
	p.enter(s, page, unreceived, acked)
	p.wakeAll()
	if err := p.findSent(ctx, s, at[s.from].Height); err != nil {
		p.sick(ctx, s.from, "list", err)
		return err
	}
	if err := p.findAcks(ctx, s, height); err != nil {
		p.sick(ctx, 1-s.from, "list", err)
		return err
	}
	return nil
}

// enter writes listed packets into the book, with what happened to them since the state that was listed.
func (p *Path) enter(s *stream, page []uint64, unreceived, acked map[uint64]bool) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, sequence := range page {
		since := s.missed[sequence]
		if since.ended {
			continue
		}
		e := s.meet(sequence, now)
		e.again, e.seek = time.Time{}, e.lost // a listing is a new chance for what was set aside
		if !unreceived[sequence] {
			e.received = true
			e.unfound = acked[sequence] && e.ackAt == 0
		}
		e.received = e.received || since.received
	}
}
