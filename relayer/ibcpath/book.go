package ibcpath

import (
	"time"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// book is what a path knows of its packets: what the chains said, and what is being done. It can be lost at any time; it is read
// again from the chains. Whoever touches it holds Path.mu.
type book struct {
	heads    [2]Head // the newest block of each chain that was learned from
	proven   [2]Head // of each chain, the newest header that the other end's client may check proofs by
	channels []*channel
	byEnd    [2]map[ChannelEnd]*channel
}

// channel is a channel and the packets on it that have not ended.
type channel struct {
	Channel
	closedAt [2]int64   // the block that closed each end; 0: open
	closings [2]closing // of each end, where the other is closed
	streams  [2]*stream // what each end sent
}

// stream is the packets that one end of a channel sent.
type stream struct {
	channel  *channel
	from     int // the end that sends
	nextRecv uint64
	packets  map[uint64]*entry
	missed   map[uint64]missed // while a listing is under way: what happened to packets that are not in packets yet
	listing  bool
	state    [2]int64 // of each end, the height that is listed
	listed   bool     // once at least
}

// missed is what a block said of a packet before it was listed.
type missed struct{ received, ended bool }

// entry is one packet that has not ended, and the effort made for it.
type entry struct {
	sequence uint64
	packet   *channeltypes.Packet // nil: not found yet
	sentAt   int64
	received bool
	unfound  bool // an acknowledgement was written, and is looked for
	ackAt    int64
	ack      []byte
	denied   bool // by the filter
	lost     bool // no node has the block that its data is in
	seek     bool // lost, and looked for again

	busy    bool      // in a batch that is under way
	after   int64     // nothing more before this block of the chain it goes to was learned from
	again   time.Time // nothing more before this time
	tries   int       // refused so often
	reason  string    // of the last refusal
	doubt   bool      // look whether it is still to be done before sending
	done    bool      // it was looked at, and is done; a block is to tell more
	dueDo   Action
	dueFrom int64 // the block of the chain it goes to since which dueDo has been due

	seenAt, stageAt time.Time
}

// newChannel is a channel without packets.
func newChannel(c Channel, closedAt [2]int64) *channel {
	ch := &channel{Channel: c, closedAt: closedAt}
	for end := range ch.streams {
		ch.streams[end] = &stream{channel: ch, from: end, packets: map[uint64]*entry{}}
	}
	return ch
}

// source and destination are the ends of a stream.
func (s *stream) source() ChannelEnd      { return s.channel.Ends[s.from] }
func (s *stream) destination() ChannelEnd { return s.channel.Ends[1-s.from] }

// meet is the packet's entry, made now if there is none.
func (s *stream) meet(sequence uint64, now time.Time) *entry {
	e := s.packets[sequence]
	if e == nil {
		e = &entry{sequence: sequence, seenAt: now, stageAt: now}
		s.packets[sequence] = e
	}
	return e
}

// facts is what Decide wants to know.
func (s *stream) facts(e *entry) Facts {
	f := Facts{
		Ordered: s.channel.Ordered, Committed: true, Received: e.received, AckAt: e.ackAt, Unfound: e.unfound,
		Packet: Packet{SentAt: e.sentAt, Ack: e.ack},
	}
	if e.packet != nil {
		f.Packet.Packet = *e.packet
	}
	if s.channel.Ordered && e.sequence < s.nextRecv {
		f.Received = true
	}
	return f
}

// unsent tells that the block that sent the packet is to be found, unacked that the one that wrote its acknowledgement is.
func (e *entry) unsent() bool {
	return e.packet == nil && !e.received && !e.denied && (!e.lost || e.seek)
}
func (e *entry) unacked() bool { return e.unfound && !e.denied && (!e.lost || e.seek) }

// owed tells that the packet's acknowledgement is still to be carried, and was not refused.
func (e *entry) owed() bool {
	return e.received && (e.ackAt > 0 || e.unfound) && !e.denied && !e.lost && e.tries == 0
}

// learn takes what one event of a block of chain end says. It returns the stage that a packet reached by it, if any.
func (p *Path) learn(end int, height int64, e event) {
	ch := p.book.byEnd[end][e.at]
	switch {
	case e.what == channelOpened, e.what == channelClosed && ch == nil: // one that is being discovered in an earlier state may close
		if e.connection == p.ends[end].ConnectionID || e.connection == "" {
			p.rediscover()
		}
		return
	case ch == nil:
		return
	case e.what == channelClosed:
		ch.closedAt[end] = height
		return
	}
	now, sequence := time.Now(), e.packet.Sequence
	switch e.what {
	case sent:
		if s := ch.streams[end]; p.opts.Filter.packet(p.route(ch), e.packet) {
			p.found(s, height, e, now)
		}
	case received:
		s := ch.streams[1-end]
		s.nextRecv = max(s.nextRecv, sequence+1)
		if entry := s.packets[sequence]; entry != nil {
			p.receivedBy(s, entry, now)
		} else if s.listing {
			s.missed[sequence] = missed{received: true}
		}
	case acknowledgementWritten:
		s := ch.streams[1-end]
		if p.opts.Filter.packet(p.route(ch), e.packet) {
			p.acked(s, height, e, now)
		}
	case acknowledged, timedOut:
		p.ended(ch.streams[end], sequence, e.what, now)
	}
}

// found takes a packet's data from the event that sent it.
func (p *Path) found(s *stream, height int64, e event, now time.Time) {
	entry := s.meet(e.packet.Sequence, now)
	if entry.packet == nil {
		packet := e.packet
		entry.packet = &packet
		p.progress(s, entry, Seen, Nothing, now)
	}
	entry.sentAt, entry.reason = height, ""
	entry.lost, entry.seek = false, false
}

// receivedBy takes that a packet was received.
func (p *Path) receivedBy(s *stream, entry *entry, now time.Time) {
	if entry.received {
		return
	}
	entry.received, entry.doubt, entry.done = true, false, false
	entry.after, entry.tries, entry.reason, entry.again = 0, 0, "", time.Time{}
	p.progress(s, entry, Committed, Recv, now)
}

// acked takes an acknowledgement from the event that wrote it, which has the packet too.
func (p *Path) acked(s *stream, height int64, e event, now time.Time) {
	entry := s.meet(e.packet.Sequence, now)
	p.receivedBy(s, entry, now)
	if entry.packet == nil {
		packet := e.packet
		entry.packet = &packet
	}
	entry.ack, entry.ackAt, entry.unfound = e.ack, height, false
	entry.lost, entry.seek = false, false
}

// ended forgets a packet whose commitment is gone.
func (p *Path) ended(s *stream, sequence uint64, what happening, now time.Time) {
	if s.listing {
		s.missed[sequence] = missed{ended: true}
	}
	entry := s.packets[sequence]
	if entry == nil {
		return
	}
	stage, do := Acknowledged, Ack
	if what == timedOut {
		stage, do = TimedOut, Timeout
	}
	p.progress(s, entry, stage, do, now)
	p.done[s.from]++
	delete(s.packets, sequence)
}

// progress tells the observer that a packet reached a stage.
func (p *Path) progress(s *stream, e *entry, stage Stage, do Action, now time.Time) {
	p.opts.Observer.progress(Progress{
		Packet: p.key(s, e.sequence), Stage: stage, Action: do, Took: now.Sub(e.stageAt), Total: now.Sub(e.seenAt),
	})
	e.stageAt = now
}

// key is the packet's name among all chains.
func (p *Path) key(s *stream, sequence uint64) PacketKey {
	source := s.source()
	return PacketKey{Chain: p.ends[s.from].Chain.ID(), Port: source.Port, Channel: source.Channel, Sequence: sequence}
}

// route is the channel as rules see it.
func (p *Path) route(ch *channel) route {
	return route{chains: [2]string{p.ends[0].Chain.ID(), p.ends[1].Chain.ID()}, ends: ch.Ends}
}

// sight is what is seen of one chain, for packets of that channel.
func (p *Path) sight(end int, ch *channel) Sight {
	return Sight{
		Revision: p.revisions[end], Head: p.book.heads[end], Proven: p.book.proven[end], ClosedAt: ch.closedAt[end],
	}
}

// view is what is seen of both chains, for packets of that stream.
func (p *Path) view(s *stream) View {
	return View{Source: p.sight(s.from, s.channel), Destination: p.sight(1-s.from, s.channel)}
}
