package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// Verify says what the bundle proves to whoever believes root. It asks nobody and looks at no clock.
func (b Bundle) Verify(root orderproof.Root) (Proven, error) {
	header, err := b.Path.Verify(orderproof.Params{ChainID: b.Path.Anchor.Header.ChainID}, root, time.Time{})
	if err != nil {
		return Proven{}, fmt.Errorf("headers: %w: %w", ErrHeader, err)
	}
	c := &check{bundle: b, header: header, ledgers: map[string]*court{}}
	for _, step := range []func() error{c.settlementRecord, c.ledgerRecords, c.instructionRecords, c.attestations, c.counts, c.legStates} {
		if err := step(); err != nil {
			return Proven{}, err
		}
	}
	return c.proven(root), nil
}

// check is one verification: what is verified so far.
type check struct {
	bundle       Bundle
	header       *cmttypes.Header
	settlement   settlement.Settlement
	body         order.Body
	ledgers      map[string]*court
	instructions []instruction
}

// court is a ledger and the words that its notaries signed.
type court struct {
	ledger bridge.Ledger
	needed map[uint64]applied      // this settlement's instructions whose outcome the hub applied, by number
	words  map[uint64][]signedWord // those that say so
}

// applied is an outcome that the hub applied to an instruction.
type applied struct {
	hash    order.Hash
	outcome order.Outcome
}

// signedWord is one word with who signed it.
type signedWord struct {
	notary string
	word   order.Word
}

// instruction is one that the settlement's timeline says was ordered.
type instruction struct {
	leg      int
	kind     order.Kind
	record   bridge.Record
	tracking bridge.Tracking
	by       []string // the notaries whose words count
}

// stored is a record that can be read from its stored bytes.
type stored interface{ Unmarshal([]byte) error }

// read verifies that a record is in the proven state and reads it. The caller compares its key with what its content demands.
func (c *check) read(m orderproof.Membership, store string, into stored) error {
	if m.Store != store {
		return fmt.Errorf("%w: it is of store %q, want %q", ErrState, m.Store, store)
	}
	if err := m.Verify(c.header.AppHash); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if err := into.Unmarshal(m.Value); err != nil {
		return fmt.Errorf("%w: its content: %w", ErrState, err)
	}
	return nil
}

// under verifies that a record is where its content says.
func under(m orderproof.Membership, key []byte, err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	if !bytes.Equal(m.Key, key) {
		return fmt.Errorf("%w: it is under key %X, its content belongs under %X", ErrState, m.Key, key)
	}
	return nil
}

func (c *check) settlementRecord() error {
	const part = "settlement record"
	m := c.bundle.Settlement
	if err := c.read(m, settlement.StoreKey, &c.settlement); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	key, err := settlementKey(c.settlement.Id)
	if err := under(m, key, err); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	if problems := settlement.Problems(c.settlement); len(problems) > 0 {
		return fmt.Errorf("%s: %w: %s", part, ErrSettlement, strings.Join(problems, "; "))
	}
	if c.body, err = order.DecodeBody(c.settlement.Body); err != nil {
		return fmt.Errorf("%s: %w: %w", part, ErrSettlement, err)
	}
	if c.body.ChainID != c.header.ChainID {
		return fmt.Errorf("%s: %w: its body is of chain %s, the headers are of %s", part, ErrSettlement, c.body.ChainID, c.header.ChainID)
	}
	return nil
}

// ledgerRecords are those of the legs' ledgers, each once, by id.
func (c *check) ledgerRecords() error {
	want := ledgersOf(c.body)
	if len(c.bundle.Ledgers) != len(want) {
		return fmt.Errorf("ledgers: %w: %d records, the legs are on %d", ErrForeign, len(c.bundle.Ledgers), len(want))
	}
	for i, l := range c.bundle.Ledgers {
		part := "ledger " + want[i] + ": record"
		var ledger bridge.Ledger
		if err := c.read(l.Record, bridge.StoreKey, &ledger); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		key, err := ledgerKey(want[i])
		if err := under(l.Record, key, err); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		if ledger.Id != want[i] {
			return fmt.Errorf("%s: %w: it is of ledger %s", part, ErrForeign, ledger.Id)
		}
		c.ledgers[ledger.Id] = &court{ledger: ledger, needed: map[uint64]applied{}, words: map[uint64][]signedWord{}}
	}
	return nil
}

func ledgersOf(body order.Body) []string {
	var ids []string
	for _, l := range body.Legs {
		ids = append(ids, l.Ledger)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// want is one instruction that must be there, and the block that wrote it.
type want struct {
	leg    int
	kind   order.Kind
	height int64
}

// wanted are the instructions that the timeline says were ordered, in the order of the bundle.
func wanted(s settlement.Settlement) (all []want) {
	for _, step := range s.Timeline {
		if kind, orders := trail.Orders(step); orders {
			all = append(all, want{int(step.Leg) - 1, kind, step.Height})
		}
	}
	slices.SortFunc(all, func(a, b want) int { return cmp.Or(a.leg-b.leg, int(a.kind)-int(b.kind)) })
	return all
}

func (c *check) instructionRecords() error {
	all := wanted(c.settlement)
	if len(c.bundle.Instructions) != len(all) {
		return fmt.Errorf("instructions: %w: %d are shown, the settlement's timeline says %d were ordered", ErrForeign, len(c.bundle.Instructions), len(all))
	}
	for i, w := range all {
		found, err := c.instructionRecord(c.bundle.Instructions[i], w)
		if err != nil {
			return fmt.Errorf("leg %d: %s: %w", w.leg, w.kind, err)
		}
		c.instructions = append(c.instructions, found)
		if t := found.tracking; t.Progress == bridge.PROGRESS_APPLIED {
			c.ledgers[t.Ledger].needed[t.Number] = applied{order.HashInstruction(found.record.Instruction), order.Outcome(t.Outcome)}
		}
	}
	return nil
}

func (c *check) instructionRecord(shown Instruction, w want) (instruction, error) {
	found := instruction{leg: w.leg, kind: w.kind}
	if err := c.read(shown.Record, bridge.StoreKey, &found.record); err != nil {
		return found, fmt.Errorf("record: %w", err)
	}
	r := found.record
	if w.leg >= len(c.body.Legs) {
		return found, fmt.Errorf("record: %w: there is no such leg", ErrSettlement)
	}
	if err := under(shown.Record, bridge.RecordKey(c.body.Legs[w.leg].Ledger, r.Number), nil); err != nil {
		return found, fmt.Errorf("record: %w", err)
	}
	if raw := order.NewInstruction(w.kind, c.body, w.leg).Encode(); !bytes.Equal(raw, r.Instruction) || r.Height != w.height {
		return found, fmt.Errorf("record: %w: instruction %d of %s in block %d is not the %s that the timeline says was ordered in block %d",
			ErrForeign, r.Number, r.Ledger, r.Height, w.kind, w.height)
	}
	if err := c.read(shown.Tracking, bridge.StoreKey, &found.tracking); err != nil {
		return found, fmt.Errorf("tracking: %w", err)
	}
	key, err := trackingKey(r.Ledger, r.Number)
	if err := under(shown.Tracking, key, err); err != nil {
		return found, fmt.Errorf("tracking: %w", err)
	}
	if t := found.tracking; t.Owner != settlement.ModuleName || t.Progress == bridge.PROGRESS_APPLIED && !w.kind.Allowed(order.Outcome(t.Outcome)) {
		return found, fmt.Errorf("tracking: %w: owner %q, outcome %d of a %s", ErrForeign, t.Owner, t.Outcome, w.kind)
	}
	return found, nil
}
