package ledgerlink

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cosmos/cosmos-sdk/types/query"
	"golang.org/x/sync/errgroup"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/bridge"
)

// How often another node is asked whether the first one leaves work out, and how long it may take.
const (
	auditEvery   = time.Second
	auditTimeout = 500 * time.Millisecond
	checkEvery   = 100 * time.Millisecond
	maxOld       = 200 // open records that are proved one by one
)

// LightNode is the hub with one notary's key, read without believing any node: HubNode for verify: light.
//
//	what                         why it is true
//	ledger, its notaries         ICS-23 proof against a believed header
//	number of the newest record  ICS-23 proof
//	newest record                ICS-23 proof, once for each new number
//	records before it            they chain to it
//	settlement, quote, consent   ICS-23 proof
//	which records are open       not proved: a node can only leave some out, and another node is asked too
type LightNode struct {
	*words
	light  *hublight.Client
	ledger string
	notary string

	mu      sync.Mutex
	outbox  outbox                // verified
	old     map[uint64]proved     // open records before it, proved one by one
	head    orderproof.Membership // the newest record
	headAt  int64                 // the header against which it was proved
	audited time.Time             // of this machine
}

// reading is what one node said.
type reading struct {
	state  *hublight.State
	ledger bridge.Ledger
	number uint64 // of the newest record
	work   []uint64
	open   []uint64 // work that another node has named, if it was asked
	asked  *hublight.State
}

