package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/internal/world"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// Audit is step 6: all ledgers and the hub are asked whether money was made or lost, or a leg is half done.
func (s *Story) Audit(ctx context.Context) error {
	s.title(6, "The check over all ledgers and the hub")
	for _, a := range []adminClient{s.cny, s.usd} {
		if err := s.auditLedger(ctx, a); err != nil {
			return err
		}
	}
	if s.far != nil {
		if err := s.auditFar(ctx); err != nil {
			return err
		}
	}
	var settled, unwound int
	var next []byte
	queries := settlement.NewQueryClient(s.Hub.Client.Conn())
	for {
		res, err := queries.Settlements(ctx, &settlement.QuerySettlementsRequest{Pagination: &query.PageRequest{Key: next, Limit: 100}})
		if err != nil {
			return err
		}
		for _, v := range res.Settlements {
			if err := s.auditSettlement(ctx, v); err != nil {
				return err
			}
			if v.Settlement.State == settlement.STATE_SETTLED {
				settled++
			} else {
				unwound++
			}
		}
		if next = res.Pagination.GetNextKey(); len(next) == 0 {
			break
		}
	}
	check, err := queries.Check(ctx, &settlement.QueryCheckRequest{})
	if err != nil {
		return err
	}
	if len(check.Problems) > 0 {
		return fmt.Errorf("the hub finds: %s", strings.Join(check.Problems, "; "))
	}
	s.say("   hub: %d settlements settled, %d unwound, every leg as its ledger shows it; all invariants hold", settled, unwound)
	return nil
}

// auditLedger checks one ledger's own books against the money that it opened with.
func (s *Story) auditLedger(ctx context.Context, a adminClient) error {
	c, err := a.check(ctx)
	if err != nil {
		return err
	}
	if !c.OK || c.IssuedMinor != s.opening[a.ledger.ID] || c.WalletsMinor != c.IssuedMinor || c.HeldMinor != 0 || c.SuspenseMinor != 0 {
		return fmt.Errorf("ledger %s: %+v; it opened with %d minor units, all of which must be on accounts", a.ledger.ID, c, s.opening[a.ledger.ID])
	}
	currency := map[string]string{world.CBDC: "CNY", world.Bank: "USD"}[a.ledger.ID]
	s.say("   %s: %s issued, all of it on accounts, nothing held, nothing in suspense", a.ledger.ID, swap.FormatAmount(c.IssuedMinor, currency, 2))
	return nil
}

// auditSettlement checks every leg against its ledger's own entry: all posted, or none.
func (s *Story) auditSettlement(ctx context.Context, v settlement.SettlementView) error {
	if !swap.Final(v.Settlement.State) {
		return fmt.Errorf("settlement %s is still %s", v.SettlementId, swap.StateName(v.Settlement.State))
	}
	for i, leg := range v.Legs {
		if leg.Ledger == world.Far && s.far != nil {
			if err := s.auditTravelled(ctx, v, i); err != nil {
				return err
			}
			continue
		}
		a, found := map[string]adminClient{world.CBDC: s.cny, world.Bank: s.usd}[leg.Ledger]
		if !found {
			continue // a leg on the hub is in the hub's own check
		}
		entries, err := a.entries(ctx, v.Settlement.Legs[i].EntryId)
		if err != nil {
			return err
		}
		if v.Settlement.Legs[i].State == settlement.LEG_STATE_PLANNED && len(entries) == 0 {
			continue // never ordered
		}
		if len(entries) != 1 {
			return fmt.Errorf("settlement %s: ledger %s shows %d entries for leg %d, want 1", v.SettlementId, leg.Ledger, len(entries), i)
		}
		e := entries[0]
		posted := e.State == "POSTED" || e.State == "SUSPENSE"
		if posted != (v.Settlement.State == settlement.STATE_SETTLED) || e.State == "HELD" {
			return fmt.Errorf("settlement %s is %s, but its entry %s on %s is %s", v.SettlementId, swap.StateName(v.Settlement.State), e.EntryID, leg.Ledger, e.State)
		}
	}
	return nil
}

// auditTravelled checks a leg against the second chain's own entry.
func (s *Story) auditTravelled(ctx context.Context, v settlement.SettlementView, leg int) error {
	entry := v.Settlement.Legs[leg].EntryId
	state, found, err := s.far.entry(ctx, entry)
	if err != nil {
		return err
	}
	posted := state == token.HOLD_STATE_POSTED || state == token.HOLD_STATE_SUSPENSE
	if found && state == token.HOLD_STATE_HELD || posted != (v.Settlement.State == settlement.STATE_SETTLED) {
		return fmt.Errorf("settlement %s is %s, but its entry %s on %s is %s", v.SettlementId, swap.StateName(v.Settlement.State), entry, world.Far, holdName(state))
	}
	return nil
}

func holdName(s token.HoldState) string { return strings.TrimPrefix(s.String(), "HOLD_STATE_") }
