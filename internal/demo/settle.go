package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/settlement"
)

// Settle is step 1: a swap at a provider's firm quote, with both ledgers' balances before and after.
func (s *Story) Settle(ctx context.Context) error {
	s.title(1, "A swap at a provider's firm quote: CNY on the CBDC ledger for USD at the bank network")
	before, err := s.balances(ctx)
	if err != nil {
		return err
	}
	r, err := s.run(ctx, s.lines[0], swap.Settled)
	if err != nil {
		return err
	}
	after, err := s.balances(ctx)
	if err != nil {
		return err
	}
	if err := s.showBalances(before, after); err != nil {
		return err
	}
	if err := s.showSettlement(ctx, *r.Settlement); err != nil {
		return err
	}
	took, blocks := SettleTime(*r.Settlement)
	s.say("   settled %.2f s and %d blocks after the last consent", took.Seconds(), blocks)
	return exchanged(before, after, *r.Settlement)
}

// exchanged checks that both legs moved their money, and only that.
func exchanged(before, after balances, v settlement.SettlementView) error {
	pay, receive := int64(v.Legs[0].AmountMinor), int64(v.Legs[1].AmountMinor)
	for _, m := range []struct {
		ledger, account string
		by              int64
	}{
		{world.CBDC, "wallet-bank-a", -pay},
		{world.CBDC, "wallet-fxp", pay},
		{world.Bank, "CDRFUS33", -receive},
		{world.Bank, "CDRBUS33", receive},
	} {
		if err := moved(before, after, m.ledger, m.account, m.by); err != nil {
			return err
		}
	}
	return nil
}

// SettleTime is the hub time and the blocks from the last consent to SETTLED.
func SettleTime(v settlement.SettlementView) (time.Duration, int64) {
	var from, to settlement.Step
	for _, step := range v.Settlement.Timeline {
		switch step.Name {
		case "consented":
			from = step
		case "settled":
			to = step
		}
	}
	return to.Time.Sub(from.Time), to.Height - from.Height
}

// RefusedByBank is step 2: the provider's account at the bank has not enough money.
func (s *Story) RefusedByBank(ctx context.Context) error {
	s.title(2, "A swap whose USD leg the bank refuses: nothing has moved on either ledger")
	before, err := s.balances(ctx)
	if err != nil {
		return err
	}
	l := s.lines[0]
	l.Provider, l.Reference = "thin-fx", "invoice-2001"
	r, err := s.run(ctx, l, swap.Unwound)
	if err != nil {
		return err
	}
	s.say("   %s: %s", r.Status, r.Message)
	if err := s.showSettlement(ctx, *r.Settlement); err != nil {
		return err
	}
	after, err := s.balances(ctx)
	if err != nil {
		return err
	}
	for ledger, accounts := range before {
		for account := range accounts {
			if err := moved(before, after, ledger, account, 0); err != nil {
				return err
			}
		}
	}
	s.say("   both ledgers, every account: as before")
	if leg := r.Settlement.Settlement.Legs[1]; leg.State != settlement.LEG_STATE_REFUSED {
		return fmt.Errorf("the USD leg is %s, want REFUSED", swap.LegStateName(leg.State))
	}
	return nil
}
