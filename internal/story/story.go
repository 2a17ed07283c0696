package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/settlement"
)

// Story is a settlement in words. Its JSON names are stable: fields are added, never renamed.
type Story struct {
	SettlementID string    `json:"settlement_id"`
	Reference    string    `json:"reference"`
	Proposer     string    `json:"proposer"`
	State        string    `json:"state"`
	Final        bool      `json:"final"`
	HubHeight    int64     `json:"hub_height"`
	HubTime      time.Time `json:"hub_time"`
	Deadline     time.Time `json:"prepare_deadline"`
	Summary      string    `json:"summary"`
	Legs         []Leg     `json:"legs"`
	Events       []Event   `json:"events"`
	Waiting      []Wait    `json:"waiting"`
	Next         []string  `json:"next"`
	Advice       []Advice  `json:"advice"`
}

// Leg is one leg, and who says what becomes of it.
type Leg struct {
	Leg             int    `json:"leg"`
	Ledger          string `json:"ledger"`
	Amount          string `json:"amount"`
	Payer           string `json:"payer"`
	Payee           string `json:"payee"`
	State           string `json:"state"`
	EntryID         string `json:"entry_id"`
	LedgerReference string `json:"ledger_reference,omitempty"`
	ProvedBy        string `json:"proved_by"`
}

// Event is something that happened, in the block that has it.
type Event struct {
	Height int64     `json:"height"`
	Time   time.Time `json:"time,omitzero"` // hub time; absent where the hub keeps the height alone
	Leg    *int      `json:"leg,omitempty"`
	Text   string    `json:"text"`
}

// Wait is something that the settlement waits for.
type Wait struct {
	For         string    `json:"for"`
	Of          []string  `json:"of"` // who must act
	Since       time.Time `json:"since"`
	SinceHeight int64     `json:"since_height"`
	Until       time.Time `json:"until,omitzero"` // when the hub stops waiting
}

// Advice is what somebody can do.
type Advice struct {
	Who string `json:"who"`
	Do  string `json:"do"`
}

// teller has what every part of the telling needs.
type teller struct {
	Facts
	s settlement.Settlement
}

// Tell makes the story. It is pure: the same facts give the same story.
func Tell(f Facts) Story {
	t := teller{f, f.View.Settlement}
	st := Story{
		SettlementID: f.View.SettlementId, Reference: f.View.Reference, Proposer: f.Proposer, State: t.s.State.Word(),
		Final: !t.s.State.Open(), HubHeight: f.Height, HubTime: f.Now.UTC(), Deadline: t.deadline(),
		Summary: t.summary(), Legs: t.legs(), Events: t.events(), Waiting: t.waiting(), Next: t.next(), Advice: t.advice(),
	}
	return st
}

func (t teller) deadline() time.Time { return time.Unix(0, int64(t.View.PrepareDeadlineUnixNs)).UTC() }

// holder is a participant's id, or the account where nobody is registered.
func (t teller) holder(ledger, account string) string {
	if p, known := t.Holders[Account{ledger, account}]; known {
		return p.ID
	}
	return account
}

func (t teller) payer(leg int) string {
	return t.holder(t.View.Legs[leg].Ledger, t.View.Legs[leg].Payer)
}

func (t teller) payee(leg int) string {
	return t.holder(t.View.Legs[leg].Ledger, t.View.Legs[leg].Payee)
}

func (t teller) money(leg int) string {
	l := t.View.Legs[leg]
	return swap.FormatAmount(l.AmountMinor, l.Currency, t.Exponents[l.Currency])
}

// count is how many legs a test is true of.
func (t teller) count(test func(settlement.LegProgress) bool) (n int) {
	for _, l := range t.s.Legs {
		if test(l) {
			n++
		}
	}
	return n
}

func in(states ...settlement.LegState) func(settlement.LegProgress) bool {
	return func(l settlement.LegProgress) bool { return slices.Contains(states, l.State) }
}

