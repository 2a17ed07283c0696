package ibcnet

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
)

// Fate is what blocks show of one packet: how often each thing happened to it, and when it was sent and ended.
type Fate struct {
	Sent, Received, Acknowledged, TimedOut int
	SentHeight, EndHeight                  int64 // of the source
	SentAt, EndedAt                        time.Time
}

// Took is the block time from send to acknowledgement or timeout.
func (f Fate) Took() time.Duration { return f.EndedAt.Sub(f.SentAt) }

// wrong says what is not as it has to be: sent once, and then either received once and acknowledged once, or timed out once and
// never received.
func (f Fate) wrong() string {
	switch {
	case f.Sent != 1:
		return fmt.Sprintf("was sent %d times", f.Sent)
	case f.Acknowledged+f.TimedOut != 1:
		return fmt.Sprintf("ended %d times in an acknowledgement and %d times in a timeout", f.Acknowledged, f.TimedOut)
	case f.Received != f.Acknowledged:
		return fmt.Sprintf("was received %d times and acknowledged %d times", f.Received, f.Acknowledged)
	}
	return ""
}

// Fates are those of the packets of one channel by sequence, from the transactions of the chain that sent and of the one
// that received them.
func Fates(source, destination []Tx, port, channel string) map[uint64]*Fate {
	all := map[uint64]*Fate{}
	ends := map[string]bool{} // of the channel over there: other chains' channels may be called the same as this one
	note := func(txs []Tx, kinds map[string]func(*Fate, Tx)) {
		for _, tx := range txs {
			for _, event := range tx.Events {
				happened := kinds[event.Type]
				if happened == nil {
					continue
				}
				fields := map[string]string{}
				for _, a := range event.Attributes {
					fields[a.Key] = a.Value
				}
				sequence, err := strconv.ParseUint(fields[channeltypes.AttributeKeySequence], 10, 64)
				if err != nil || fields[channeltypes.AttributeKeySrcPort] != port || fields[channeltypes.AttributeKeySrcChannel] != channel {
					continue
				}
				if to := fields[channeltypes.AttributeKeyDstChannel]; event.Type == channeltypes.EventTypeSendPacket {
					ends[to] = true
				} else if event.Type == channeltypes.EventTypeRecvPacket && !ends[to] {
					continue
				}
				if all[sequence] == nil {
					all[sequence] = &Fate{}
				}
				happened(all[sequence], tx)
			}
		}
	}
	ended := func(f *Fate, tx Tx) { f.EndHeight, f.EndedAt = tx.Height, tx.Time }
	note(source, map[string]func(*Fate, Tx){
		channeltypes.EventTypeSendPacket:        func(f *Fate, tx Tx) { f.Sent++; f.SentHeight, f.SentAt = tx.Height, tx.Time },
		channeltypes.EventTypeAcknowledgePacket: func(f *Fate, tx Tx) { f.Acknowledged++; ended(f, tx) },
		channeltypes.EventTypeTimeoutPacket:     func(f *Fate, tx Tx) { f.TimedOut++; ended(f, tx) },
	})
	note(destination, map[string]func(*Fate, Tx){channeltypes.EventTypeRecvPacket: func(f *Fate, _ Tx) { f.Received++ }})
	return all
}

// Tally sums fates up.
type Tally struct {
	Packets, Acknowledged, TimedOut int
	Median, Longest                 time.Duration // from send to acknowledgement, by block time
}

// String is the tally in words.
func (t Tally) String() string {
	words := fmt.Sprintf("%d, of which %d acknowledged and %d timed out", t.Packets, t.Acknowledged, t.TimedOut)
	if t.Acknowledged > 0 {
		words += fmt.Sprintf("; from send to acknowledgement %.2f s in the median, %.2f s at most", t.Median.Seconds(), t.Longest.Seconds())
	}
	return words
}

// Count sums fates up; its error names the first packets to which anything but exactly one end happened.
func Count(fates map[uint64]*Fate) (Tally, error) {
	t := Tally{Packets: len(fates)}
	var took []time.Duration
	var wrong []string
	for sequence, f := range fates {
		if what := f.wrong(); what != "" {
			wrong = append(wrong, fmt.Sprintf("packet %d %s", sequence, what))
		}
		t.Acknowledged += f.Acknowledged
		t.TimedOut += f.TimedOut
		if f.Acknowledged > 0 {
			took = append(took, f.Took())
		}
	}
	if slices.Sort(took); len(took) > 0 {
		t.Median, t.Longest = took[len(took)/2], took[len(took)-1]
	}
	if slices.Sort(wrong); len(wrong) > 0 {
		return t, fmt.Errorf("%d of %d packets did not end exactly once: %v", len(wrong), len(fates), wrong[:min(len(wrong), 5)])
	}
	return t, nil
}