// Check asks the hub whether it knows this ledger and this notary by this key, before anything is started. Nodes may still be
// starting, and a new hub proves nothing before its third block.
func (n *LightNode) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hubclient.DialTimeout)
	defer cancel()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		led, err := n.registered(ctx)
		switch {
		case err == nil && led.Id == "":
			return fmt.Errorf("the hub has no ledger %s: have it registered, or check the id", n.ledger)
		case err == nil:
			return n.known(led)
		case !errors.Is(err, hublight.ErrNoNode):
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// registered proves what the hub knows of the ledger.
func (n *LightNode) registered(ctx context.Context) (led bridge.Ledger, err error) {
	if _, err := n.light.Latest(ctx); err != nil {
		return led, err
	}
	err = n.light.Read(ctx, func(ctx context.Context, s *hublight.State) (err error) {
		led, err = proveLedger(ctx, s, n.ledger)
		return err
	})
	return led, err
}

// Read implements HubNode.
func (n *LightNode) Read(ctx context.Context) (Hub, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var r *reading
	if err := n.light.Read(ctx, func(ctx context.Context, s *hublight.State) (err error) {
		r, err = n.read(ctx, s)
		return err
	}); err != nil {
		return Hub{}, err
	}
	hub := Hub{
		Now: r.state.Header.Time, Height: r.state.Header.Height, Self: n.notary,
		TakeoverDelay: r.ledger.TakeoverDelay, Notaries: r.ledger.ActiveNotaries(),
	}
	n.audit(ctx, r)
	for _, number := range r.work {
		p, ok := n.outbox.at(number)
		if !ok {
			if p, ok = n.old[number]; !ok {
				continue // there are too many; the next come when these are done
			}
		}
		i, err := decode(number, p, n.light.ChainID(), n.ledger)
		if err != nil {
			return Hub{}, err
		}
		hub.Work = append(hub.Work, i)
	}
	n.seen(hub.Work)
	return hub, nil
}

// read asks one node for everything, most of it at once.
func (n *LightNode) read(ctx context.Context, s *hublight.State) (*reading, error) {
	r := &reading{state: s}
	group, within := errgroup.WithContext(ctx)
	group.Go(func() (err error) { r.ledger, err = proveLedger(within, s, n.ledger); return err })
	group.Go(func() (err error) { r.number, err = proveNumber(within, s, n.ledger); return err })
	group.Go(func() (err error) { r.work, err = n.openAt(within, s); return err })
	if others := n.light.Others(s); len(others) > 0 && time.Since(n.audited) > auditEvery {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(within, auditTimeout)
			defer cancel()
			if open, err := n.openAt(ctx, others[0]); err == nil { // who does not answer is no witness
				r.open, r.asked = open, others[0]
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, number := range r.work {
		if number == 0 || number > r.number {
			return nil, hublight.Lief("it names instruction %d of ledger %s as open; proved is that there are %d", number, n.ledger, r.number)
		}
	}
	if r.ledger.Id == "" {
		return nil, fmt.Errorf("the hub has no ledger %s any more", n.ledger)
	}
	return r, n.extend(ctx, s, r)
}

// extend verifies the outbox up to the newest record, and back to the oldest open one.
func (n *LightNode) extend(ctx context.Context, s *hublight.State, r *reading) error {
	if r.number == 0 {
		return nil
	}
	if last := n.outbox.last(); r.number < last {
		return hublight.Lief("it proves %d records, %d were proved before", r.number, last)
	} else if r.number > last {
		if err := n.extendTo(ctx, s, r.number); err != nil {
			return err
		}
	}
	if len(r.work) == 0 || r.work[0] >= n.outbox.from {
		return nil
	}
	oldest := floor(n.outbox.last())
	if err := n.extendBack(ctx, s, max(r.work[0], oldest)); err != nil {
		return err
	}
	return n.proveOld(ctx, s, r.work)
}

// extendTo verifies the outbox up to a new newest record: that is proved, and those since the last one chain to it.
func (n *LightNode) extendTo(ctx context.Context, s *hublight.State, number uint64) error {
	from, before := number, order.Hash{}
	known := n.outbox.from != 0 && number-n.outbox.last() <= keptRecords
	if known {
		from, before = n.outbox.last()+1, n.outbox.head()
	}
	var newer []bridge.Record
	var head orderproof.Membership
	group, within := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		head, err = s.Prove(within, bridge.StoreKey, bridge.RecordKey(n.ledger, number))
		return noAbsence(err)
	})
	if from < number {
		group.Go(func() (err error) { newer, err = records(within, s, n.ledger, from, number); return err })
	}
	if !known {
		group.Go(func() (err error) { before, err = beforeOf(within, s, n.ledger, number); return err })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("newest record %d of ledger %s: %w", number, n.ledger, err)
	}
	record, hash, err := readRecord(head)
	if err != nil {
		return fmt.Errorf("newest record %d of ledger %s: %w", number, n.ledger, err)
	}
	if from == number {
		newer = []bridge.Record{record}
	}
	run, err := chained(newer, from, before, hash, s.Header.Time)
	if err != nil {
		return hublight.Lief("outbox of ledger %s: %w", n.ledger, err)
	}
	if !known {
		n.outbox = outbox{}
	}
	n.outbox, n.head, n.headAt = n.outbox.join(run), head, s.Header.Height
	return nil
}

// proveOld proves open records that are older than what is remembered, one by one: few are, for they have been stuck for long.
func (n *LightNode) proveOld(ctx context.Context, s *hublight.State, work []uint64) error {
	old := map[uint64]proved{}
	for _, number := range work {
		if number >= n.outbox.from || len(old) == maxOld {
			break
		}
		if p, ok := n.old[number]; ok {
			old[number] = p
			continue
		}
		m, err := s.Prove(ctx, bridge.StoreKey, bridge.RecordKey(n.ledger, number))
		if err != nil {
			return noAbsence(err)
		}
		record, _, err := readRecord(m)
		if err != nil {
			return err
		}
		old[number] = proved{raw: record.Instruction, hash: order.HashInstruction(record.Instruction), since: record.Time}
	}
	n.old = old
	return nil
}

// floor is the oldest record that is remembered of so many.
func floor(last uint64) uint64 {
	if last <= keptRecords {
		return 1
	}
	return last - keptRecords + 1
}

// extendBack verifies the outbox back to a record.
func (n *LightNode) extendBack(ctx context.Context, s *hublight.State, from uint64) error {
	if from >= n.outbox.from {
		return nil
	}
	before, err := beforeOf(ctx, s, n.ledger, from)
	if err != nil {
		return err
	}
	older, err := records(ctx, s, n.ledger, from, n.outbox.from-1)
	if err != nil {
		return err
	}
	run, err := chained(older, from, before, n.outbox.before, s.Header.Time)
	if err != nil {
		return hublight.Lief("outbox of ledger %s: %w", n.ledger, err)
	}
	n.outbox = n.outbox.join(run)
	return nil
}

// audit compares the work that two nodes name. Where they differ, proofs say who left something out.
func (n *LightNode) audit(ctx context.Context, r *reading) {
	if r.asked == nil {
		return
	}
	n.audited = time.Now()
	have := map[uint64]bool{}
	for _, number := range r.work {
		have[number] = true
	}
	for _, number := range r.open {
		if have[number] || number == 0 || number > r.number {
			continue
		}
		open, err := n.isOpen(ctx, r, number)
		if err != nil {
			continue // the next audit asks again
		}
		if !open {
			n.light.Distrust(r.asked, fmt.Errorf("it names instruction %d of ledger %s as open, which it is not", number, n.ledger))
			return
		}
		n.light.Distrust(r.state, fmt.Errorf("it leaves out that instruction %d of ledger %s waits for this notary", number, n.ledger))
		return // the next reading asks another node first
	}
}

// isOpen tells whether an instruction waits for this notary's word, which the node that was asked first denies. That it is open
// is for the other one to prove, and that this notary has given its word is for the first: that there is none cannot always be
// proved, as ICS-23 knows no keys without a value, of which that store has some.
func (n *LightNode) isOpen(ctx context.Context, r *reading, number uint64) (bool, error) {
	at := binary.BigEndian.AppendUint64(append([]byte(n.ledger), 0), number)
	m, err := r.asked.Prove(ctx, bridge.StoreKey, append(bridge.TrackingsPrefix.Bytes(), at...))
	if err != nil {
		return false, err
	}
	var t bridge.Tracking
	if err := t.Unmarshal(m.Value); err != nil || t.Progress != bridge.PROGRESS_OPEN {
		return false, err
	}
	_, err = r.state.Prove(ctx, bridge.StoreKey, append(append(bridge.VotesPrefix.Bytes(), at...), n.notary...))
	if errors.Is(err, hublight.ErrAbsent) || errors.Is(err, hublight.ErrLie) {
		return true, nil
	}
	return false, err
}

// openAt asks a node what waits for this notary, oldest first. It can leave something out.
func (n *LightNode) openAt(ctx context.Context, s *hublight.State) (numbers []uint64, err error) {
	var next []byte
	for range maxPages {
		var work bridge.QueryWorkResponse
		if err := s.Query(ctx, "/corridor.bridge.v1.Query/Work", &bridge.QueryWorkRequest{
			Ledger: n.ledger, Notary: n.notary, Pagination: &query.PageRequest{Key: next, Limit: bridge.MaxPageSize},
		}, &work); err != nil {
			return nil, err
		}
		for _, record := range work.Records {
			if k := len(numbers); k > 0 && record.Number <= numbers[k-1] {
				return nil, hublight.Lief("it names instruction %d of ledger %s after %d", record.Number, n.ledger, numbers[k-1])
			}
			numbers = append(numbers, record.Number)
		}
		if next = work.Pagination.GetNextKey(); len(next) == 0 || len(numbers) >= maxWork {
			break
		}
	}
	return numbers, nil
}
