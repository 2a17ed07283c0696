package swap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/corridor-network/corridor/x/settlement"
)

// ErrConflict: the reference is taken by another payment.
var ErrConflict = errors.New("Conflict")

// Same tells whether the settlement that has the line's reference is the line's payment, by the line's own fields. ErrConflict says
// in which it differs. A quote that has expired since, or a provider's newer price, makes no difference.
func (h *Hub) Same(ctx context.Context, l Line, v settlement.SettlementView) error {
	if len(v.Legs) != 2 {
		return fmt.Errorf("%w: reference %q of %s is a settlement of %d legs, not a swap; use another reference", ErrConflict, l.Reference, l.Payer, len(v.Legs))
	}
	f := facts{}
	var err error
	if f.exponent, err = h.Exponent(ctx, l.Currency); err != nil {
		return err
	}
	if f.amountMinor, err = ParseAmount(l.Amount, l.Currency, f.exponent); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	pay, receive := v.Legs[payLeg], v.Legs[receiveLeg]
	for _, p := range []struct {
		name            *string
		ledger, account string
	}{
		{&f.payer, pay.Ledger, pay.Payer}, {&f.payee, receive.Ledger, receive.Payee}, {&f.provider, receive.Ledger, receive.Payer},
	} {
		if *p.name, err = h.holder(ctx, p.ledger, p.account); err != nil {
			return err
		}
	}
	if diff := differences(l, v, f); len(diff) > 0 {
		return fmt.Errorf("%w: reference %q of %s is another payment already (%s); use a new reference for a new payment", ErrConflict, l.Reference, l.Payer, strings.Join(diff, "; "))
	}
	return nil
}

// facts are what the hub adds to a line and to the settlement that has its reference.
type facts struct {
	amountMinor            uint64 // of the line
	exponent               uint32 // of the line's currency
	payer, payee, provider string // who holds the settlement's accounts
}

// differences says in which fields a line and a settlement of two legs are not one payment.
func differences(l Line, v settlement.SettlementView, f facts) (diff []string) {
	pay, receive := v.Legs[payLeg], v.Legs[receiveLeg]
	note := func(field, line, stored string) {
		if line != stored {
			diff = append(diff, fmt.Sprintf("%s %s there, %s here", field, stored, line))
		}
	}
	note("currency", l.Currency, pay.Currency)
	note("receive-currency", l.ReceiveCurrency, receive.Currency)
	if l.Currency == pay.Currency {
		note("amount", FormatAmount(f.amountMinor, l.Currency, f.exponent), FormatAmount(pay.AmountMinor, pay.Currency, f.exponent))
	}
	note("payer", l.Payer, f.payer)
	note("payee", l.Payee, f.payee)
	switch {
	case l.Quote == "":
		note("provider", l.Provider, f.provider)
	case !strings.EqualFold(l.Quote, receive.QuoteId):
		diff = append(diff, fmt.Sprintf("quote %s there, %s here", short(receive.QuoteId), short(l.Quote)))
	}
	return diff
}

// holder is the participant id that holds an account, or the account where none is registered.
func (h *Hub) holder(ctx context.Context, ledger, account string) (string, error) {
	p, err := h.Holder(ctx, ledger, account)
	if errors.As(err, new(missingError)) {
		return account, nil
	}
	return p.Id, err
}

// holderName is holder for people: the account where the hub can't be asked.
func (h *Hub) holderName(ctx context.Context, ledger, account string) string {
	name, err := h.holder(ctx, ledger, account)
	if err != nil {
		return account
	}
	return name
}
