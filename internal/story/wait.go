package story

import (
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/trail"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

// waiting is what has yet to come, the first leg first.
func (t teller) waiting() []Wait {
	waits := []Wait{}
	if t.s.State == settlement.STATE_PROPOSED {
		since := t.s.Timeline[0]
		for i, l := range t.s.Legs {
			if !l.Consented {
				waits = append(waits, Wait{
					For: fmt.Sprintf("the consent to leg %d, %s to %s on %s", i, t.money(i), t.payee(i), t.View.Legs[i].Ledger),
					Of:  []string{t.payer(i)}, Since: since.Time.UTC(), SinceHeight: since.Height, Until: t.deadline(),
				})
			}
		}
	}
	for i := range t.s.Legs {
		if w, open := t.answerWanted(i); open {
			waits = append(waits, w)
		}
	}
	if t.s.Waiting != "" {
		since := t.lastStep()
		waits = append(waits, Wait{For: "the reason not to decide to go away: " + t.s.Waiting, Of: t.blockers(), Since: since.Time.UTC(), SinceHeight: since.Height, Until: t.deadline()})
	}
	return waits
}

func (t teller) lastStep() settlement.Step { return t.s.Timeline[len(t.s.Timeline)-1] }

// blockers are those who keep a held settlement from being decided.
func (t teller) blockers() []string {
	var names []string
	for _, l := range t.View.Legs {
		if t.Ledgers[l.Ledger].Ledger.Suspended {
			names = append(names, "governance (ledger "+l.Ledger+")")
		}
		for _, account := range []string{l.Payer, l.Payee} {
			if p := t.Holders[Account{l.Ledger, account}]; p.Frozen {
				names = append(names, "a supervisor ("+p.ID+")")
			}
		}
	}
	return names
}

// pending is what kind of answer a leg waits for.
func pending(s settlement.LegState) (order.Kind, string, bool) {
	switch s {
	case settlement.LEG_STATE_HOLDING:
		return order.Hold, "hold", true
	case settlement.LEG_STATE_POSTING:
		return order.Post, "post", true
	case settlement.LEG_STATE_VOIDING:
		return order.Void, "give back", true
	case settlement.LEG_STATE_PAYING:
		return order.Pay, "pay", true
	}
	return 0, "", false
}

// answerWanted is the ledger's answer that a leg waits for.
func (t teller) answerWanted(leg int) (Wait, bool) {
	kind, verb, open := pending(t.s.Legs[leg].State)
	if !open {
		return Wait{}, false
	}
	l := t.View.Legs[leg]
	w := Wait{For: fmt.Sprintf("%s to %s %s of leg %d", l.Ledger, verb, t.money(leg), leg), Of: []string{l.Ledger}}
	if kind == order.Hold {
		w.Until = t.deadline()
	}
	for _, i := range t.Instructions {
		if i.Leg != leg || i.Kind != kind {
			continue
		}
		w.Since, w.SinceHeight = i.Record.Time.UTC(), i.Record.Height
		w.For += fmt.Sprintf(" (instruction %d of %s)", i.Record.Number, l.Ledger)
		switch t.Ledgers[l.Ledger].Ledger.Link {
		case bridge.LINK_NOTARIES:
			w.For += "; " + t.said(l.Ledger, i)
			w.Of = t.silent(l.Ledger, i)
		case bridge.LINK_IBC:
			w.For += "; " + travelled(i)
			w.Of = []string{"the relayer of " + t.provedBy(l.Ledger)[len("the light client of "):]}
		}
	}
	return w, true
}

// said is which words there are, and how many more it takes.
func (t teller) said(ledger string, i trail.Instruction) string {
	l := t.Ledgers[ledger].Ledger
	if len(i.Votes) == 0 {
		return fmt.Sprintf("no notary has spoken, %d equal words are needed", l.Threshold)
	}
	var words []string
	for _, v := range i.Votes {
		words = append(words, fmt.Sprintf("%s said %s", v.Notary, order.Outcome(v.Outcome)))
	}
	return fmt.Sprintf("%s; %d equal words are needed", list(words), l.Threshold)
}

// silent are the notaries in force that have not spoken.
func (t teller) silent(ledger string, i trail.Instruction) []string {
	spoke := map[string]bool{}
	for _, v := range i.Votes {
		spoke[v.Notary] = true
	}
	names := []string{}
	for _, id := range t.Ledgers[ledger].Ledger.ActiveNotaries() {
		if !spoke[id] {
			names = append(names, id)
		}
	}
	return names
}

// travelled is how far an instruction's packet is.
func travelled(i trail.Instruction) string {
	d := i.Dispatch
	if d == nil {
		return "no packet was sent yet"
	}
	switch d.State {
	case bridge.DISPATCH_STATE_SENT:
		return fmt.Sprintf("packet %d of %s was sent in block %d and is not answered", d.Packet.Sequence, d.Packet.ChannelId, d.Height)
	case bridge.DISPATCH_STATE_UNANSWERED:
		return "its packet came to nothing: " + d.Reason
	case bridge.DISPATCH_STATE_ANSWERED:
		return fmt.Sprintf("it was answered in block %d", d.Height)
	}
	return "its packet waits to be sent"
}

// advice is what people can do, the nearest to the cause first.
func (t teller) advice() []Advice {
	advice := []Advice{}
	add := func(who, format string, args ...any) {
		advice = append(advice, Advice{Who: who, Do: fmt.Sprintf(format, args...)})
	}
	id := t.View.SettlementId
	if t.s.State == settlement.STATE_PROPOSED {
		for i, l := range t.s.Legs {
			if !l.Consented {
				add(t.payer(i), "consent, after a look at it: corridor consent show %s, then corridor consent sign %s --as %s", id, id, t.payer(i))
			}
		}
	}
	for _, i := range t.Instructions {
		if kind, _, open := pending(t.s.Legs[i.Leg].State); open && kind == i.Kind {
			advice = append(advice, t.unstick(i)...)
		}
	}
	for _, who := range t.blockers() {
		add(who, "resume or unfreeze; or a supervisor vetoes: corridord tx settlement veto %s REASON", id)
	}
	if t.s.State.Undecided() && t.Now.After(t.deadline().Add(overdue)) {
		add("anyone admitted", "the deadline has passed and the hub has not aborted yet: corridord tx settlement advance %s", id)
	}
	if t.s.State.Undecided() {
		add("all payers", "to give it up together, each: corridor swap withdraw %s --as PAYER", id)
	}
	for i, l := range t.s.Legs {
		if l.State == settlement.LEG_STATE_SUSPENSE {
			add("the operator of "+t.View.Legs[i].Ledger, "pay %s out of suspense to %s when it can be paid", t.money(i), t.payee(i))
		}
	}
	if !t.s.State.Open() {
		add("whoever needs evidence", "corridor proof export %s -o FILE; the file is checked without any network by corridor proof verify", id)
	}
	return advice
}

// overdue is how long after the deadline a hub at rest has surely looked.
const overdue = 10 * time.Second

// unstick is what can be done about an instruction that is not answered.
func (t teller) unstick(i trail.Instruction) (advice []Advice) {
	l := t.Ledgers[i.Record.Ledger]
	add := func(who, format string, args ...any) {
		advice = append(advice, Advice{Who: who, Do: fmt.Sprintf(format, args...)})
	}
	for _, n := range l.Ledger.Notaries {
		if n.Suspended {
			add("governance", "notary %s of %s is suspended (%s): put another in its place with MsgSetNotaries", n.Id, l.Ledger.Id, n.SuspendedReason)
		}
	}
	switch {
	case i.Tracking.Progress == bridge.PROGRESS_COUNTED:
		add("anyone admitted", "enough words are there, but applying them failed %d times: read the log, then corridord tx bridge retry-outcome %s %d",
			i.Tracking.Attempts, i.Record.Ledger, i.Record.Number)
	case l.Ledger.Link == bridge.LINK_NOTARIES:
		if differ(i.Votes) {
			add("the operator of "+l.Ledger.Id, "the notaries contradict each other: compare their words with entry %s on the ledger", t.s.Legs[i.Leg].EntryId)
		}
		for _, n := range t.silent(i.Record.Ledger, i) {
			add("notary "+n, "is `corridor ledger run` running, does it reach %s and the hub, and what does its log say about instruction %d?", l.Ledger.Id, i.Record.Number)
		}
	case l.Stall != nil:
		add("the relayer's operator", "nothing can be sent to %s since block %d: %s", l.Ledger.Id, l.Stall.Height, l.Stall.Reason)
	case i.Dispatch != nil && i.Dispatch.State == bridge.DISPATCH_STATE_UNANSWERED:
		add("anyone admitted", "send it again: corridord tx bridge send-again %s %d", i.Record.Ledger, i.Record.Number)
	case i.Dispatch != nil:
		add("the relayer's operator", "corridor relay explain says where packet %d of %s is", i.Dispatch.Packet.Sequence, i.Dispatch.Packet.ChannelId)
	}
	return advice
}

func differ(votes []bridge.Vote) bool {
	for _, v := range votes {
		if v.Outcome != votes[0].Outcome {
			return true
		}
	}
	return false
}
