package ibcpath

import (
	"context"
	"fmt"
	"time"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// whyDenied is said of a packet that the filter does not let pass.
const whyDenied = "the path's filter does not let it pass"

// Explanation is where a packet is and what it waits for.
type Explanation struct {
	Packet   PacketKey
	To       ChannelEnd
	Decision Decision
	Words    []string // sentences, in order
}

func (x *Explanation) say(format string, args ...any) {
	x.Words = append(x.Words, fmt.Sprintf(format, args...))
}

// Explain asks both chains about one packet and says in words where it is, what is waited for, and since when. The path need not
// run; if it does, what it tried is told too.
func (p *Path) Explain(ctx context.Context, key PacketKey) (Explanation, error) {
	x := Explanation{Packet: key}
	from := -1
	for end := range p.ends {
		if p.ends[end].Chain.ID() == key.Chain {
			from = end
		}
	}
	if from < 0 {
		return x, fmt.Errorf("explain %s: this path is between %s and %s", key, p.ends[0].Chain.ID(), p.ends[1].Chain.ID())
	}
	s, err := p.streamOf(ctx, from, ChannelEnd{key.Port, key.Channel})
	if err != nil {
		return x, fmt.Errorf("explain %s: %w", key, err)
	}
	x.To = s.destination()
	facts, view, err := p.ask(ctx, s, &x)
	if err != nil {
		return x, fmt.Errorf("explain %s: %w", key, err)
	}
	x.Decision = Decide(facts, view)
	switch {
	case !facts.Committed:
		return x, nil // ask has said how it ended, or that it was never sent
	case x.Decision.Do == Wait || x.Decision.Do == Nothing:
		x.say("Now: %s.", x.Decision.Why)
	default:
		x.say("Now: %s is due: %s.", x.Decision.Do, x.Decision.Why)
	}
	p.tried(&x)
	return x, nil
}

// streamOf asks a chain for a channel.
func (p *Path) streamOf(ctx context.Context, from int, end ChannelEnd) (*stream, error) {
	chain := p.ends[from].Chain
	got, err := channelsAt(chain, 0).Channel(ctx, &channeltypes.QueryChannelRequest{PortId: end.Port, ChannelId: end.Channel})
	if err != nil {
		return nil, fmt.Errorf("read channel %s/%s of %s: %w", end.Port, end.Channel, chain.ID(), err)
	}
	if hops := got.Channel.ConnectionHops; len(hops) != 1 || hops[0] != p.ends[from].ConnectionID {
		return nil, fmt.Errorf("channel %s/%s of %s is on connection %v, this path on %s", end.Port, end.Channel, chain.ID(), hops, p.ends[from].ConnectionID)
	}
	c := Channel{Ordered: got.Channel.Ordering == channeltypes.ORDERED}
	c.Ends[from] = end
	c.Ends[1-from] = ChannelEnd{got.Channel.Counterparty.PortId, got.Channel.Counterparty.ChannelId}
	var closed [2]int64
	if got.Channel.State == channeltypes.CLOSED {
		closed[from] = 1
	}
	return newChannel(c, closed).streams[from], nil
}

// ask asks both chains what Decide wants to know, and says what they said.
func (p *Path) ask(ctx context.Context, s *stream, x *Explanation) (Facts, View, error) {
	source, destination := p.ends[s.from].Chain, p.ends[1-s.from].Chain
	facts := Facts{Ordered: s.channel.Ordered}
	view, err := p.lookNow(ctx, s)
	if err != nil {
		return facts, view, err
	}
	next, err := counter(ctx, source, host.NextSequenceSendKey(x.Packet.Port, x.Packet.Channel), view.Source.Head.Height)
	if err != nil {
		return facts, view, err
	}
	if x.Packet.Sequence == 0 || x.Packet.Sequence >= next {
		x.say("It was not sent: the channel's next sequence is %d.", next)
		return facts, view, nil
	}
	commitment, err := source.Value(ctx, host.PacketCommitmentKey(x.Packet.Port, x.Packet.Channel, x.Packet.Sequence), view.Source.Head.Height)
	if err != nil {
		return facts, view, err
	}
	facts.Committed = commitment != nil
	if err := p.askSent(ctx, s, x, &facts, view.Source.Head); err != nil {
		return facts, view, err
	}
	unreceived, err := unreceivedOf(ctx, destination, x.To, []uint64{x.Packet.Sequence}, view.Destination.Head.Height)
	if err != nil {
		return facts, view, err
	}
	facts.Received = !unreceived[x.Packet.Sequence]
	acked, err := p.askAcked(ctx, x, s, &facts, view.Destination.Head)
	if err != nil {
		return facts, view, err
	}
	switch {
	case !facts.Committed && acked:
		x.say("It has ended: it was received and acknowledged.")
	case !facts.Committed:
		x.say("It has ended: it timed out.")
	case facts.Received:
		x.say("%s received it on %s/%s.", destination.ID(), x.To.Port, x.To.Channel)
	default:
		x.say("%s has not received it on %s/%s.", destination.ID(), x.To.Port, x.To.Channel)
	}
	return facts, view, nil
}

// lookNow sees both chains at their newest blocks.
func (p *Path) lookNow(ctx context.Context, s *stream) (View, error) {
	var sights [2]Sight
	for end := range p.ends {
		head, err := Newest(ctx, p.ends[end].Chain, 1)
		if err != nil {
			return View{}, err
		}
		sights[end] = Sight{Revision: p.revisions[end], Head: head, Proven: head, ClosedAt: s.channel.closedAt[end]}
	}
	there := s.destination()
	got, err := channelsAt(p.ends[1-s.from].Chain, 0).Channel(ctx, &channeltypes.QueryChannelRequest{PortId: there.Port, ChannelId: there.Channel})
	if err != nil {
		return View{}, fmt.Errorf("read channel %s/%s of %s: %w", there.Port, there.Channel, p.ends[1-s.from].Chain.ID(), err)
	}
	if got.Channel.State == channeltypes.CLOSED {
		sights[1-s.from].ClosedAt = 1
	}
	return View{Source: sights[s.from], Destination: sights[1-s.from]}, nil
}

// askSent finds the block that sent the packet.
func (p *Path) askSent(ctx context.Context, s *stream, x *Explanation, facts *Facts, head Head) error {
	source := p.ends[s.from].Chain
	key := host.NextSequenceSendKey(x.Packet.Port, x.Packet.Channel)
	height, err := firstHeight(0, head.Height, head.Height, func(height int64) (bool, error) {
		next, err := counter(ctx, source, key, height)
		return next > x.Packet.Sequence, ignorePruned(ctx, err)
	})
	if err != nil {
		return err
	}
	block, err := source.Block(ctx, height)
	if err != nil {
		x.say("The block that sent it cannot be read: %v.", err)
		return nil
	}
	for _, e := range eventsOf(block) {
		if e.what == sent && e.at == s.source() && e.packet.Sequence == x.Packet.Sequence {
			facts.Packet = Packet{Packet: e.packet, SentAt: height}
			x.say("%s sent it in block %d, at %s, %s ago.", source.ID(), height, block.Time.Format(time.RFC3339), time.Since(block.Time).Round(time.Second))
			return nil
		}
	}
	x.say("%s sent it before block %d; the block was pruned.", source.ID(), height)
	return nil
}

// askAcked finds whether an acknowledgement was written, and by when.
func (p *Path) askAcked(ctx context.Context, x *Explanation, s *stream, facts *Facts, head Head) (bool, error) {
	destination := p.ends[1-s.from].Chain
	key := host.PacketAcknowledgementKey(x.To.Port, x.To.Channel, x.Packet.Sequence)
	now, err := destination.Value(ctx, key, head.Height)
	if err != nil || now == nil {
		return false, err
	}
	facts.AckAt, err = firstHeight(0, head.Height, head.Height, func(height int64) (bool, error) {
		value, err := destination.Value(ctx, key, height)
		return len(value) > 0, ignorePruned(ctx, err)
	})
	if err == nil {
		x.say("%s wrote its acknowledgement in block %d.", destination.ID(), facts.AckAt)
	}
	return true, err
}

// ignorePruned drops the error of a state that is pruned; the search then ends at the oldest one that is there.
func ignorePruned(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil {
		return nil
	}
	return err
}

// tried says what the running path did about the packet.
func (p *Path) tried(x *Explanation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running {
		return
	}
	for end := range p.ends {
		ch := p.book.byEnd[end][ChannelEnd{x.Packet.Port, x.Packet.Channel}]
		if p.ends[end].Chain.ID() != x.Packet.Chain || ch == nil {
			continue
		}
		e := ch.streams[end].packets[x.Packet.Sequence]
		switch {
		case e == nil:
			return
		case e.denied:
			x.say("This relayer leaves it: %s.", whyDenied)
		case e.lost:
			x.say("This relayer cannot relay it: %s.", e.reason)
		case e.busy:
			x.say("It is in a batch of this relayer's that is on its way.")
		case e.tries > 0:
			x.say("It was refused %d times, and is tried again at %s: %s.", e.tries, e.again.Format(time.TimeOnly), e.reason)
		}
		x.say("This relayer knows it since %s.", e.seenAt.Format(time.RFC3339))
	}
}
