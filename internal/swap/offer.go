package swap

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

// Offer is a firm quote as its provider writes it. Pay and receive are the customer's.
type Offer struct {
	Provider      string // participant id
	Pay, Receive  string // currencies
	Rate          string // units of Receive for one unit of Pay, an exact decimal
	Size          string // decimal, in Receive
	Rounding      string // down, up or half-even
	Reference     string
	PayLedger     string        // where the provider receives; empty: where it has its one account
	ReceiveLedger string        // where the provider pays; empty: likewise
	Until         time.Time     // when it expires, in hub time; zero: For after now
	For           time.Duration // until it expires
	Prepare       time.Duration // after the expiry, until the latest prepare deadline
}

// Publish signs an offer with the paying account's consent key and publishes it.
func (h *Hub) Publish(ctx context.Context, o Offer) (currency.QuoteView, error) {
	provider, err := h.Participant(ctx, o.Provider)
	if err != nil {
		return currency.QuoteView{}, fmt.Errorf("provider: %w", err)
	}
	q, paying, err := h.quote(ctx, o, provider)
	if err != nil {
		return currency.QuoteView{}, err
	}
	if err := q.Validate(); err != nil {
		return currency.QuoteView{}, err
	}
	signature, found, err := SignWith(h.Keys, paying, order.QuoteSignBytes(q.ChainID, q.ID()))
	if err != nil {
		return currency.QuoteView{}, err
	}
	if !found {
		return currency.QuoteView{}, fmt.Errorf("the keyring does not have the consent key of account %s on %s: the provider signs its quotes itself", paying.Account, paying.Ledger)
	}
	sender, err := h.Sender(provider)
	if err != nil {
		return currency.QuoteView{}, err
	}
	if _, err := sender.Send(ctx, &currency.MsgPublishQuote{Provider: sender.Address(), Quote: q.Encode(), Signature: signature}); err != nil {
		return currency.QuoteView{}, err
	}
	return h.Quote(ctx, q.ID().String())
}

func (h *Hub) quote(ctx context.Context, o Offer, provider compliance.Participant) (order.Quote, compliance.Account, error) {
	none := compliance.Account{}
	payExponent, err := h.Exponent(ctx, o.Pay)
	if err != nil {
		return order.Quote{}, none, err
	}
	receiveExponent, err := h.Exponent(ctx, o.Receive)
	if err != nil {
		return order.Quote{}, none, err
	}
	num, den, err := ratio(o.Rate, payExponent, receiveExponent)
	if err != nil {
		return order.Quote{}, none, err
	}
	size, err := ParseAmount(o.Size, o.Receive, receiveExponent)
	if err != nil {
		return order.Quote{}, none, fmt.Errorf("size: %w", err)
	}
	rounding, ok := map[string]order.Rounding{"down": order.RoundDown, "up": order.RoundUp, "half-even": order.RoundHalfEven}[o.Rounding]
	if !ok {
		return order.Quote{}, none, fmt.Errorf("rounding %q is none of down, up, half-even", o.Rounding)
	}
	receiving, err := onlyAccount(provider, o.Pay, o.PayLedger)
	if err != nil {
		return order.Quote{}, none, err
	}
	paying, err := onlyAccount(provider, o.Receive, o.ReceiveLedger)
	if err != nil {
		return order.Quote{}, none, err
	}
	now, err := h.Client.Latest(ctx)
	if err != nil {
		return order.Quote{}, none, err
	}
	expiry := o.Until
	if expiry.IsZero() {
		expiry = now.Time.Add(o.For)
	}
	if !expiry.After(now.Time) {
		return order.Quote{}, none, fmt.Errorf("the quote would expire at %s, and on the hub it is %s: choose a later time",
			expiry.UTC().Format(time.RFC3339), now.Time.UTC().Format(time.RFC3339))
	}
	return order.Quote{
		ChainID: h.Client.ChainID(), Provider: provider.Address, Reference: o.Reference,
		PayCurrency: o.Pay, ReceivingLedger: receiving.Ledger, ReceivingAccount: receiving.Account,
		ReceiveCurrency: o.Receive, PayingLedger: paying.Ledger, PayingAccount: paying.Account,
		RatioNumerator: num, RatioDenominator: den, Rounding: rounding, SizeMinor: size,
		ExpiryUnixNs: uint64(expiry.UnixNano()), LatestPrepareUnixNs: uint64(expiry.Add(o.Prepare).UnixNano()),
	}, paying, nil
}

// ratio turns a decimal rate between units into a ratio between minor units.
func ratio(rate string, payExponent, receiveExponent uint32) (num, den uint64, err error) {
	d, condition, err := apd.NewFromString(rate)
	if err != nil || condition.Any() || d.Form != apd.Finite || d.Negative || d.IsZero() || strings.ContainsAny(rate, "eE+_ ") || len(rate) > 30 {
		return 0, 0, fmt.Errorf("rate %q: want a decimal above zero such as 0.1391", rate)
	}
	d, _ = d.Reduce(d)
	n, m := apd.NewBigInt(0).Set(&d.Coeff), apd.NewBigInt(1)
	shift := int64(d.Exponent) + int64(receiveExponent) - int64(payExponent)
	ten := apd.NewBigInt(10)
	for ; shift > 0; shift-- {
		n.Mul(n, ten)
	}
	for ; shift < 0; shift++ {
		m.Mul(m, ten)
	}
	if !n.IsUint64() || !m.IsUint64() {
		return 0, 0, fmt.Errorf("rate %q has too many digits", rate)
	}
	return n.Uint64(), m.Uint64(), nil
}

// onlyAccount is the participant's one account for a currency, on the ledger if one is named.
func onlyAccount(p compliance.Participant, code, ledger string) (compliance.Account, error) {
	if ledger != "" {
		return accountOn(p, ledger, code)
	}
	var found []compliance.Account
	for _, a := range p.Accounts {
		if a.Holds(code) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return compliance.Account{}, fmt.Errorf("%s has no %s account registered: `corridor participant show %s` lists its accounts", p.Id, code, p.Id)
	case 1:
		return found[0], nil
	}
	return compliance.Account{}, fmt.Errorf("%s has %d %s accounts: name the ledger", p.Id, len(found), code)
}

// Consents signs for the legs of a settlement that the participant's accounts pay and that wait for its consent.
func (h *Hub) Consents(ctx context.Context, v settlement.SettlementView, participant string) ([]settlement.LegConsent, error) {
	p, err := h.Participant(ctx, participant)
	if err != nil {
		return nil, err
	}
	b, err := order.DecodeBody(v.Settlement.Body)
	if err != nil {
		return nil, err
	}
	var consents []settlement.LegConsent
	for i, l := range b.Legs {
		if v.Settlement.Legs[i].Consented || len(l.QuoteID) > 0 {
			continue
		}
		for _, a := range p.Accounts {
			if a.Ledger != l.Ledger || a.Account != l.Payer {
				continue
			}
			signature, found, err := SignWith(h.Keys, a, order.ConsentSignBytes(b.ChainID, b.Hash()))
			if err != nil {
				return nil, err
			}
			if !found {
				return nil, fmt.Errorf("the keyring does not have the consent key of account %s on %s", a.Account, a.Ledger)
			}
			consents = append(consents, settlement.LegConsent{Leg: uint32(i), Signature: signature})
		}
	}
	if len(consents) == 0 {
		return nil, fmt.Errorf("no leg of settlement %s waits for a consent of %s", v.SettlementId, participant)
	}
	return consents, nil
}
