package bundle

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/x/bridge"
)

// Proven is what a verified bundle says. Its JSON names are stable.
type Proven struct {
	ChainID        string       `json:"chain_id"`
	Trusted        string       `json:"trusted"`      // HEIGHT:HASH
	StateHeight    int64        `json:"state_height"` // of the state that is shown: the block before the last header
	HeaderTime     time.Time    `json:"header_time"`
	SettlementID   string       `json:"settlement_id"`
	SettlementHash string       `json:"settlement_hash"`
	Proposer       string       `json:"proposer"`
	Reference      string       `json:"reference"`
	State          string       `json:"state"`
	Final          bool         `json:"final"`
	Decided        *time.Time   `json:"decided,omitempty"`
	AbortReason    string       `json:"abort_reason,omitempty"`
	Legs           []ProvenLeg  `json:"legs"`
	Steps          []ProvenStep `json:"steps"`
}

// ProvenLeg is one leg and what its ledger did.
type ProvenLeg struct {
	Leg             int             `json:"leg"`
	Ledger          string          `json:"ledger"`
	Payer           string          `json:"payer"`
	Payee           string          `json:"payee"`
	Currency        string          `json:"currency"`
	AmountMinor     uint64          `json:"amount_minor"`
	State           string          `json:"state"`
	EntryID         string          `json:"entry_id"`
	LedgerReference string          `json:"ledger_reference,omitempty"`
	Outcomes        []ProvenOutcome `json:"outcomes"`
}

// ProvenOutcome is one instruction and what became of it.
type ProvenOutcome struct {
	Instruction     string    `json:"instruction"`
	Number          uint64    `json:"number"`
	Ordered         time.Time `json:"ordered"`
	OrderedHeight   int64     `json:"ordered_height"`
	Outcome         string    `json:"outcome,omitempty"` // absent while the hub has applied none
	LedgerReference string    `json:"ledger_reference,omitempty"`
	Reason          string    `json:"reason,omitempty"`
	ProvedBy        string    `json:"proved_by"` // notaries, hub or light client
	AttestedBy      []string  `json:"attested_by,omitempty"`
	Threshold       uint32    `json:"threshold,omitempty"`
	Notaries        int       `json:"notaries,omitempty"`
}

// ProvenStep is one step of the timeline.
type ProvenStep struct {
	Height int64     `json:"height"`
	Time   time.Time `json:"time"`
	Name   string    `json:"name"`
	Leg    *int      `json:"leg,omitempty"`
}

// proven tells what was verified.
func (c *check) proven(root orderproof.Root) Proven {
	s := c.settlement
	p := Proven{
		ChainID: c.header.ChainID, Trusted: root.String(), StateHeight: c.header.Height - 1, HeaderTime: c.header.Time.UTC(),
		SettlementID: fmt.Sprintf("%x", s.Id), SettlementHash: fmt.Sprintf("%x", s.Hash), Proposer: c.body.Proposer, Reference: c.body.Reference,
		State: s.State.Word(), Final: !s.State.Open(), Decided: s.Decided, AbortReason: s.AbortReason,
	}
	for i, l := range c.body.Legs {
		leg := ProvenLeg{
			Leg: i, Ledger: l.Ledger, Payer: l.Payer, Payee: l.Payee, Currency: l.Currency, AmountMinor: l.AmountMinor, State: s.Legs[i].State.Word(),
			EntryID: s.Legs[i].EntryId, LedgerReference: s.Legs[i].LedgerReference, Outcomes: []ProvenOutcome{},
		}
		for _, each := range c.instructions {
			if each.leg == i {
				leg.Outcomes = append(leg.Outcomes, each.proven(c.ledgers[l.Ledger].ledger))
			}
		}
		p.Legs = append(p.Legs, leg)
	}
	for _, step := range s.Timeline {
		each := ProvenStep{Height: step.Height, Time: step.Time.UTC(), Name: step.Name}
		if step.Leg > 0 {
			leg := int(step.Leg) - 1
			each.Leg = &leg
		}
		p.Steps = append(p.Steps, each)
	}
	return p
}

func (i instruction) proven(l bridge.Ledger) ProvenOutcome {
	o := ProvenOutcome{Instruction: i.kind.String(), Number: i.record.Number, Ordered: i.record.Time.UTC(), OrderedHeight: i.record.Height}
	switch l.Link {
	case bridge.LINK_NOTARIES:
		o.ProvedBy, o.AttestedBy, o.Threshold, o.Notaries = "notaries", i.by, l.Threshold, len(l.Notaries)
	case bridge.LINK_IBC:
		o.ProvedBy = "light client"
	default:
		o.ProvedBy = "hub"
	}
	if i.tracking.Progress == bridge.PROGRESS_APPLIED {
		o.Outcome = order.Outcome(i.tracking.Outcome).String()
		o.LedgerReference, o.Reason = i.tracking.LedgerReference, i.tracking.Reason
	}
	return o
}

// Write says to people what is proven. Amounts are in minor units: how many decimals a currency has is not in the bundle.
func (p Proven) Write(w io.Writer) error {
	fmt.Fprintf(w, "Proven by header %s of %s: in the state of block %d (%s)\n", p.Trusted, p.ChainID, p.StateHeight, p.HeaderTime.Format(time.RFC3339))
	fmt.Fprintf(w, "settlement %s\n  proposed by %s under reference %s\n  is %s", p.SettlementID, p.Proposer, p.Reference, p.State)
	if p.Decided != nil {
		fmt.Fprintf(w, ", decided %s", p.Decided.UTC().Format(time.RFC3339Nano))
	}
	if p.AbortReason != "" {
		fmt.Fprintf(w, ", because %s", p.AbortReason)
	}
	if !p.Final {
		fmt.Fprint(w, " (not final: later it may be another)")
	}
	fmt.Fprintln(w)
	for _, l := range p.Legs {
		fmt.Fprintf(w, "leg %d on %s: %s: %d minor units of %s, %s → %s\n  entry %s", l.Leg, l.Ledger, l.State, l.AmountMinor, l.Currency, l.Payer, l.Payee, l.EntryID)
		if l.LedgerReference != "" {
			fmt.Fprintf(w, ", the ledger's reference %s", l.LedgerReference)
		}
		fmt.Fprintln(w)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, o := range l.Outcomes {
			fmt.Fprintf(table, "  %s\tinstruction %d, block %d\t%s\n", o.Instruction, o.Number, o.OrderedHeight, o.words())
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// words is an outcome and who stands for it.
func (o ProvenOutcome) words() string {
	if o.Outcome == "" {
		return "no outcome yet"
	}
	text := o.Outcome
	switch o.ProvedBy {
	case "notaries":
		text += fmt.Sprintf(", signed by %s (%d of %d are needed)", strings.Join(o.AttestedBy, ", "), o.Threshold, o.Notaries)
	case "hub":
		text += ", done by the hub itself"
	default:
		text += ", proved to the hub by a light client"
	}
	if o.LedgerReference != "" {
		text += ", reference " + o.LedgerReference
	}
	if o.Reason != "" {
		text += ", because " + o.Reason
	}
	return text
}
