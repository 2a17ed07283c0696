package swap

import (
	"context"
	"fmt"
	"strings"

	"github.com/corridor-network/corridor/x/settlement"
)

// Same tells whether the settlement that has the line's reference is the line's payment, by the line's own fields. ErrConflict says
// in which it differs. A quote that has expired since, or a provider's newer price, makes no difference.
func (h *Hub) Same(ctx context.Context, l Line, v settlement.SettlementView) error {
	if len(v.Legs) != 2 {
		return fmt.Errorf("%w: reference %q of %s is a settlement of %d legs, not a swap; use another reference", ErrConflict, l.Reference, l.Payer, len(v.Legs))
	}
	pay, receive := v.Legs[payLeg], v.Legs[receiveLeg]
	var diff []string
	note := func(field, line, stored string) {
		if line != stored {
			diff = append(diff, fmt.Sprintf("%s %s there, %s here", field, stored, line))
		}
	}
	note("currency", l.Currency, pay.Currency)
	note("receive-currency", l.ReceiveCurrency, receive.Currency)
	exponent, err := h.Exponent(ctx, l.Currency)
	if err != nil {
		return err
	}
	amount, err := ParseAmount(l.Amount, l.Currency, exponent)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if l.Currency == pay.Currency {
		note("amount", FormatAmount(amount, l.Currency, exponent), FormatAmount(pay.AmountMinor, pay.Currency, exponent))
	}
	note("payer", l.Payer, h.holderName(ctx, pay.Ledger, pay.Payer))
	note("payee", l.Payee, h.holderName(ctx, receive.Ledger, receive.Payee))
	if l.Quote != "" {
		note("quote", short(strings.ToLower(l.Quote)), short(receive.QuoteId))
	} else {
		note("provider", l.Provider, h.holderName(ctx, receive.Ledger, receive.Payer))
	}
	if len(diff) > 0 {
		return fmt.Errorf("%w: reference %q of %s is another payment already (%s); use a new reference for a new payment", ErrConflict, l.Reference, l.Payer, strings.Join(diff, "; "))
	}
	return nil
}

// holderName is the participant id that holds an account, or the account where none is registered.
func (h *Hub) holderName(ctx context.Context, ledger, account string) string {
	p, err := h.Holder(ctx, ledger, account)
	if err != nil {
		return account
	}
	return p.Id
}
