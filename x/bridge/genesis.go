package bridge

import (
	"bytes"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
)

// hubLongestPrepare is what DefaultGenesis gives settlements with legs on the hub to prepare.
const hubLongestPrepare = 24 * time.Hour

// DefaultGenesis knows the hub itself as a ledger and nothing else.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Ledgers: []Ledger{{
		Id: HubLedger, Cell: CELL_HOLDS, Link: LINK_HUB, OrderCheck: ORDER_CHECK_LEDGER, LongestPrepare: hubLongestPrepare,
	}}}
}

// Validate checks the whole state: every part well formed, every part about something that is there, and every
// outbox a chain without gaps whose hashes follow from its instructions.
func (g GenesisState) Validate() error {
	v := genesisCheck{
		ledgers: map[string]Ledger{}, trackings: map[InstructionKey]Tracking{}, records: map[InstructionKey]Record{},
		journeys: map[InstructionKey]Dispatch{},
	}
	for _, check := range []func(GenesisState) error{
		v.checkLedgers, v.checkRecords, v.checkTrackings, v.checkVotes, v.checkSuspensions, v.checkPending, v.checkRecounts,
		v.checkDispatches, v.checkOpenPackets, v.checkStalls, v.checkPeers, v.checkQuotedHolds,
	} {
		if err := check(g); err != nil {
			return err
		}
	}
	return nil
}

// genesisCheck remembers what later parts refer to. Its maps are only looked up.
type genesisCheck struct {
	ledgers   map[string]Ledger
	records   map[InstructionKey]Record
	trackings map[InstructionKey]Tracking
	journeys  map[InstructionKey]Dispatch
}

func (c genesisCheck) checkLedgers(g GenesisState) error {
	if len(g.Ledgers) > MaxLedgers {
		return ErrTooManyLedgers.Wrapf("%d, at most %d", len(g.Ledgers), MaxLedgers)
	}
	channels := map[string]string{}
	for _, l := range g.Ledgers {
		if err := l.Validate(); err != nil {
			return err
		}
		if l.Channel != nil {
			if other, taken := channels[l.Channel.ChannelId]; taken {
				return ErrChannelTaken.Wrapf("%s is the channel of ledgers %s and %s", l.Channel.ChannelId, other, l.Id)
			}
			channels[l.Channel.ChannelId] = l.Id
		}
		if _, twice := c.ledgers[l.Id]; twice {
			return ErrInvalidGenesis.Wrapf("ledger %s is given twice", l.Id)
		}
		c.ledgers[l.Id] = l
	}
	return nil
}

func (c genesisCheck) checkRecords(g GenesisState) error {
	type head struct {
		number uint64
		hash   order.Hash
	}
	heads := map[string]head{}
	for _, r := range g.Records {
		if _, known := c.ledgers[r.Ledger]; !known {
			return ErrInvalidGenesis.Wrapf("record %d: ledger %q is not registered", r.Number, r.Ledger)
		}
		i, err := order.DecodeInstruction(r.Instruction)
		if err != nil {
			return ErrInvalidGenesis.Wrapf("record %d of %s: %s", r.Number, r.Ledger, err)
		}
		if i.Ledger != r.Ledger {
			return ErrInvalidGenesis.Wrapf("record %d of %s: the instruction is for %s", r.Number, r.Ledger, i.Ledger)
		}
		before, started := heads[r.Ledger]
		if !started {
			before.hash = order.OutboxStart(i.ChainID, r.Ledger)
		}
		if r.Number != before.number+1 {
			return ErrInvalidGenesis.Wrapf("record %d of %s follows record %d: numbers count from 1 without gaps, in order", r.Number, r.Ledger, before.number)
		}
		next := order.OutboxNext(before.hash, r.Number, r.Instruction)
		if !bytes.Equal(next[:], r.ChainHash) {
			return ErrInvalidGenesis.Wrapf("record %d of %s: chain hash %x, the instructions up to it give %s", r.Number, r.Ledger, r.ChainHash, next)
		}
		heads[r.Ledger] = head{r.Number, next}
		c.records[InstructionKey{Ledger: r.Ledger, Number: r.Number}] = r
	}
	return nil
}

func (c genesisCheck) checkTrackings(g GenesisState) error {
	for _, t := range g.Trackings {
		key := InstructionKey{Ledger: t.Ledger, Number: t.Number}
		r, known := c.records[key]
		if !known {
			return ErrInvalidGenesis.Wrapf("tracking %d of %s: there is no such record", t.Number, t.Ledger)
		}
		if _, twice := c.trackings[key]; twice {
			return ErrInvalidGenesis.Wrapf("tracking %d of %s is given twice", t.Number, t.Ledger)
		}
		if err := t.validate(r); err != nil {
			return err
		}
		c.trackings[key] = t
	}
	if len(c.trackings) != len(c.records) {
		return ErrInvalidGenesis.Wrapf("%d records and %d trackings: each record has one", len(c.records), len(c.trackings))
	}
	return nil
}

