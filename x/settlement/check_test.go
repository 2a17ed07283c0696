package settlement_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/settlement"
)

// committed is a settlement of which one leg is posted and the other is not yet.
func committed(t *testing.T) settlement.Settlement {
	p := preparing(t)
	p.word(order.Hold, 0, order.Held, "")
	p.word(order.Hold, 1, order.Held, "")
	p.word(order.Post, 0, order.Posted, "")
	return p.run.Settlement
}

func TestEveryBrokenInvariantIsNamed(t *testing.T) {
	for says, breakIt := range map[string]func(*settlement.Settlement){
		"body: malformed":                        func(s *settlement.Settlement) { s.Body = s.Body[:9] },
		"its body belongs to settlement":         func(s *settlement.Settlement) { s.Id = make([]byte, 32) },
		"its body hashes to":                     func(s *settlement.Settlement) { s.Hash = nil },
		"it has a pivot":                         func(s *settlement.Settlement) { s.Body = pivoted() },
		"it has no number":                       func(s *settlement.Settlement) { s.Number = 0 },
		"its timeline has 161 steps":             func(s *settlement.Settlement) { s.Timeline = make([]settlement.Step, 161) },
		"whether it has a decision time":         func(s *settlement.Settlement) { s.Decided = nil },
		"with abort cause ABORT_CAUSE_VETOED":    func(s *settlement.Settlement) { s.AbortCause = settlement.ABORT_CAUSE_VETOED },
		"it has 1 legs, its body 2":              func(s *settlement.Settlement) { s.Legs = s.Legs[:1] },
		"leg 1: it is VOIDING while":             func(s *settlement.Settlement) { s.Legs[1].State = settlement.LEG_STATE_VOIDING },
		"1 legs happened and 1 did not":          func(s *settlement.Settlement) { s.Legs[1].State = settlement.LEG_STATE_VOIDED },
		"leg 0: its entry id is":                 func(s *settlement.Settlement) { s.Legs[0].EntryId = s.Legs[1].EntryId },
		"leg 0: it was ordered without":          func(s *settlement.Settlement) { s.Legs[0].Consented = false },
		"leg 0: it is POSTED, and whether size":  func(s *settlement.Settlement) { s.Legs[0].SizeTaken = true },
		"leg 1: it is POSTING, and whether size": func(s *settlement.Settlement) { s.Legs[1].SizeTaken = false },
		"leg 0: it is POSTED and flagged":        func(s *settlement.Settlement) { s.Legs[0].Defaulted = true },
		"leg 1: it is POSTING while":             func(s *settlement.Settlement) { s.State = settlement.STATE_SETTLED },
		"leg 0: it is POSTED while":              func(s *settlement.Settlement) { s.State = settlement.STATE_PIVOTING },
	} {
		t.Run(says, func(t *testing.T) {
			s := committed(t)
			require.Empty(t, settlement.Problems(s))
			breakIt(&s)
			require.Contains(t, strings.Join(settlement.Problems(s), "\n"), says)
		})
	}
}

func pivoted() []byte {
	body, _ := swap()
	body.Pivot, body.PivotDeadlineUnixNs = 0, body.PrepareDeadlineUnixNs+1
	return body.Encode()
}

func TestGenesisGuards(t *testing.T) {
	done := committed(t)
	undecided := preparing(t).run.Settlement
	other, _ := swap()
	other.Reference = "r2"
	second := newPlay(t, other).run.Settlement
	second.Number = 2
	due := func(s ...settlement.Settlement) (items []settlement.DueItem) {
		for _, one := range s {
			items = append(items, settlement.DueItem{Id: one.Id, Time: start})
		}
		return items
	}
	for _, test := range []struct {
		name string
		g    settlement.GenesisState
		says string
	}{
		{"empty", *settlement.DefaultGenesis(), ""},
		{"sound", settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{done, second}, Due: due(second)}, ""},
		{"a broken invariant", settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{{}}}, "body: malformed"},
		{"twice", settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{done, undecided}}, "is there twice"},
		{"a number twice", settlement.GenesisState{ChainId: chain, Settlements: func() []settlement.Settlement {
			same := second
			same.Number = 1
			return []settlement.Settlement{done, same}
		}()}, "number 1 is there twice"},
		{"open ones of no chain", settlement.GenesisState{Settlements: []settlement.Settlement{done}}, "chain id"},
		{"due twice", settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{undecided}, Due: due(undecided, undecided)}, "due twice"},
		{"due without a settlement", settlement.GenesisState{Due: due(undecided)}, "is due and is not an open one"},
		{"undecided without a timer", settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{undecided}}, "has no due time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.g.Validate()
			if test.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, settlement.ErrGenesis)
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestOpenSettlementsStayOnTheirChain(t *testing.T) {
	open := settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{committed(t)}}
	require.NoError(t, open.CheckChain(chain))
	require.ErrorIs(t, open.CheckChain("corridor-2"), settlement.ErrGenesis)
	open.ChainId = "corridor-2"
	require.ErrorIs(t, open.CheckChain("corridor-2"), settlement.ErrGenesis, "whatever the file says, the body says another")

	body, _ := swap()
	p := newPlay(t, body)
	p.do(func(r *settlement.Run) error { return r.Veto("s", "r") }, settlement.Facts{})
	ended := settlement.GenesisState{ChainId: chain, Settlements: []settlement.Settlement{p.run.Settlement}}
	require.NoError(t, ended.CheckChain("corridor-2"))
}

func TestAViewShowsTheBody(t *testing.T) {
	body, quote := swap()
	view, err := settlement.View(newPlay(t, body).run.Settlement)
	require.NoError(t, err)
	require.Equal(t, body.ID().String(), view.SettlementId)
	require.Equal(t, body.Hash().String(), view.SettlementHash)
	require.Equal(t, settlement.Leg{
		Ledger: "rtgs", Payer: "provider-usd", Payee: "payee-usd", Currency: "USD", AmountMinor: 10_000, QuoteId: quote.ID().String(), PaidBy: 1,
	}, view.Legs[1])
	require.Empty(t, view.Legs[0].QuoteId)
}
