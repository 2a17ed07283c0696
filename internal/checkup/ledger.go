package checkup

import (
	"fmt"
	"time"
)

// Ledger is a ledger as the hub knows it.
type Ledger struct {
	ID              string
	Suspended       string // why; empty if it is not
	Attested        bool   // by notaries
	Checks          bool   // it checks orders itself
	Threshold       int    // how many equal words count
	Notaries        []Member
	Stall           string // why nothing can be sent to it; empty if it can
	StallHeight     int64
	ChangeEffective time.Time // when a change of notaries comes; zero if there is none
	Open            int       // instructions without an outcome
	OpenMore        bool      // and there are more
	Oldest          time.Time // hub time of the oldest of them
}

// Member is a notary as the hub has it.
type Member struct {
	ID        string
	Suspended string // why; empty if it is not
	Evidence  string // the two words, if it gave two
}

// Failing is an outcome that was counted and could not be applied.
type Failing struct {
	Ledger   string
	Number   uint64
	Attempts uint32
	Reason   string
	Retry    int64 // height
}

// Findings judges a ledger at a hub time.
func (g Ledger) Findings(hubNow time.Time, stuck time.Duration) (all []Finding) {
	where := "ledger " + g.ID
	if g.Suspended != "" {
		all = append(all, found("ledger.suspended", where, "suspended: "+g.Suspended))
	}
	if g.Stall != "" {
		all = append(all, found("ledger.stalled", where, fmt.Sprintf("nothing can be sent to it since block %d: %s", g.StallHeight, g.Stall)))
	}
	all = append(all, g.notaries(where)...)
	if open := hubNow.Sub(g.Oldest); g.Open > 0 && open > stuck {
		more := ""
		if g.OpenMore {
			more = " or more"
		}
		all = append(all, found("ledger.stuck", where, fmt.Sprintf("%d%s instructions are open", g.Open, more)).since(g.Oldest))
	}
	if Worst(all) == OK {
		all = append(all, found("ledger.well", where, fmt.Sprintf("open for settlements, %d instructions are under way", g.Open)))
	}
	return all
}

func (g Ledger) notaries(where string) (all []Finding) {
	if !g.Attested {
		return nil
	}
	left := len(g.Notaries)
	for _, m := range g.Notaries {
		if m.Suspended == "" {
			continue
		}
		left--
		what := fmt.Sprintf("notary %s is suspended: %s", m.ID, m.Suspended)
		if m.Evidence != "" {
			what += "; evidence: " + m.Evidence
		}
		all = append(all, found("ledger.notary-suspended", where, what))
	}
	if left < g.Threshold {
		all = append(all, found("ledger.too-few", where, fmt.Sprintf("%d of %d notaries are left, and %d have to agree", left, len(g.Notaries), g.Threshold)))
	}
	if !g.ChangeEffective.IsZero() {
		all = append(all, found("ledger.change", where, "other notaries come at "+g.ChangeEffective.UTC().Format(time.DateTime+" MST")))
	}
	if g.Checks {
		return append(all, found("ledger.checks", where, "checks every order against the hub's headers and the payer's consent"))
	}
	return append(all, found("ledger.unchecked", where, "checks no order: any one notary with write access could break atomicity there"))
}

// Findings judges an outcome that could not be applied.
func (f Failing) Findings() []Finding {
	return []Finding{found("outcome.failing", fmt.Sprintf("instruction %d of %s", f.Number, f.Ledger),
		fmt.Sprintf("its outcome could not be applied %d times (%s); tried again from block %d on", f.Attempts, f.Reason, f.Retry))}
}
