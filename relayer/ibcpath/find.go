package ibcpath

import (
	"context"
	"fmt"
	"time"

	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// maxScanned is how many blocks are read one by one where the state that tells the way is pruned.
const maxScanned = 5000

// findSent finds the data of listed packets: it bisects the heights on the channel's counter of sent packets for the block that
// sent the lowest unknown one, takes all packets of that block, and goes on from there with the next.
func (p *Path) findSent(ctx context.Context, s *stream, upTo int64) error {
	chain, source := p.ends[s.from].Chain, s.source()
	key := host.NextSequenceSendKey(source.Port, source.Channel)
	look := &finding{
		path: p, stream: s, end: s.from, upTo: upTo, wanted: (*entry).unsent,
		happened: func(sequence uint64, height int64) (bool, error) {
			next, err := counter(ctx, chain, key, height)
			return next > sequence, err
		},
	}
	return look.all(ctx)
}

// findAcks finds listed acknowledgements: for the lowest unknown one it bisects the heights on whether it was written, and takes
// all of that block.
func (p *Path) findAcks(ctx context.Context, s *stream, upTo int64) error {
	chain, destination := p.ends[1-s.from].Chain, s.destination()
	look := &finding{
		path: p, stream: s, end: 1 - s.from, upTo: upTo, wanted: (*entry).unacked,
		happened: func(sequence uint64, height int64) (bool, error) {
			value, err := chain.Value(ctx, host.PacketAcknowledgementKey(destination.Port, destination.Channel, sequence), height)
			return len(value) > 0, err
		},
	}
	return look.all(ctx)
}

// finding looks for the blocks in which something happened to listed packets.
type finding struct {
	path     *Path
	stream   *stream
	end      int // whose blocks
	upTo     int64
	wanted   func(*entry) bool
	happened func(sequence uint64, height int64) (bool, error)
	scanned  bool // the blocks before the oldest state were read
}

// all finds everything that is wanted.
func (f *finding) all(ctx context.Context) error {
	near := int64(1)
	for ctx.Err() == nil {
		sequence, any := f.lowest()
		if !any {
			return nil
		}
		height, err := f.block(ctx, sequence, near)
		if err != nil {
			return err
		}
		took, err := f.take(ctx, height, sequence)
		if err != nil {
			if _, now := f.path.ends[f.end].Chain.Block(ctx, f.upTo); now != nil {
				return err // the chain gives no block at all
			}
		}
		if !took {
			if height, err = f.scan(ctx, height, sequence); err != nil {
				return err
			}
		}
		near = height + 1
		f.path.wakeAll()
	}
	return ctx.Err()
}

// lowest is the lowest sequence that is wanted.
func (f *finding) lowest() (sequence uint64, any bool) {
	f.path.mu.Lock()
	defer f.path.mu.Unlock()
	for each, e := range f.stream.packets {
		if f.wanted(e) && (!any || each < sequence) {
			sequence, any = each, true
		}
	}
	return sequence, any
}

// block is the block in which it happened, or, if that is later, the first whose state is there.
func (f *finding) block(ctx context.Context, sequence uint64, near int64) (int64, error) {
	return firstHeight(0, f.upTo, near, func(height int64) (bool, error) {
		yes, err := f.happened(sequence, height)
		if err == nil {
			return yes, nil
		}
		if ctx.Err() != nil {
			return false, err
		}
		if _, now := f.happened(sequence, 0); now != nil {
			return false, now // the chain says nothing at all
		}
		return false, nil // it is pruned; absence of a key may mean that too
	})
}

// take learns from a block what it did to listed packets, and tells whether the sequence was among them.
func (f *finding) take(ctx context.Context, height int64, sequence uint64) (bool, error) {
	block, err := f.path.ends[f.end].Chain.Block(ctx, height)
	if err != nil {
		return false, fmt.Errorf("read block %d to find packet %d: %w", height, sequence, err)
	}
	now := time.Now()
	f.path.mu.Lock()
	defer f.path.mu.Unlock()
	for _, e := range eventsOf(block) {
		if f.path.book.byEnd[f.end][e.at] != f.stream.channel || (e.what != sent && e.what != acknowledgementWritten) {
			continue
		}
		if (e.what == sent) != (f.end == f.stream.from) {
			continue
		}
		listed := f.stream.packets[e.packet.Sequence]
		switch {
		case listed == nil || !f.wanted(listed):
		case !f.path.opts.Filter.packet(f.path.route(f.stream.channel), e.packet):
			listed.denied = true
		case e.what == sent:
			f.path.found(f.stream, height, e, now)
		default:
			f.path.acked(f.stream, height, e, now)
		}
	}
	e := f.stream.packets[sequence]
	return e == nil || !f.wanted(e), nil
}

// scan reads block by block downwards from a height whose state is the oldest that is there. What is not found is set aside.
func (f *finding) scan(ctx context.Context, from int64, sequence uint64) (int64, error) {
	for height := from - 1; !f.scanned && height > 0 && from-height <= maxScanned; height-- {
		took, err := f.take(ctx, height, sequence)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil {
			break
		}
		if took {
			return height, nil
		}
	}
	f.scanned = true
	p := f.path
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := f.stream.packets[sequence]; e != nil {
		again := e.lost
		e.lost, e.seek = true, false
		e.reason = fmt.Sprintf("its data is in a block before %d of %s, which the chain's nodes have pruned: "+
			"add a node with history to the chain's rpc list", from, p.ends[f.end].Chain.ID())
		if again {
			return from, nil // it was said
		}
		p.log.Warn("a packet's data cannot be found", "packet", p.key(f.stream, sequence).String(), "reason", e.reason)
		p.opts.Observer.aside(p.key(f.stream, sequence), e.reason, time.Now().Add(p.opts.ClearEvery))
	}
	return from, nil
}
