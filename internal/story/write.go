package story

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Write tells the story to people.
func (s Story) Write(w io.Writer) error {
	fmt.Fprintf(w, "Settlement %s, %s's reference %s: %s\n%s\n\n", s.SettlementID, s.Proposer, s.Reference, s.State, s.Summary)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range s.Legs {
		fmt.Fprintf(table, "  leg %d\t%s\t%s\t%s → %s\t%s\tproved by %s\n", l.Leg, l.Ledger, l.Amount, l.Payer, l.Payee, l.State, l.ProvedBy)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nWhat happened (block, hub time)")
	for _, e := range s.Events {
		at := ""
		if !e.Time.IsZero() {
			at = e.Time.Format("15:04:05.000")
		}
		fmt.Fprintf(w, "  %7d  %12s  %s\n", e.Height, at, e.Text)
	}
	if len(s.Waiting) > 0 {
		fmt.Fprintf(w, "\nWhat is waited for (hub time is %s, block %d)\n", s.HubTime.Format(time.RFC3339), s.HubHeight)
	}
	for _, wait := range s.Waiting {
		until := ""
		if !wait.Until.IsZero() {
			until = ", at the latest until " + wait.Until.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "  %s\n      of %s, for %s (since block %d)%s\n", wait.For, strings.Join(wait.Of, ", "),
			max(0, s.HubTime.Sub(wait.Since)).Round(time.Second), wait.SinceHeight, until)
	}
	fmt.Fprintln(w, "\nWhat happens next")
	for _, n := range s.Next {
		fmt.Fprintf(w, "  %s\n", n)
	}
	if len(s.Advice) > 0 {
		fmt.Fprintln(w, "\nWhat can be done")
	}
	for _, a := range s.Advice {
		fmt.Fprintf(w, "  %s: %s\n", a.Who, a.Do)
	}
	return nil
}
