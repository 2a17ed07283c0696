package story

import (
	"fmt"
	"slices"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// events merges the timeline with the notaries' words, in the order of blocks. A word stands before what it brought about.
func (t teller) events() []Event {
	times := map[int64]time.Time{}
	for _, s := range t.s.Timeline {
		times[s.Height] = s.Time.UTC()
	}
	var all []Event
	for _, i := range t.Instructions {
		for _, v := range i.Votes {
			leg := i.Leg
			all = append(all, Event{Height: v.Height, Time: times[v.Height], Leg: &leg, Text: t.wordText(i.Leg, i.Kind, v)})
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int { return int(a.Height - b.Height) })
	words := all
	all = nil
	for _, s := range t.s.Timeline {
		for len(words) > 0 && words[0].Height <= s.Height && answers(s.Name) {
			all, words = append(all, words[0]), words[1:]
		}
		for len(words) > 0 && words[0].Height < s.Height {
			all, words = append(all, words[0]), words[1:]
		}
		e := Event{Height: s.Height, Time: s.Time.UTC(), Text: t.stepText(s)}
		if s.Leg > 0 && int(s.Leg) <= len(t.View.Legs) {
			leg := int(s.Leg) - 1
			e.Leg = &leg
		}
		all = append(all, e)
		if s.Name == settlement.StepProposed {
			all = append(all, t.quotedConsents(e)...)
		}
	}
	return append(all, words...)
}

// answers tells whether a step is a ledger's answer, which words have brought about.
func answers(step string) bool {
	switch settlement.LegTrigger(step) {
	case settlement.LegHeld, settlement.LegRefused, settlement.LegPosted, settlement.LegSuspense, settlement.LegVoided:
		return true
	}
	return false
}

// quotedConsents says who had consented before the settlement was there.
func (t teller) quotedConsents(proposed Event) (all []Event) {
	for i, l := range t.View.Legs {
		if l.QuoteId == "" {
			continue
		}
		leg := i
		all = append(all, Event{
			Height: proposed.Height, Time: proposed.Time, Leg: &leg,
			Text: fmt.Sprintf("%s, who pays leg %d, had consented by its signed quote %.12s…", t.payer(i), i, l.QuoteId),
		})
	}
	return all
}

// stepText is a step of the timeline in words.
func (t teller) stepText(s settlement.Step) string {
	if s.Leg == 0 || int(s.Leg) > len(t.View.Legs) {
		return t.settlementStep(s)
	}
	leg := int(s.Leg) - 1
	l := t.View.Legs[leg]
	says := fmt.Sprintf("%s counts as having said, by %s: ", l.Ledger, t.provedBy(l.Ledger))
	note := ""
	if s.LedgerReference != "" {
		note = "; its reference is " + s.LedgerReference
	}
	if s.Reason != "" {
		note += "; its reason: " + s.Reason
	}
	number := t.number(leg, s.Name)
	switch s.Name {
	case settlement.StepConsented:
		return fmt.Sprintf("%s, who pays leg %d, consented", t.payer(leg), leg)
	case settlement.StepWithdrawn:
		return fmt.Sprintf("%s, who pays leg %d, agreed to withdraw", t.payer(leg), leg)
	case settlement.StepDefaulted:
		return fmt.Sprintf("%s had not posted leg %d within %s of the decision: it broke its promise, and its operator is liable", l.Ledger, leg, settlement.DefaultGrace)
	case string(settlement.LegHoldOrdered):
		return fmt.Sprintf("the hub ordered %s to hold %s of %s for %s%s", l.Ledger, t.money(leg), t.payer(leg), t.payee(leg), number)
	case string(settlement.LegPostOrdered):
		return fmt.Sprintf("the hub ordered %s to make the hold of leg %d final%s", l.Ledger, leg, number)
	case string(settlement.LegVoidOrdered):
		return fmt.Sprintf("the hub ordered %s to give the hold of leg %d back%s", l.Ledger, leg, number)
	case string(settlement.LegPayOrdered):
		return fmt.Sprintf("the hub ordered %s to pay %s from %s to %s%s", l.Ledger, t.money(leg), t.payer(leg), t.payee(leg), number)
	case string(settlement.LegHeld):
		return says + "the money is held" + note
	case string(settlement.LegRefused):
		return says + "refused, nothing is held and nothing will be" + note
	case string(settlement.LegPosted):
		return says + fmt.Sprintf("posted, %s has %s for good", t.payee(leg), t.money(leg)) + note
	case string(settlement.LegSuspense):
		return says + fmt.Sprintf("%s cannot be paid now, the money has left %s for good and waits in suspense", t.payee(leg), t.payer(leg)) + note
	case string(settlement.LegVoided):
		return says + "the hold is given back" + note
	}
	return s.Name + note
}

// settlementStep is a step of the whole settlement in words.
func (t teller) settlementStep(s settlement.Step) string {
	switch s.Name {
	case settlement.StepProposed:
		return fmt.Sprintf("%s proposed it under its reference %q", t.Proposer, t.View.Reference)
	case "preparing":
		return "every payer had consented: it is PREPARING"
	case "pivoting":
		return "every leg but the pivot was held: it is PIVOTING"
	case "committed":
		return "the hub decided for good: every leg happens (COMMITTED)"
	case "aborted":
		return "the hub decided for good: no leg happens (ABORTED), because " + s.Reason
	case "settled":
		return "every leg is final: it is SETTLED"
	case "unwound":
		return "every hold is given back: it is UNWOUND"
	}
	return s.Name
}

// number names the instruction that a step wrote.
func (t teller) number(leg int, step string) string {
	for _, i := range t.Instructions {
		if i.Leg == leg && orders(i.Kind) == step {
			return fmt.Sprintf(" (instruction %d of %s)", i.Record.Number, i.Record.Ledger)
		}
	}
	return ""
}

// orders is the step that writes an instruction of a kind.
func orders(k order.Kind) string {
	switch k {
	case order.Hold:
		return string(settlement.LegHoldOrdered)
	case order.Post:
		return string(settlement.LegPostOrdered)
	case order.Void:
		return string(settlement.LegVoidOrdered)
	}
	return string(settlement.LegPayOrdered)
}

// wordText is a notary's word.
func (t teller) wordText(leg int, k order.Kind, v bridge.Vote) string {
	text := fmt.Sprintf("notary %s attested %s to the %s of leg %d (instruction %d of %s)", v.Notary, order.Outcome(v.Outcome), k, leg, v.Number, v.Ledger)
	if v.LedgerReference != "" {
		text += "; the ledger's reference is " + v.LedgerReference
	}
	if v.Reason != "" {
		text += "; its reason: " + v.Reason
	}
	return text
}

// provedBy says whose word on a ledger counts at the hub.
func (t teller) provedBy(ledger string) string {
	l := t.Ledgers[ledger].Ledger
	switch l.Link {
	case bridge.LINK_HUB:
		return "the hub's own tokens"
	case bridge.LINK_IBC:
		if l.Channel != nil {
			return "the light client of " + l.Channel.ChainId
		}
		return "a light client"
	}
	return fmt.Sprintf("%d of %d notaries", l.Threshold, len(l.Notaries))
}
