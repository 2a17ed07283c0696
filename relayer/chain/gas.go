package chain

import (
	"sync"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// What is known of gas before anything was learned.
const (
	gasOfTransaction = 60_000  // its signature, its fee, its bytes
	gasUnknown       = 150_000 // of a message of a type that was never sent, for Fits alone
	leastGas         = 1_000   // of any message
)

// How figures follow what transactions used.
const (
	sureCount = 8    // messages of a type in one transaction that tell what one uses
	downward  = 0.25 // of the difference that a figure takes over when less was used: what was needed of late may be needed again
	unsure    = 100  // how much more a figure takes over that was not told apart
	shortage  = 1.5  // what gas is multiplied by after a transaction ran out of it
)

// gasBook knows what messages of each type use, so that a transaction need not be tried out before it is sent.
type gasBook struct {
	mu    sync.Mutex
	types map[string]*figure
}

// figure is what one message of a type uses.
type figure struct {
	each float64
	sure bool // it was told apart from what is in the transaction besides, so that it may be multiplied
	// doubt says that a transaction ran out of gas since.
	doubt bool
}

// load is one type's part of a transaction.
type load struct {
	count int
	bytes int
}

func newGasBook() *gasBook { return &gasBook{types: map[string]*figure{}} }

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

// predict is the gas that messages will use, unless too little is known of a type.
func (b *gasBook) predict(all map[string]load) (gas float64, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for url, l := range all {
		f := b.types[url]
		if f == nil || f.doubt || l.count > 1 && !f.sure {
			return 0, false
		}
	}
	return b.expected(all), true
}

// expected is what known types use. The caller holds the lock.
func (b *gasBook) expected(all map[string]load) float64 {
	gas := float64(gasOfTransaction)
	for url, l := range all {
		if f := b.types[url]; f != nil {
			gas += float64(l.count) * f.each
		}
	}
	return gas
}

// of is the gas of one message, for planning.
func (b *gasBook) of(msg sdk.Msg) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.types[sdk.MsgTypeURL(msg)]; f != nil {
		return f.each
	}
	return gasUnknown
}

// teach takes in what a trial told of a type.
func (b *gasBook) teach(url string, each float64, sure bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.types[url] = &figure{each: max(each, leastGas), sure: sure}
}

// learn takes in what a transaction used. The difference to what was expected goes to the types by the square of their numbers, the
// smallest correction that explains it: of an update and 400 receipts, one receipt gets a 400th of it and the update nearly nothing.
// Of an update and one receipt it goes to the one that is less sure.
func (b *gasBook) learn(all map[string]load, used int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	weights, sum := map[string]float64{}, 0.0
	for url, l := range all {
		if b.types[url] == nil {
			b.types[url] = &figure{each: leastGas}
		}
		weights[url] = float64(l.count) * float64(l.count)
		if !b.types[url].sure {
			weights[url] *= unsure
		}
		sum += weights[url]
	}
	difference := float64(used) - b.expected(all)
	if difference < 0 {
		difference *= downward
	}
	for url, l := range all {
		f := b.types[url]
		f.each = max(f.each+difference*weights[url]/sum/float64(l.count), leastGas)
		f.sure = f.sure || l.count >= sureCount && weights[url] > sum/2
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
