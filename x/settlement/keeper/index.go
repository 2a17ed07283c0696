package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/settlement"
)

type place = collections.Pair[string, uint64] // proposer, number

// settlementIndexes are the ways to find a settlement without its id.
type settlementIndexes struct {
	// proposer has all settlements, each proposer's in the order of their numbers.
	proposer *placeIndex
	// open is the same, with open settlements alone.
	open *placeIndex
	// ledger has the open settlements of each ledger.
	ledger *ledgerIndex
}

// IndexesList is what the map keeps up to date.
func (i settlementIndexes) IndexesList() []collections.Index[[]byte, settlement.Settlement] {
	return []collections.Index[[]byte, settlement.Settlement]{i.proposer, i.open, i.ledger}
}

func newSettlementIndexes(sb *collections.SchemaBuilder) settlementIndexes {
	places := func(prefix collections.Prefix, name string, belongs func(settlement.Settlement) bool) *placeIndex {
		return &placeIndex{belongs: belongs, ids: collections.NewMap(sb, prefix, name,
			collections.PairKeyCodec(collections.StringKey, collections.Uint64Key), collections.BytesValue)}
	}
	return settlementIndexes{
		proposer: places(settlement.ProposerPrefix, "settlements_by_proposer", func(settlement.Settlement) bool { return true }),
		open:     places(settlement.OpenPrefix, "open_settlements", isOpen),
		ledger: &ledgerIndex{ids: collections.NewKeySet(sb, settlement.LedgerPrefix, "open_settlements_by_ledger",
			collections.PairKeyCodec(collections.StringKey, collections.BytesKey))},
	}
}

func isOpen(s settlement.Settlement) bool { return s.State.Open() }

// wasIn tells whether the value that is being replaced belonged to an index. An index is written only where that
// changes: a settlement is saved at every step, and enters and leaves an index once.
func wasIn(old func() (settlement.Settlement, error), belongs func(settlement.Settlement) bool) (settlement.Settlement, bool, error) {
	was, err := old()
	if errors.Is(err, collections.ErrNotFound) {
		return was, false, nil
	}
	return was, err == nil && belongs(was), err
}

// placeIndex finds settlements by proposer and number.
type placeIndex struct {
	ids     collections.Map[place, []byte]
	belongs func(settlement.Settlement) bool
}

func placeOf(s settlement.Settlement) (place, error) {
	body, err := bodyOf(s)
	return collections.Join(body.Proposer, s.Number), err
}

// Reference implements collections.Index.
func (x *placeIndex) Reference(
	ctx context.Context, id []byte, s settlement.Settlement, old func() (settlement.Settlement, error),
) error {
	_, before, err := wasIn(old, x.belongs)
	if err != nil || before == x.belongs(s) {
		return err
	}
	at, err := placeOf(s)
	if err != nil {
		return err
	}
	if before {
		return x.ids.Remove(ctx, at)
	}
	return x.ids.Set(ctx, at, id)
}

// Unreference implements collections.Index.
func (x *placeIndex) Unreference(ctx context.Context, _ []byte, old func() (settlement.Settlement, error)) error {
	was, before, err := wasIn(old, x.belongs)
	if err != nil || !before {
		return err
	}
	at, err := placeOf(was)
	if err != nil {
		return err
	}
	return x.ids.Remove(ctx, at)
}

// ledgerIndex finds open settlements by the ledgers of their legs.
type ledgerIndex struct {
	ids collections.KeySet[collections.Pair[string, []byte]]
}

// Reference implements collections.Index.
func (x *ledgerIndex) Reference(
	ctx context.Context, id []byte, s settlement.Settlement, old func() (settlement.Settlement, error),
) error {
	_, before, err := wasIn(old, isOpen)
	if err != nil || before == isOpen(s) {
		return err
	}
	return x.each(s, func(ledger string) error {
		if before {
			return x.ids.Remove(ctx, collections.Join(ledger, id))
		}
		return x.ids.Set(ctx, collections.Join(ledger, id))
	})
}

// Unreference implements collections.Index.
func (x *ledgerIndex) Unreference(ctx context.Context, id []byte, old func() (settlement.Settlement, error)) error {
	was, before, err := wasIn(old, isOpen)
	if err != nil || !before {
		return err
	}
	return x.each(was, func(ledger string) error { return x.ids.Remove(ctx, collections.Join(ledger, id)) })
}

func (x *ledgerIndex) each(s settlement.Settlement, do func(ledger string) error) error {
	body, err := bodyOf(s)
	if err != nil {
		return err
	}
	for _, leg := range body.Legs {
		if err := do(leg.Ledger); err != nil {
			return err
		}
	}
	return nil
}
