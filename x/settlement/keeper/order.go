package keeper

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
)

var _ bridge.OrderSource = Keeper{}

// HoldOrder implements bridge.OrderSource: what a HOLD comes with, wherever it goes.
func (k Keeper) HoldOrder(ctx context.Context, i order.Instruction) (body, quote, signature []byte, err error) {
	s, err := k.Settlement(ctx, i.Settlement[:])
	if err != nil {
		return nil, nil, nil, err
	}
	return k.orderOf(ctx, s, i.Leg)
}

// orderOf is what a leg's HOLD comes with: the body, the quote if the leg is under one, and the payer's signature.
func (k Keeper) orderOf(ctx context.Context, s settlement.Settlement, leg int) (body, quote, signature []byte, err error) {
	decoded, err := bodyOf(s)
	if err != nil {
		return nil, nil, nil, err
	}
	if leg < 0 || leg >= len(decoded.Legs) || leg >= len(s.Legs) {
		return nil, nil, nil, settlement.ErrNoLeg.Wrapf("leg %d: settlement %x has %d, counted from 0", leg, s.Id, len(decoded.Legs))
	}
	id := decoded.Legs[leg].QuoteID
	if len(id) == 0 {
		return s.Body, nil, s.Legs[leg].Consent, nil
	}
	firm, _, err := k.currency.FirmQuote(ctx, order.Hash(id))
	return s.Body, firm.Quote, firm.Signature, err
}
