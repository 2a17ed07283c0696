package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/swap"
)

// planned is the status of a payment that a dry run finds nothing wrong with.
const planned swap.Status = "planned"

// planJSON is what would be proposed, for programs.
type planJSON struct {
	Line        swap.Line   `json:"line"`
	Status      swap.Status `json:"status"` // planned, or refused
	Message     string      `json:"message,omitempty"`
	QuoteID     string      `json:"quote_id,omitempty"`
	Legs        []legJSON   `json:"legs,omitempty"`
	Deadline    uint64      `json:"prepare_deadline_unix_ns,omitempty"`
	ConsentHere bool        `json:"payer_consent_key_in_keyring,omitempty"`
}

type legJSON struct {
	Ledger      string `json:"ledger"`
	Payer       string `json:"payer"`
	Payee       string `json:"payee"`
	Currency    string `json:"currency"`
	AmountMinor uint64 `json:"amount_minor"`
}

func dryRun(cmd *cobra.Command, hub *swap.Hub, lines []swap.Line) error {
	prepare, _ := cmd.Flags().GetDuration("prepare")
	asJSON, err := wantsJSON(cmd)
	if err != nil {
		return err
	}
	code := exitOK
	for _, l := range lines {
		p, err := hub.Resolve(cmd.Context(), l, prepare)
		switch {
		case err != nil && asJSON:
			code, err = exitRefused, writeJSON(cmd.OutOrStdout(), planJSON{Line: l, Status: swap.Refused, Message: oneLine(err)})
		case err != nil:
			code = exitRefused
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "reference %s: refused: %s\n", l.Reference, oneLine(err))
		case asJSON:
			err = writePlanJSON(cmd, hub, p)
		default:
			err = hub.WritePlan(cmd.Context(), cmd.OutOrStdout(), p)
		}
		if err != nil {
			return err
		}
	}
	if code != exitOK {
		return exitError{code: code}
	}
	return nil
}

func writePlanJSON(cmd *cobra.Command, hub *swap.Hub, p swap.Plan) error {
	_, here, err := swap.ConsentKeyName(hub.Keys, p.PayAccount)
	if err != nil {
		return err
	}
	j := planJSON{Line: p.Line, Status: planned, QuoteID: p.Quote.QuoteId, Deadline: p.Body.PrepareDeadlineUnixNs, ConsentHere: here}
	for _, l := range p.Body.Legs {
		j.Legs = append(j.Legs, legOf(l))
	}
	return writeJSON(cmd.OutOrStdout(), j)
}

func legOf(l order.Leg) legJSON {
	return legJSON{Ledger: l.Ledger, Payer: l.Payer, Payee: l.Payee, Currency: l.Currency, AmountMinor: l.AmountMinor}
}
