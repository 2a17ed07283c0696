package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/currency"
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
	for i, leg := range body.Legs {
		switch {
		case len(leg.QuoteID) == 0 || i >= len(s.Legs):
		case s.Legs[i].SizeTaken:
			taken[order.Hash(leg.QuoteID)] += leg.AmountMinor
		default:
			taken[order.Hash(leg.QuoteID)] += 0 // so that size that never came back is seen
		}
	}
	return problems, nil
}

// quoteProblems verifies, for every quote that a settlement names, that what is left of it and what settlements take of
// it make its size. One that nothing is taken of may be forgotten by now.
func (k Keeper) quoteProblems(ctx context.Context, taken quoteTotals) ([]string, error) {
	ids := slices.SortedFunc(maps.Keys(taken), func(a, b order.Hash) int { return bytes.Compare(a[:], b[:]) })
	var problems []string
	for _, id := range ids {
		firm, quote, err := k.currency.FirmQuote(ctx, id)
		if errors.Is(err, currency.ErrUnknownQuote) && taken[id] == 0 {
			continue
		}
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

// Problems evaluates the invariants over everything. It reads every settlement: genesis and tests call it, no block does.
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
