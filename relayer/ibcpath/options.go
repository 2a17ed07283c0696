package ibcpath

import (
	"fmt"
	"log/slog"
	"time"
)

// Options is what a path may be told. Updater is needed; the rest may be left out.
type Options struct {
	Updater    ClientUpdater
	Filter     Filter
	Share      Share
	ClearEvery time.Duration // between two listings of everything that waits, a net below the blocks; 10 minutes if 0
	Observer   Observer
	Log        *slog.Logger
}

// Share is this relayer's part of the work on a path that several relayers serve. The zero value does everything at once.
type Share struct {
	Index int   // this relayer, from 0
	Of    int   // how many there are; 0 or 1: alone
	After int64 // blocks after which the next relayer takes over what nobody did; 5 if 0
}

// defaultTakeover is Share.After if it is not set.
const defaultTakeover = 5

// Rank is how many relayers are to have their turn before this one: 0 for its own packets. On an ordered channel every packet has the
// turn of the whole channel, for one may not overtake another.
func (s Share) Rank(channel ChannelEnd, ordered bool, sequence uint64) int64 {
	if s.Of <= 1 {
		return 0
	}
	of := uint64(s.Of) //nolint:gosec // above 1
	number := sequence
	if ordered {
		number = 0
		for _, letter := range []byte(channel.Port + "/" + channel.Channel) {
			number = number*31 + uint64(letter)
		}
	}
	return int64((uint64(s.Index) + of - number%of) % of) //nolint:gosec // below Of
}

// Turn tells whether it is this relayer's turn, that many blocks after the work was there.
func (s Share) Turn(rank, blocks int64) bool {
	after := s.After
	if after == 0 {
		after = defaultTakeover
	}
	return blocks >= rank*after
}

// PacketKey names a packet among all chains: the chain and channel that sent it, and its sequence.
type PacketKey struct {
	Chain    string
	Port     string
	Channel  string
	Sequence uint64
}

// String is the key as people and traces see it.
func (k PacketKey) String() string {
	return fmt.Sprintf("%s/%s/%s/%d", k.Chain, k.Port, k.Channel, k.Sequence)
}

// Stage is how far a packet has come.
type Stage string

// The stages in order. Proved and Sent come once for each message: the packet's, and its acknowledgement's or timeout's.
const (
	Seen         Stage = "seen"
	Proved       Stage = "proved"
	Submitted    Stage = "sent"
	Committed    Stage = "committed"    // received, in a block
	Acknowledged Stage = "acknowledged" // the end
	TimedOut     Stage = "timed-out"    // the other end
)

// Progress is one packet's arrival at a stage.
type Progress struct {
	Packet PacketKey
	Stage  Stage
	Action Action        // the message that Proved and Submitted are about
	Took   time.Duration // since the stage before
	Total  time.Duration // since it was seen
}

// Batch is one transaction of a path's.
type Batch struct {
	Chain    string
	Messages int // without client updates
	Gas      int64
	Took     time.Duration
	Err      error // nil: a block holds it
}

// Observer hears what a path does. Its functions must return at once and may be nil; they are called from several goroutines.
type Observer struct {
	Progress func(Progress)
	Batch    func(Batch)
	Aside    func(packet PacketKey, reason string, again time.Time)
	Trouble  func(chain string, err error) // the chain or its node does not do its part; nil: it does again
}

func (o Observer) progress(p Progress) {
	if o.Progress != nil {
		o.Progress(p)
	}
}

func (o Observer) batch(b Batch) {
	if o.Batch != nil {
		o.Batch(b)
	}
}

func (o Observer) aside(packet PacketKey, reason string, again time.Time) {
	if o.Aside != nil {
		o.Aside(packet, reason, again)
	}
}

func (o Observer) trouble(chain string, err error) {
	if o.Trouble != nil {
		o.Trouble(chain, err)
	}
}
