package keeper

import (
	"context"
	"fmt"
	"slices"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/settlement"
)

// quoteTotals is what settlements take of each quote, in minor units.
type quoteTotals map[order.Hash]uint64

// problems evaluates every invariant of one settlement that the hub can see, and adds what it takes of quotes.
func (k Keeper) problems(ctx context.Context, id []byte, taken quoteTotals) ([]string, error) {
	s, err := k.Settlement(ctx, id)
	if err != nil {
		return nil, err
	}
	problems := settlement.Problems(s)
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("settlement %x: ", id)+fmt.Sprintf(format, args...))
	}
	due, err := k.due.Has(ctx, id)
	if err != nil {
		return nil, err
	}
	if s.State.Undecided() && !due {
		report("it is undecided and no timer will look at it")
	}
	if !s.State.Open() && due {
		report("it has ended and a timer will look at it")
	}
	body, err := bodyOf(s)
	if err != nil {
		return problems, nil // said above already
	}
	at, err := placeOf(s)
	if err != nil {
		return nil, err
	}
	listed, err := k.settlements.Indexes.open.ids.Has(ctx, at)
	if err != nil {
		return nil, err
	}
	if listed != s.State.Open() {
		report("it is %s, and the list of open settlements says otherwise", s.State.Word())
	}
	for i, leg := range s.Legs {
		if leg.SizeTaken && i < len(body.Legs) {
			taken[order.Hash(body.Legs[i].QuoteID)] += body.Legs[i].AmountMinor
		}
	}
	return problems, nil
}

// quoteProblems verifies that what is left of every quote and what all settlements take of it make its size. A quote
// that nothing is taken of does not come up here: nothing was, or all of it came back, which its own rules bound.
func (k Keeper) quoteProblems(ctx context.Context, taken quoteTotals) ([]string, error) {
	ids := make([]order.Hash, 0, len(taken))
	for id := range taken {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b order.Hash) int { return slices.Compare(a[:], b[:]) })
	var problems []string
	for _, id := range ids {
		firm, quote, err := k.currency.FirmQuote(ctx, id)
		if err != nil {
			return nil, err
		}
		if firm.RemainingMinor+taken[id] != quote.SizeMinor {
			problems = append(problems, fmt.Sprintf("quote %s: %d minor units are left and settlements take %d, of %d",
				id, firm.RemainingMinor, taken[id], quote.SizeMinor))
		}
	}
	return problems, nil
}

// Problems evaluates the invariants over everything. It reads every settlement: tests call it, no block does.
func (k Keeper) Problems(ctx context.Context) ([]string, error) {
	var all []string
	taken := quoteTotals{}
	err := k.settlements.Walk(ctx, nil, func(id []byte, _ settlement.Settlement) (bool, error) {
		problems, err := k.problems(ctx, id, taken)
		all = append(all, problems...)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	problems, err := k.quoteProblems(ctx, taken)
	return append(all, problems...), err
}
