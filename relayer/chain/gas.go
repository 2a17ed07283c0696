package chain

import (
	"slices"
	"sync"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// What is known of gas before anything was learned.
const (
	gasOfTransaction = 60_000  // its signature, its fee, its bytes
	gasUnknown       = 150_000 // of a message of a type that was never sent, for Fits alone
	recentGas        = 8       // transactions that a figure remembers
)

// gasBook knows what messages of each type used of late, so that a transaction need not be tried out before it is sent.
type gasBook struct {
	mu    sync.Mutex
	types map[string]*figure
}

// figure is what one message of a type used in the last transactions.
type figure struct {
	recent []float64
	doubt  bool // a transaction of it ran out of gas since: it is tried out once more
}

// load is one type's part of a transaction.
type load struct {
	count int
	bytes int
}

func newGasBook() *gasBook { return &gasBook{types: map[string]*figure{}} }

func (f *figure) most() float64 { return slices.Max(f.recent) }

// loads counts a transaction's messages by type.
func loads(msgs []sdk.Msg) map[string]load {
	all := map[string]load{}
	for _, msg := range msgs {
		url := sdk.MsgTypeURL(msg)
		l := all[url]
		l.count++
		l.bytes += size(msg)
		all[url] = l
	}
	return all
}

// size is how many bytes a message takes in a transaction.
func size(msg sdk.Msg) int {
	const framing = 16
	if sized, ok := msg.(interface{ Size() int }); ok {
		return sized.Size() + len(sdk.MsgTypeURL(msg)) + framing
	}
	return framing
}

// predict is the gas that messages will use, unless nothing is known of a type.
func (b *gasBook) predict(all map[string]load) (gas float64, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	gas = gasOfTransaction
	for url, l := range all {
		f := b.types[url]
		if f == nil || f.doubt {
			return 0, false
		}
		gas += float64(l.count) * f.most()
	}
	return gas, true
}

// of is the gas of one message, for planning.
func (b *gasBook) of(msg sdk.Msg) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.types[sdk.MsgTypeURL(msg)]; f != nil {
		return f.most()
	}
	return gasUnknown
}

// learn takes in what a transaction used. What was expected of known types is scaled to it; types that are new share the rest by
// their bytes.
func (b *gasBook) learn(all map[string]load, used int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rest := max(float64(used)-gasOfTransaction, float64(used)/2)
	expected, newBytes, bytes := 0.0, 0, 0
	for url, l := range all {
		bytes += l.bytes
		if f := b.types[url]; f != nil {
			expected += float64(l.count) * f.most()
		} else {
			newBytes += l.bytes
		}
	}
	scale, forNew := 1.0, rest-expected
	switch {
	case newBytes == 0 && expected > 0:
		scale = rest / expected
	case newBytes > 0 && forNew < rest*float64(newBytes)/float64(bytes)/2:
		forNew = rest * float64(newBytes) / float64(bytes)
	}
	for url, l := range all {
		f := b.types[url]
		if f == nil {
			b.types[url] = &figure{recent: []float64{forNew * float64(l.bytes) / float64(newBytes) / float64(l.count)}}
			continue
		}
		f.doubt = false
		f.recent = append(f.recent, f.most()*scale)
		if len(f.recent) > recentGas {
			f.recent = f.recent[1:]
		}
	}
}

// doubt has the next transaction of these types tried out: one ran out of gas.
func (b *gasBook) doubt(all map[string]load) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for url := range all {
		if f := b.types[url]; f != nil {
			f.doubt = true
		}
	}
}
