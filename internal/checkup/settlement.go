package checkup

import (
	"fmt"
	"time"
)

// Settlement is one that is not final.
type Settlement struct {
	ID        string
	State     string
	Deadline  time.Time // to prepare
	Proposed  time.Time
	Waiting   string // why it can't be decided; empty if nothing is in the way
	Defaulted []string
}

// Books is what the hub found when it checked its settlements.
type Books struct {
	Checked  uint64
	Problems []string
	Err      error
	Asked    bool
}

// Findings judges a settlement at a hub time.
func (s Settlement) Findings(hubNow time.Time, stuck time.Duration) (all []Finding) {
	where := "settlement " + s.ID
	for _, ledger := range s.Defaulted {
		all = append(all, found("settlement.defaulted", where, "ledger "+ledger+" held the money and did not post it", "ID", s.ID))
	}
	switch {
	case s.Waiting != "":
		all = append(all, found("settlement.waiting", where, s.Waiting, "ID", s.ID).since(s.Proposed))
	case hubNow.Sub(s.Deadline) > stuck:
		all = append(all, found("settlement.overdue", where, fmt.Sprintf("still %s, its prepare deadline is over", s.State), "ID", s.ID).since(s.Deadline))
	}
	return all
}

// Findings judges the books.
func (b Books) Findings() (all []Finding) {
	for _, p := range b.Problems {
		all = append(all, found("books.wrong", "the hub's books", p))
	}
	if b.Asked && b.Err == nil && len(all) == 0 {
		all = append(all, found("books.well", "the hub's books", fmt.Sprintf("%d settlements agree with themselves and with the quotes", b.Checked)))
	}
	return all
}
