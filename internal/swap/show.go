package swap

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/settlement"
)

// StateName is a state's word in the vocabulary.
func StateName(s settlement.State) string { return strings.TrimPrefix(s.String(), "STATE_") }

// LegStateName is a leg state's word in the vocabulary.
func LegStateName(s settlement.LegState) string { return strings.TrimPrefix(s.String(), "LEG_STATE_") }

// WriteSettlement shows a settlement: its legs, and its timeline with block heights, hub time and ledger references.
func (h *Hub) WriteSettlement(ctx context.Context, w io.Writer, v settlement.SettlementView) error {
	s := v.Settlement
	fmt.Fprintf(w, "settlement %s\n  reference %s   state %s", v.SettlementId, v.Reference, StateName(s.State))
	if s.AbortReason != "" {
		fmt.Fprintf(w, "   because %s", s.AbortReason)
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, l := range v.Legs {
		fmt.Fprintf(table, "  leg %d\t%s\t%s\t%s → %s\t%s\n", i, l.Ledger, h.Money(ctx, l.AmountMinor, l.Currency),
			h.holderName(ctx, l.Ledger, l.Payer), h.holderName(ctx, l.Ledger, l.Payee), LegStateName(s.Legs[i].State))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return WriteTimeline(w, v)
}

// WriteTimeline shows what happened, step by step.
func WriteTimeline(w io.Writer, v settlement.SettlementView) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  block\thub time\tstep\tledger\treference\tnote")
	for _, s := range v.Settlement.Timeline {
		ledger := ""
		if s.Leg > 0 && int(s.Leg) <= len(v.Legs) {
			ledger = v.Legs[s.Leg-1].Ledger
		}
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\t%s\t%s\n", s.Height, s.Time.UTC().Format("15:04:05.000"), s.Name, ledger, s.LedgerReference, s.Reason)
	}
	return table.Flush()
}

// Latency is the time and the blocks between the first and the last step of a settlement.
func Latency(v settlement.SettlementView) (time.Duration, int64) {
	steps := v.Settlement.Timeline
	if len(steps) == 0 {
		return 0, 0
	}
	first, last := steps[0], steps[len(steps)-1]
	return last.Time.Sub(first.Time), last.Height - first.Height
}

// WritePlan shows what a line would do: the price, the legs and who must consent.
func (h *Hub) WritePlan(ctx context.Context, w io.Writer, p Plan) error {
	pay, receive := p.Body.Legs[payLeg], p.Body.Legs[receiveLeg]
	fmt.Fprintf(w, "reference %s: %s pays %s, %s receives %s\n", p.Line.Reference, p.Payer.Id, h.Money(ctx, pay.AmountMinor, pay.Currency),
		p.Payee.Id, h.Money(ctx, receive.AmountMinor, receive.Currency))
	fmt.Fprintf(w, "  price: quote %s of %s, %s, expires %s\n", p.Quote.QuoteId, h.holderName(ctx, p.Terms.PayingLedger, p.Terms.PayingAccount),
		Rate(p.Terms), time.Unix(0, int64(p.Terms.ExpiryUnixNs)).UTC().Format(time.RFC3339))
	for i, l := range p.Body.Legs {
		fmt.Fprintf(w, "  leg %d: on %s, %s from %s (%s) to %s (%s)\n", i, l.Ledger, h.Money(ctx, l.AmountMinor, l.Currency),
			h.holderName(ctx, l.Ledger, l.Payer), l.Payer, h.holderName(ctx, l.Ledger, l.Payee), l.Payee)
	}
	_, here, err := ConsentKeyName(h.Keys, p.PayAccount)
	if err != nil {
		return err
	}
	have := "its consent key is in this keyring"
	if !here {
		have = "its consent key is not in this keyring: it runs `corridor consent sign` itself"
	}
	fmt.Fprintf(w, "  must consent: %s (%s); %s has by its quote\n", p.Payer.Id, have, h.holderName(ctx, receive.Ledger, receive.Payer))
	fmt.Fprintf(w, "  all legs held by %s, or none happens\n", time.Unix(0, int64(p.Body.PrepareDeadlineUnixNs)).UTC().Format(time.RFC3339))
	return nil
}

// Rate writes a quote's ratio in minor units.
func Rate(q order.Quote) string {
	return fmt.Sprintf("%d minor units of %s for %d of %s, rounded %s", q.RatioNumerator, q.ReceiveCurrency, q.RatioDenominator, q.PayCurrency, RoundingName(q.Rounding))
}

// RoundingName is a rounding's name on the command line.
func RoundingName(r order.Rounding) string {
	return map[order.Rounding]string{order.RoundDown: "down", order.RoundUp: "up", order.RoundHalfEven: "half-even"}[r]
}

// WriteConsent says in words what the payer of a leg agrees to.
func (h *Hub) WriteConsent(ctx context.Context, w io.Writer, v settlement.SettlementView) error {
	b, err := order.DecodeBody(v.Settlement.Body)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Settlement %s, proposed by %s under reference %q.\nWhoever consents agrees that all of this happens, or nothing of it:\n",
		v.SettlementId, h.AddressName(ctx, b.Proposer), b.Reference)
	for i, l := range b.Legs {
		who := "its consent is missing"
		switch {
		case len(l.QuoteID) > 0:
			who = fmt.Sprintf("consents by its quote %x", l.QuoteID)
		case v.Settlement.Legs[i].Consented:
			who = "has consented"
		}
		fmt.Fprintf(w, "  %d. %s pays %s to %s on ledger %s (%s → %s); %s %s\n", i+1, h.holderName(ctx, l.Ledger, l.Payer),
			h.Money(ctx, l.AmountMinor, l.Currency), h.holderName(ctx, l.Ledger, l.Payee), l.Ledger, l.Payer, l.Payee, h.holderName(ctx, l.Ledger, l.Payer), who)
	}
	fmt.Fprintf(w, "If not everything is held by %s, every hold is given back.\n", time.Unix(0, int64(b.PrepareDeadlineUnixNs)).UTC().Format(time.RFC3339))
	if state := v.Settlement.State; state != settlement.STATE_PROPOSED {
		fmt.Fprintf(w, "It takes no more consents: it is %s.\n", StateName(state))
	}
	fmt.Fprintf(w, "What is signed: %x\n", order.ConsentSignBytes(b.ChainID, b.Hash()))
	return nil
}

// AddressName is the participant id behind a hub address, or the address.
func (h *Hub) AddressName(ctx context.Context, address string) string {
	if p, err := h.ByAddress(ctx, address); err == nil {
		return p.Id
	}
	return address
}