// summary is the state in a sentence or two.
func (t teller) summary() string {
	legs := len(t.s.Legs)
	switch t.s.State {
	case settlement.STATE_PROPOSED:
		consented := t.count(func(l settlement.LegProgress) bool { return l.Consented })
		return fmt.Sprintf("It waits for consents: %d of %d legs have theirs. No ledger was asked for anything, and no money has moved.", consented, legs)
	case settlement.STATE_PREPARING:
		held := t.count(in(settlement.LEG_STATE_HELD))
		if held == legs && t.s.Waiting != "" {
			return "Undecided: " + t.s.Waiting + "."
		}
		return fmt.Sprintf("Undecided: the ledgers are asked to hold the money, and %d of %d legs are held. No money has moved.", held, legs)
	case settlement.STATE_PIVOTING:
		return "Undecided: every leg but the pivot is held, and what the pivot's ledger says decides."
	case settlement.STATE_COMMITTED:
		done := t.count(in(settlement.LEG_STATE_POSTED, settlement.LEG_STATE_SUSPENSE))
		return fmt.Sprintf("Decided%s: every leg happens. %d of %d ledgers' legs are final; nothing can stop the others.", t.decidedAt(), done, legs)
	case settlement.STATE_SETTLED:
		if n := t.count(in(settlement.LEG_STATE_SUSPENSE)); n > 0 {
			return fmt.Sprintf("Done: every leg happened. The money of %d leg(s) waits in its ledger's suspense account for the payee.", n)
		}
		return "Done: every leg happened, and each is final on its ledger."
	case settlement.STATE_ABORTED:
		return fmt.Sprintf("Decided%s: no leg happens, because %s. What is held is being given back.", t.decidedAt(), t.s.AbortReason)
	case settlement.STATE_UNWOUND:
		return fmt.Sprintf("Over: no leg happened, because %s. Every hold was given back; nobody has lost or gained anything.", t.s.AbortReason)
	}
	return "The node says a state that this program does not know: use a newer one."
}

// decidedAt says in which block the decision fell.
func (t teller) decidedAt() string {
	for _, s := range t.s.Timeline {
		if s.Leg == 0 && (s.Name == "committed" || s.Name == "aborted") {
			return fmt.Sprintf(" in block %d", s.Height)
		}
	}
	return ""
}

func (t teller) legs() []Leg {
	legs := make([]Leg, len(t.View.Legs))
	for i, l := range t.View.Legs {
		p := t.s.Legs[i]
		legs[i] = Leg{
			Leg: i, Ledger: l.Ledger, Amount: t.money(i), Payer: t.payer(i), Payee: t.payee(i), State: p.State.Word(), EntryID: p.EntryId,
			LedgerReference: p.LedgerReference, ProvedBy: t.provedBy(l.Ledger),
		}
	}
	return legs
}

// next says what happens by itself.
func (t teller) next() []string {
	deadline := t.deadline().Format(time.RFC3339)
	switch t.s.State {
	case settlement.STATE_PROPOSED:
		return []string{
			"With the last consent the hub orders every ledger to hold, in the same block.",
			"If a consent is missing at " + deadline + " (hub time), the hub aborts: nothing was held, so nothing is to be undone.",
		}
	case settlement.STATE_PREPARING, settlement.STATE_PIVOTING:
		return []string{
			"In the block in which the last leg is held, no ledger is suspended and no party is frozen, the hub commits: then every leg happens.",
			"If a ledger refuses, or it is not so by " + deadline + " (hub time), the hub aborts and every hold is given back.",
		}
	case settlement.STATE_COMMITTED:
		next := []string{"The decision stands for good. It is SETTLED as soon as every ledger has posted its leg, however long that takes."}
		if t.s.Decided != nil {
			next = append(next, "A ledger that has not posted by "+t.s.Decided.Add(settlement.DefaultGrace).UTC().Format(time.RFC3339)+
				" (hub time) is reported as having broken its promise; its hold stays and is still to be posted.")
		}
		return next
	case settlement.STATE_ABORTED:
		return []string{"The decision stands for good. It is UNWOUND as soon as every ledger that was asked to hold has given back, or says that it never held."}
	}
	return []string{"Nothing: this is final."}
}

// list joins names for people.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
