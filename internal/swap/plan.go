package swap

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
)

// Plan is a line, resolved: what will be proposed, and who must consent.
type Plan struct {
	Line  Line
	Payer compliance.Participant
	Payee compliance.Participant
	Quote currency.QuoteView
	Terms order.Quote
	Body  order.Body

	PayAccount compliance.Account
}

// The legs of a swap.
const (
	payLeg     = 0 // payer → provider, in the currency paid
	receiveLeg = 1 // provider → payee, in the currency received
)

// Resolve makes a plan of a line, or says what is wrong with it. Nothing is submitted. prepare is how long the legs may take
// to be held; it is cut to what the quote and the ledgers allow.
func (h *Hub) Resolve(ctx context.Context, l Line, prepare time.Duration) (Plan, error) {
	p := Plan{Line: l}
	if err := l.Validate(); err != nil {
		return p, err
	}
	var err error
	if p.Payer, err = h.Participant(ctx, l.Payer); err != nil {
		return p, fmt.Errorf("payer: %w", err)
	}
	if p.Payee, err = h.Participant(ctx, l.Payee); err != nil {
		return p, fmt.Errorf("payee: %w", err)
	}
	exponent, err := h.Exponent(ctx, l.Currency)
	if err != nil {
		return p, fmt.Errorf("currency: %w", err)
	}
	if _, err := h.Exponent(ctx, l.ReceiveCurrency); err != nil {
		return p, fmt.Errorf("receive-currency: %w", err)
	}
	amount, err := ParseAmount(l.Amount, l.Currency, exponent)
	if err != nil {
		return p, fmt.Errorf("amount: %w", err)
	}
	if p.Quote, p.Terms, err = h.choose(ctx, l, amount); err != nil {
		return p, err
	}
	return h.compose(ctx, p, amount, prepare)
}

// choose finds the line's quote: the one it names, or its provider's best.
func (h *Hub) choose(ctx context.Context, l Line, amount uint64) (currency.QuoteView, order.Quote, error) {
	now, err := h.Client.Latest(ctx)
	if err != nil {
		return currency.QuoteView{}, order.Quote{}, err
	}
	if l.Quote != "" {
		q, err := h.Quote(ctx, l.Quote)
		if err != nil {
			return q, order.Quote{}, fmt.Errorf("quote: %w", err)
		}
		terms, err := h.usable(ctx, q, l, amount, now.Time)
		return q, terms, err
	}
	provider, err := h.Participant(ctx, l.Provider)
	if err != nil {
		return currency.QuoteView{}, order.Quote{}, fmt.Errorf("provider: %w", err)
	}
	all, err := h.Quotes(ctx, l.Currency, l.ReceiveCurrency)
	if err != nil {
		return currency.QuoteView{}, order.Quote{}, err
	}
	return h.best(ctx, l, amount, now.Time, slices.DeleteFunc(all, func(q currency.QuoteView) bool {
		return q.Terms.Provider != provider.Address
	}))
}

// best is the usable quote that gives the payee most.
func (h *Hub) best(ctx context.Context, l Line, amount uint64, now time.Time, quotes []currency.QuoteView) (currency.QuoteView, order.Quote, error) {
	type offer struct {
		view  currency.QuoteView
		terms order.Quote
		gives uint64
	}
	var offers []offer
	why := fmt.Errorf("it has published none for that pair")
	for _, q := range quotes {
		terms, err := h.usable(ctx, q, l, amount, now)
		if err != nil {
			why = err
			continue
		}
		gives, err := terms.Convert(amount)
		if err != nil {
			continue // usable has converted it before
		}
		offers = append(offers, offer{q, terms, gives})
	}
	if len(offers) == 0 {
		return currency.QuoteView{}, order.Quote{}, fmt.Errorf("provider %s has no usable quote %s → %s: %w", l.Provider, l.Currency, l.ReceiveCurrency, why)
	}
	o := slices.MaxFunc(offers, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.gives, b.gives), strings.Compare(b.view.QuoteId, a.view.QuoteId))
	})
	return o.view, o.terms, nil
}