func (t Tracking) validate(r Record) error {
	open := t.Progress == PROGRESS_OPEN
	switch {
	case t.Owner == "":
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: no owner", t.Number, t.Ledger)
	case !open && t.Progress != PROGRESS_COUNTED && t.Progress != PROGRESS_APPLIED:
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: progress %s", t.Number, t.Ledger, t.Progress)
	case open != (t.Outcome == 0):
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: progress %s with outcome %d", t.Number, t.Ledger, t.Progress, t.Outcome)
	case t.RetryHeight < 0 || (t.RetryHeight > 0 && (t.Progress == PROGRESS_APPLIED || t.Attempts == 0)):
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: retry height %d at progress %s after %d attempts", t.Number, t.Ledger, t.RetryHeight, t.Progress, t.Attempts)
	case t.Progress == PROGRESS_COUNTED && t.RetryHeight == 0:
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: counted, not applied, and in no queue", t.Number, t.Ledger)
	}
	if open {
		return nil
	}
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil {
		return ErrInvalidGenesis.Wrapf("record %d of %s: %s", t.Number, t.Ledger, err)
	}
	if t.Outcome > uint32(order.Verified) || !i.Kind.Allowed(order.Outcome(t.Outcome)) {
		return ErrInvalidGenesis.Wrapf("tracking %d of %s: a %s cannot have outcome %d", t.Number, t.Ledger, i.Kind, t.Outcome)
	}
	return nil
}

func (c genesisCheck) checkVotes(g GenesisState) error {
	type key struct {
		instruction InstructionKey
		notary      string
	}
	seen := map[key]bool{}
	for _, v := range g.Votes {
		if err := c.checkVote(v); err != nil {
			return err
		}
		k := key{InstructionKey{Ledger: v.Ledger, Number: v.Number}, v.Notary}
		if seen[k] {
			return ErrInvalidGenesis.Wrapf("vote of %s on %d of %s is given twice", v.Notary, v.Number, v.Ledger)
		}
		seen[k] = true
	}
	return nil
}

func (c genesisCheck) checkVote(v Vote) error {
	r, known := c.records[InstructionKey{Ledger: v.Ledger, Number: v.Number}]
	switch {
	case !known:
		return ErrInvalidGenesis.Wrapf("vote of %s on %d of %s: there is no such record", v.Notary, v.Number, v.Ledger)
	case !validID(v.Notary):
		return ErrInvalidGenesis.Wrapf("vote on %d of %s: notary id %q", v.Number, v.Ledger, v.Notary)
	case v.Outcome > uint32(order.Verified) || !printable(v.LedgerReference, order.MaxNoteBytes) || !printable(v.Reason, order.MaxNoteBytes):
		return ErrInvalidGenesis.Wrapf("vote of %s on %d of %s is malformed", v.Notary, v.Number, v.Ledger)
	}
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil || !i.Kind.Allowed(order.Outcome(v.Outcome)) {
		return ErrInvalidGenesis.Wrapf("vote of %s on %d of %s: a %s cannot have outcome %d", v.Notary, v.Number, v.Ledger, i.Kind, v.Outcome)
	}
	return nil
}

func (c genesisCheck) checkSuspensions(g GenesisState) error {
	type key struct{ ledger, notary string }
	spent := map[key]bool{}
	for _, s := range g.Suspensions {
		if _, known := c.ledgers[s.Ledger]; !known {
			return ErrInvalidGenesis.Wrapf("suspension of %s: ledger %q is not registered", s.Notary, s.Ledger)
		}
		if !validID(s.Notary) || spent[key{s.Ledger, s.Notary}] {
			return ErrInvalidGenesis.Wrapf("suspension of %q on %s is malformed or given twice", s.Notary, s.Ledger)
		}
		spent[key{s.Ledger, s.Notary}] = true
	}
	for _, l := range g.Ledgers {
		for _, n := range l.Notaries {
			if n.Suspended != spent[key{l.Id, n.Id}] {
				return ErrInvalidGenesis.Wrapf("notary %s of %s: its mark and the list of suspensions disagree on whether it is suspended", n.Id, l.Id)
			}
		}
	}
	return nil
}

func (c genesisCheck) checkPending(g GenesisState) error {
	seen := map[string]bool{}
	for _, p := range g.PendingChanges {
		l, known := c.ledgers[p.Ledger]
		if !known || l.Link != LINK_NOTARIES || seen[p.Ledger] {
			return ErrInvalidGenesis.Wrapf("pending change of %q: no ledger with notaries, or given twice", p.Ledger)
		}
		seen[p.Ledger] = true
		if err := ValidateNotaries(p.Notaries, p.Threshold); err != nil {
			return ErrInvalidGenesis.Wrapf("pending change of %s: %s", p.Ledger, err)
		}
	}
	return nil
}

func (c genesisCheck) checkRecounts(g GenesisState) error {
	seen := map[string]bool{}
	for _, r := range g.Recounts {
		if l, known := c.ledgers[r.Ledger]; !known || l.Link == LINK_HUB || seen[r.Ledger] {
			return ErrInvalidGenesis.Wrapf("recount of %q: no ledger that is proved, or given twice", r.Ledger)
		}
		seen[r.Ledger] = true
	}
	return nil
}
