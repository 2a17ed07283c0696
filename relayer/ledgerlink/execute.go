package ledgerlink

import (
	"context"
	"fmt"
	"slices"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// CheckLedger refuses, before a link starts, a ledger that this relayer cannot serve: one that pays only, or one where a second
// operation with the same reference is another payment, for then only its one executor may ever act.
func CheckLedger(ctx context.Context, l sdk.Ledger) error {
	d, err := l.Describe(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("the adapter does not describe its ledger: %w", err)
	case d.Cell != sdk.CellHolds:
		return fmt.Errorf("ledger %s is a %s; this relayer carries to ledgers that hold: update it", d.Ledger, d.Cell)
	case d.SingleExecutor:
		return fmt.Errorf("ledger %s takes a second operation with the same reference for another one, and so needs one executor, which this relayer is not: update it", d.Ledger)
	case d.OrderCheck == sdk.OrderCheckLedger && !slices.Contains(d.Optional, sdk.OptionalOrders):
		return fmt.Errorf("ledger %s checks orders, but its adapter keeps no order book: nothing could ever be done there; update the adapter", d.Ledger)
	}
	return nil
}

// ChecksOrders tells whether a ledger acts only on what is proved to it.
func ChecksOrders(ctx context.Context, l sdk.Ledger) (bool, error) {
	d, err := l.Describe(ctx)
	return d.OrderCheck == sdk.OrderCheckLedger, err
}

// lookUp asks the ledger for the truth about an entry.
func (l *Link) lookUp(ctx context.Context, id order.EntryID) (Answer, error) {
	e, err := l.Ledger.Lookup(ctx, id)
	switch {
	case err == nil:
		return Answer{Knowledge: Present, Entry: e}, nil
	case sdk.CodeOf(err) == sdk.NotFound:
		return Answer{Knowledge: Absent}, nil
	}
	return Answer{}, err
}

// execute carries an instruction out. What came of it is looked up afterwards, so the entry that the call returns is
// not used. refusal says why this notary refused a hold.
func (l *Link) execute(ctx context.Context, i order.Instruction) (refusal string, err error) {
	switch i.Kind {
	case order.Hold:
		return l.hold(ctx, i)
	case order.Post:
		_, err = l.Ledger.Post(ctx, sdk.PostOrder{Instruction: i})
	case order.Void:
		_, err = l.Ledger.Void(ctx, sdk.VoidOrder{Instruction: i})
	}
	return "", err
}

// hold checks the payer's consent with the key that the ledger has on file, and holds or refuses. A key that can't be
// had right now is no refusal: the HOLD stays pending.
func (l *Link) hold(ctx context.Context, i order.Instruction) (refusal string, err error) {
	o, err := l.Hub.Order(ctx, i)
	if err != nil {
		return "", err
	}
	key, err := l.Ledger.ConsentKey(ctx, sdk.Account(i.Payer))
	if err != nil && sdk.CodeOf(err) != sdk.NotFound {
		return "", err
	}
	if err == nil {
		err = sdk.CheckHold(o, key)
	}
	if err != nil {
		l.Log.Error("a HOLD without a valid consent is refused", "entry", i.Entry.String(), "payer", i.Payer, "error", err)
		_, refuseErr := l.Ledger.Refuse(ctx, o)
		return "no valid consent: " + err.Error(), refuseErr
	}
	_, err = l.Ledger.Hold(ctx, o)
	return "", err
}
