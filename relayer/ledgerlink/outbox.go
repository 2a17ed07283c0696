package ledgerlink

import (
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

// keptRecords bounds what is remembered of an outbox: what is older is proved one by one.
const keptRecords = 2 * 1000

// outbox is a run of a ledger's records that hash to a proven one. Its zero value is an outbox of which nothing is known.
type outbox struct {
	from    uint64     // number of the first record; numbers count from 1
	before  order.Hash // the chained hash of the one before it
	records []proved
}

// proved is one record of it.
type proved struct {
	raw   []byte
	hash  order.Hash // sha256 of raw
	chain order.Hash // up to and with this one
	since time.Time  // hub time of the block that wrote it: as the node says, but never after it was proved
}

// last is the number of the newest record; 0 where nothing is known.
func (o outbox) last() uint64 {
	if o.from == 0 {
		return 0
	}
	return o.from + uint64(len(o.records)) - 1
}

// head is the chained hash up to the newest record.
func (o outbox) head() order.Hash {
	if len(o.records) == 0 {
		return o.before
	}
	return o.records[len(o.records)-1].chain
}

// at is a record by number.
func (o outbox) at(number uint64) (proved, bool) {
	if o.from == 0 || number < o.from || number > o.last() {
		return proved{}, false
	}
	return o.records[number-o.from], true
}

// chained recomputes the chained hash over records from a number on, and gives them only if they lead from before to the proven
// head. A false before, or a false record, leads elsewhere: that would take two inputs of SHA-256 with one hash.
func chained(records []bridge.Record, from uint64, before, head order.Hash, now time.Time) (outbox, error) {
	o := outbox{from: from, before: before}
	hash := before
	for i, r := range records {
		number := from + uint64(i)
		if r.Number != number {
			return outbox{}, fmt.Errorf("record %d comes where %d should", r.Number, number)
		}
		each := proved{raw: r.Instruction, hash: order.HashInstruction(r.Instruction), since: r.Time}
		hash = order.OutboxNextOf(hash, number, each.hash)
		if each.chain = hash; each.since.After(now) {
			each.since = now
		}
		o.records = append(o.records, each)
	}
	if hash != head {
		return outbox{}, fmt.Errorf("records %d to %d chain to %s, proved is %s", from, o.last(), hash, head)
	}
	return o, nil
}

// join adds a run that begins where this one ends, or ends where this one begins, and forgets what is too old.
func (o outbox) join(other outbox) outbox {
	switch {
	case o.from == 0:
		o = other
	case len(other.records) == 0:
	case other.from == o.last()+1 && other.before == o.head():
		o.records = append(o.records[:len(o.records):len(o.records)], other.records...)
	case other.last()+1 == o.from && other.head() == o.before:
		other.records = append(other.records[:len(other.records):len(other.records)], o.records...)
		return other
	}
	if extra := len(o.records) - keptRecords; extra > 0 {
		o.from, o.before = o.from+uint64(extra), o.records[extra-1].chain
		o.records = append([]proved(nil), o.records[extra:]...)
	}
	return o
}

// decode reads a proven instruction. What can't be read was written by a newer hub.
func decode(number uint64, p proved, chainID, ledger string) (Instruction, error) {
	i, err := order.DecodeInstruction(p.raw)
	if err != nil {
		return Instruction{}, fmt.Errorf("instruction %d of ledger %s is not one that this relayer understands; update it: %w", number, ledger, err)
	}
	if i.ChainID != chainID || i.Ledger != ledger {
		return Instruction{}, fmt.Errorf("instruction %d of ledger %s is for ledger %s on chain %s: the hub contradicts itself", number, ledger, i.Ledger, i.ChainID)
	}
	return Instruction{Number: number, Hash: p.hash, Order: i, Since: p.since}, nil
}