// usable tells why a quote can't be taken for a payment, if so.
func (h *Hub) usable(ctx context.Context, q currency.QuoteView, l Line, amount uint64, now time.Time) (order.Quote, error) {
	terms, err := order.DecodeQuote(q.Quote.Quote)
	if err != nil {
		return terms, fmt.Errorf("quote %s: %w", q.QuoteId, err)
	}
	expiry := time.Unix(0, int64(terms.ExpiryUnixNs)).UTC()
	switch {
	case terms.PayCurrency != l.Currency || terms.ReceiveCurrency != l.ReceiveCurrency:
		return terms, fmt.Errorf("quote %s is for %s → %s, the payment for %s → %s", short(q.QuoteId), terms.PayCurrency, terms.ReceiveCurrency, l.Currency, l.ReceiveCurrency)
	case q.Quote.Withdrawn:
		return terms, fmt.Errorf("quote %s is withdrawn: choose another from `corridor quote list`", short(q.QuoteId))
	case !now.Before(expiry):
		return terms, fmt.Errorf("quote %s expired at %s, the hub's time is %s: choose another from `corridor quote list`",
			short(q.QuoteId), expiry.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	gives, err := terms.Convert(amount)
	if err != nil {
		return terms, fmt.Errorf("quote %s: %w", short(q.QuoteId), err)
	}
	if gives > q.Quote.RemainingMinor {
		return terms, fmt.Errorf("quote %s has %s left, the payment needs %s: pay less, or choose another from `corridor quote list`", short(q.QuoteId),
			h.Money(ctx, q.Quote.RemainingMinor, terms.ReceiveCurrency), h.Money(ctx, gives, terms.ReceiveCurrency))
	}
	return terms, nil
}

// compose makes the settlement's body.
func (h *Hub) compose(ctx context.Context, p Plan, amount uint64, prepare time.Duration) (Plan, error) {
	var err error
	if p.PayAccount, err = accountOn(p.Payer, p.Terms.ReceivingLedger, p.Terms.PayCurrency); err != nil {
		return p, fmt.Errorf("payer: %w", err)
	}
	payee, err := accountOn(p.Payee, p.Terms.PayingLedger, p.Terms.ReceiveCurrency)
	if err != nil {
		return p, fmt.Errorf("payee: %w", err)
	}
	receives, err := p.Terms.Convert(amount)
	if err != nil {
		return p, err
	}
	longest, err := h.longestPrepare(ctx, p.Terms.ReceivingLedger, p.Terms.PayingLedger)
	if err != nil {
		return p, err
	}
	now, err := h.Client.Latest(ctx)
	if err != nil {
		return p, err
	}
	deadline := min(uint64(now.Time.Add(min(prepare, longest)).UnixNano()), p.Terms.LatestPrepareUnixNs)
	id := p.Terms.ID()
	p.Body = order.Body{
		ChainID: h.Client.ChainID(), Proposer: p.Payer.Address, Reference: p.Line.Reference,
		PrepareDeadlineUnixNs: deadline, Pivot: order.NoLeg,
		Legs: []order.Leg{
			{Ledger: p.Terms.ReceivingLedger, Payer: p.PayAccount.Account, Payee: p.Terms.ReceivingAccount, Currency: p.Terms.PayCurrency, AmountMinor: amount, PaidBy: order.NoLeg},
			{Ledger: p.Terms.PayingLedger, Payer: p.Terms.PayingAccount, Payee: payee.Account, Currency: p.Terms.ReceiveCurrency, AmountMinor: receives, QuoteID: id[:], PaidBy: payLeg},
		},
	}
	return p, p.Body.Validate()
}

// accountOn is the participant's account for a currency on a ledger.
func accountOn(p compliance.Participant, ledger, code string) (compliance.Account, error) {
	var found []compliance.Account
	for _, a := range p.Accounts {
		if a.Ledger == ledger && a.Holds(code) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return compliance.Account{}, fmt.Errorf("%s has no %s account on ledger %s registered: `corridor participant show %s` lists its accounts", p.Id, code, ledger, p.Id)
	case 1:
		return found[0], nil
	}
	return compliance.Account{}, fmt.Errorf("%s has %d %s accounts on ledger %s, and a payment can't choose yet", p.Id, len(found), code, ledger)
}

// short is a quote's or settlement's id for people; any unique beginning is not enough for commands, which want all of it.
func short(id string) string {
	if _, err := hex.DecodeString(id); err == nil && len(id) > 12 {
		return id[:12] + "…"
	}
	return id
}
