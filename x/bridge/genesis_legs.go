package bridge

import (
	"crypto/sha256"

	"github.com/corridor-network/corridor/adapters/order"
)

// checkDispatches demands one journey for each record of a ledger behind a channel, and none else.
func (c genesisCheck) checkDispatches(g GenesisState) error {
	for _, d := range g.Dispatches {
		key := InstructionKey{Ledger: d.Ledger, Number: d.Number}
		r, known := c.records[key]
		if !known || c.ledgers[d.Ledger].Link != LINK_IBC {
			return ErrInvalidGenesis.Wrapf("dispatch %d of %s: there is no such record of a ledger behind a channel", d.Number, d.Ledger)
		}
		if _, twice := c.journeys[key]; twice {
			return ErrInvalidGenesis.Wrapf("dispatch %d of %s is given twice", d.Number, d.Ledger)
		}
		if err := d.validate(r, c.trackings[key]); err != nil {
			return err
		}
		c.journeys[key] = d
	}
	for _, r := range g.Records {
		if _, there := c.journeys[InstructionKey{Ledger: r.Ledger, Number: r.Number}]; !there && c.ledgers[r.Ledger].Link == LINK_IBC {
			return ErrInvalidGenesis.Wrapf("record %d of %s has no dispatch", r.Number, r.Ledger)
		}
	}
	return nil
}

func (d Dispatch) validate(r Record, t Tracking) error {
	i, err := order.DecodeInstruction(r.Instruction)
	if err != nil {
		return ErrInvalidGenesis.Wrapf("record %d of %s: %s", d.Number, d.Ledger, err)
	}
	answered := d.State == DISPATCH_STATE_ANSWERED
	switch {
	case d.State < DISPATCH_STATE_WAITING || d.State > DISPATCH_STATE_UNANSWERED:
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s: state %s", d.Number, d.Ledger, d.State)
	case !Travels(i.Kind):
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s: a %s does not travel", d.Number, d.Ledger, i.Kind)
	case answered != (d.Outcome != 0) || (answered && (d.Outcome > uint32(order.Verified) || !i.Kind.Allowed(order.Outcome(d.Outcome)))):
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s: %s with outcome %d of a %s", d.Number, d.Ledger, d.State, d.Outcome, i.Kind)
	case t.Outcome != 0 && t.Outcome != d.Outcome:
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s has outcome %d, its tracking %d", d.Number, d.Ledger, d.Outcome, t.Outcome)
	case (d.Packets == 0) != (d.Packet == PacketKey{}) || (d.State == DISPATCH_STATE_SENT && d.Packets == 0) || (i.Kind == order.Hold && d.Packets > 1):
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s: %s after %d packets, the newest of %q", d.Number, d.Ledger, d.State, d.Packets, d.Packet.ChannelId)
	case !printable(d.LedgerReference, order.MaxNoteBytes) || !printable(d.Reason, MaxErrorBytes):
		return ErrInvalidGenesis.Wrapf("dispatch %d of %s: its notes are malformed", d.Number, d.Ledger)
	}
	return nil
}

func (c genesisCheck) checkOpenPackets(g GenesisState) error {
	open := map[PacketKey]bool{}
	for _, p := range g.OpenPackets {
		d, known := c.journeys[p.Instruction]
		if !known || d.Packets == 0 || open[p.Packet] || !numbered(p.Packet.ChannelId, "channel-") || p.Packet.Sequence == 0 {
			return ErrInvalidGenesis.Wrapf("open packet %d of %s: no instruction that was sent, malformed, or given twice", p.Packet.Sequence, p.Packet.ChannelId)
		}
		open[p.Packet] = true
	}
	for _, d := range g.Dispatches {
		if d.State == DISPATCH_STATE_SENT && !open[d.Packet] {
			return ErrInvalidGenesis.Wrapf("dispatch %d of %s is under way in no open packet", d.Number, d.Ledger)
		}
	}
	return nil
}

func (c genesisCheck) checkStalls(g GenesisState) error {
	seen := map[string]bool{}
	for _, s := range g.Stalls {
		if c.ledgers[s.Ledger].Link != LINK_IBC || seen[s.Ledger] || !printable(s.Reason, MaxErrorBytes) {
			return ErrInvalidGenesis.Wrapf("stall of %q: no ledger behind a channel, malformed, or given twice", s.Ledger)
		}
		seen[s.Ledger] = true
	}
	return nil
}

func (c genesisCheck) checkPeers(g GenesisState) error {
	if len(g.Peers) > MaxPeers {
		return ErrTooManyPeers.Wrapf("%d, at most %d", len(g.Peers), MaxPeers)
	}
	type name struct{ chainID, ledger string }
	channels, names := map[string]bool{}, map[name]bool{}
	for _, p := range g.Peers {
		if err := p.Validate(); err != nil {
			return err
		}
		if n := (name{p.Channel.ChainId, p.Ledger}); channels[p.Channel.ChannelId] || names[n] {
			return ErrInvalidGenesis.Wrapf("peer %s of %s, or its channel %s, is given twice", p.Ledger, p.Channel.ChainId, p.Channel.ChannelId)
		} else {
			channels[p.Channel.ChannelId], names[n] = true, true
		}
	}
	return nil
}

func (c genesisCheck) checkQuotedHolds(g GenesisState) error {
	seen := map[string]bool{}
	for _, h := range g.QuotedHolds {
		if _, err := order.ParseEntryID(h.EntryId); err != nil || seen[h.EntryId] || len(h.QuoteId) != sha256.Size ||
			h.AmountMinor == 0 || h.AmountMinor > order.MaxAmountMinor {
			return ErrInvalidGenesis.Wrapf("quoted hold %q is malformed or given twice", h.EntryId)
		}
		seen[h.EntryId] = true
	}
	return nil
}
