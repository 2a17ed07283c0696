package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/internal/swap"
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
	if err := s.showBalances(watched, before, after); err != nil {
		return err
	}
	if err := s.showSettlement(ctx, *r.Settlement); err != nil {
		return err
	}
	took, blocks := SettleTime(*r.Settlement)
	s.say("   settled %.2f s and %d blocks after the last consent", took.Seconds(), blocks)
	return exchanged(watched, before, after, *r.Settlement)
}

// exchanged checks that both legs moved their money between the four accounts.
func exchanged(accounts []watchedAccount, before, after balances, v settlement.SettlementView) error {
	pay, receive := int64(v.Legs[0].AmountMinor), int64(v.Legs[1].AmountMinor)
	for i, by := range []int64{-pay, pay, -receive, receive} {
		if err := moved(before, after, accounts[i].ledger, accounts[i].account, by); err != nil {
			return err
		}
	}
	return nil
}

// nothingMoved checks that every account of every ledger is as before.
func (s *Story) nothingMoved(before, after balances) error {
	for ledger, accounts := range before {
		for account := range accounts {
			if err := moved(before, after, ledger, account, 0); err != nil {
				return err
			}
		}
	}
	s.say("   all ledgers, every account: as before")
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
	if err := s.nothingMoved(before, after); err != nil {
		return err
	}
	if leg := r.Settlement.Settlement.Legs[1]; leg.State != settlement.LEG_STATE_REFUSED {
		return fmt.Errorf("the USD leg is %s, want REFUSED", swap.LegStateName(leg.State))
	}
	return nil
}
