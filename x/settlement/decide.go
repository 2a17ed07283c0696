package settlement

import (
	"fmt"
	"strings"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
)

// Facts is what the decision needs to know of the world at that moment, in words: an empty list is good news.
type Facts struct {
	// Screening names the legs of which a participant is frozen or no longer registered.
	Screening []string
	// Suspended names involved ledgers that are suspended.
	Suspended []string
}

// Verdict is what Decide chose.
type Verdict int

// The closed set of verdicts.
const (
	Wait   Verdict = iota + 1 // nothing to decide yet
	Abort                     // the deadline has passed, or a leg is refused
	Commit                    // everything is held and valid
)

// String is the verdict's word.
func (v Verdict) String() string {
	return [...]string{"none", "wait", "abort", "commit"}[v]
}

// Decision is a verdict with its reason for people. Cause is set with Abort.
type Decision struct {
	Verdict Verdict
	Cause   AbortCause
	Reason  string
}

// Decide applies rules 2 and 3 of the protocol to a PREPARING settlement. The order of the guards is the order of
// precedence: a refusal, then the deadline, then what is still to come, then what keeps a held settlement waiting.
func Decide(s Settlement, body order.Body, now time.Time, facts Facts) Decision {
	for i, leg := range s.Legs {
		if leg.State == LEG_STATE_REFUSED {
			return Decision{Abort, ABORT_CAUSE_REFUSED, RefusalReason(body, i, leg.Reason)}
		}
	}
	if now.After(PrepareDeadline(body)) {
		return Decision{Abort, ABORT_CAUSE_DEADLINE, deadlineReason(s, body)}
	}
	if missing := notHeld(s, body); missing != "" {
		return Decision{Wait, ABORT_CAUSE_UNSPECIFIED, ""}
	}
	if len(facts.Suspended) > 0 {
		return Decision{Wait, ABORT_CAUSE_UNSPECIFIED, "everything is held, but " + strings.Join(facts.Suspended, "; ")}
	}
	if len(facts.Screening) > 0 {
		return Decision{Wait, ABORT_CAUSE_UNSPECIFIED, "everything is held, but " + strings.Join(facts.Screening, "; ")}
	}
	return Decision{Commit, ABORT_CAUSE_UNSPECIFIED, ""}
}

// PrepareDeadline is the body's prepare deadline as a time.
func PrepareDeadline(body order.Body) time.Time {
	return time.Unix(0, int64(body.PrepareDeadlineUnixNs)).UTC()
}

// RefusalReason says which leg, which ledger, why.
func RefusalReason(body order.Body, leg int, why string) string {
	if why == "" {
		why = "the ledger gave no reason"
	}
	return fmt.Sprintf("leg %d on %s was refused: %s", leg, body.Legs[leg].Ledger, why)
}

// deadlineReason says what was missing when the time was up.
func deadlineReason(s Settlement, body order.Body) string {
	reason := fmt.Sprintf("the prepare deadline %s passed", PrepareDeadline(body).Format(time.RFC3339))
	switch {
	case s.State == STATE_PROPOSED:
		return reason + ": no consent for " + listLegs(s, body, func(l LegProgress) bool { return !l.Consented })
	case notHeld(s, body) != "":
		return reason + ": not held: " + notHeld(s, body)
	case s.Waiting != "":
		return reason + ": " + s.Waiting
	}
	return reason
}

func notHeld(s Settlement, body order.Body) string {
	return listLegs(s, body, func(l LegProgress) bool { return l.State != LEG_STATE_HELD })
}

// listLegs names the legs that the test is true of.
func listLegs(s Settlement, body order.Body, test func(LegProgress) bool) string {
	var legs []string
	for i, leg := range s.Legs {
		if test(leg) {
			legs = append(legs, fmt.Sprintf("leg %d on %s", i, body.Legs[i].Ledger))
		}
	}
	return strings.Join(legs, ", ")
}
