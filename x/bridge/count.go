package bridge

import "github.com/corridor-network/corridor/adapters/order"

// Verdict is what is proved of an instruction.
type Verdict struct {
	Outcome         order.Outcome
	LedgerReference string // a note
	Reason          string // a note, for people
}

// Count says which outcome k notaries in force agree on, if one does. votes are about one instruction, at most one
// per notary, in any order. As k > n/2 no two outcomes can both have k words.
func Count(l Ledger, votes []Vote) (Verdict, bool) {
	byNotary := make(map[string]Vote, len(votes))
	for _, v := range votes {
		byNotary[v.Notary] = v
	}
	equal := map[uint32]uint32{}
	for _, id := range l.ActiveNotaries() {
		if v, voted := byNotary[id]; voted {
			equal[v.Outcome]++
		}
	}
	for _, id := range l.ActiveNotaries() {
		if v, voted := byNotary[id]; voted && equal[v.Outcome] >= l.Threshold {
			return Verdict{Outcome: order.Outcome(v.Outcome), LedgerReference: v.LedgerReference, Reason: v.Reason}, true
		}
	}
	return Verdict{}, false
}

// Dissenter is a vote of a notary in force that differs from this one, if there is one.
func Dissenter(l Ledger, votes []Vote, word Vote) (Vote, bool) {
	for _, v := range votes {
		i := l.NotaryIndex(v.Notary)
		if i >= 0 && !l.Notaries[i].Suspended && v.Notary != word.Notary && v.Outcome != word.Outcome {
			return v, true
		}
	}
	return Vote{}, false
}
