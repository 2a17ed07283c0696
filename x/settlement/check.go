package settlement

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/corridor-network/corridor/adapters/order"
)

// legsOf says in which states a settlement's legs may be once a step is complete.
var legsOf = map[State][]LegState{
	STATE_PROPOSED:  {LEG_STATE_PLANNED},
	STATE_PREPARING: {LEG_STATE_HOLDING, LEG_STATE_HELD},
	STATE_COMMITTED: {LEG_STATE_POSTING, LEG_STATE_POSTED, LEG_STATE_SUSPENSE},
	STATE_SETTLED:   {LEG_STATE_POSTED, LEG_STATE_SUSPENSE},
	STATE_ABORTED:   {LEG_STATE_PLANNED, LEG_STATE_VOIDING, LEG_STATE_VOIDED, LEG_STATE_REFUSED},
	STATE_UNWOUND:   {LEG_STATE_PLANNED, LEG_STATE_VOIDED, LEG_STATE_REFUSED},
}

// Problems evaluates every invariant of one stored settlement that can be seen in it alone. None means sound.
func Problems(s Settlement) []string {
	body, err := order.DecodeBody(s.Body)
	if err != nil {
		return []string{fmt.Sprintf("settlement %x: body: %v", s.Id, err)}
	}
	var problems []string
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("settlement %x: ", s.Id)+fmt.Sprintf(format, args...))
	}
	id, hash := body.ID(), body.Hash()
	if !bytes.Equal(s.Id, id[:]) {
		report("its body belongs to settlement %s", id)
	}
	if !bytes.Equal(s.Hash, hash[:]) {
		report("its body hashes to %s, not to %x", hash, s.Hash)
	}
	if body.Pivot != order.NoLeg {
		report("it has a pivot, which is not carried yet")
	}
	if s.Number == 0 {
		report("it has no number")
	}
	if len(s.Timeline) > MaxSteps {
		report("its timeline has %d steps, at most %d allowed", len(s.Timeline), MaxSteps)
	}
	if undecided := s.State.Undecided(); undecided != (s.Decided == nil) {
		report("it is %s, and whether it has a decision time says otherwise", s.State.Word())
	}
	if aborted := s.State == STATE_ABORTED || s.State == STATE_UNWOUND; aborted != (s.AbortCause != ABORT_CAUSE_UNSPECIFIED) {
		report("it is %s with abort cause %s", s.State.Word(), s.AbortCause)
	}
	if len(s.Legs) != len(body.Legs) {
		report("it has %d legs, its body %d", len(s.Legs), len(body.Legs))
		return problems
	}
	return append(problems, legProblems(s, body)...)
}

func legProblems(s Settlement, body order.Body) []string {
	var problems []string
	allowed, done, undone := legsOf[s.State], 0, 0
	for i, leg := range s.Legs {
		report := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("settlement %x leg %d: ", s.Id, i)+fmt.Sprintf(format, args...))
		}
		if !slices.Contains(allowed, leg.State) {
			report("it is %s while the settlement is %s", leg.State.Word(), s.State.Word())
		}
		switch leg.State {
		case LEG_STATE_POSTED, LEG_STATE_SUSPENSE:
			done++
		case LEG_STATE_VOIDED, LEG_STATE_REFUSED:
			undone++
		}
		if want := body.EntryID(i).String(); leg.EntryId != want {
			report("its entry id is %s, not %s", leg.EntryId, want)
		}
		if ordered := leg.State != LEG_STATE_PLANNED; ordered && !leg.Consented {
			report("it was ordered without a consent")
		}
		quoted := len(body.Legs[i].QuoteID) > 0
		if taken := quoted && !slices.Contains([]LegState{LEG_STATE_PLANNED, LEG_STATE_VOIDED, LEG_STATE_REFUSED}, leg.State); leg.SizeTaken != taken {
			report("it is %s, and whether size of a quote is taken says otherwise", leg.State.Word())
		}
		if leg.Defaulted && leg.State != LEG_STATE_POSTING {
			report("it is %s and flagged as defaulted", leg.State.Word())
		}
	}
	if done > 0 && undone > 0 {
		problems = append(problems, fmt.Sprintf("settlement %x: %d legs happened and %d did not", s.Id, done, undone))
	}
	return problems
}
