package ledgerlink

import (
	"context"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

// Order implements HubNode: settlement and quote are proved, so a consent that does not hold is the hub's own statement.
func (n *LightNode) Order(ctx context.Context, i order.Instruction) (o sdk.HoldOrder, err error) {
	err = n.light.Read(ctx, func(ctx context.Context, s *hublight.State) error {
		o, err = proveOrder(ctx, s, i)
		return err
	})
	if err != nil {
		return o, fmt.Errorf("order of settlement %s leg %d: %w", i.Settlement, i.Leg, err)
	}
	return o, nil
}

func proveOrder(ctx context.Context, s *hublight.State, i order.Instruction) (sdk.HoldOrder, error) {
	o := sdk.HoldOrder{Instruction: i}
	m, err := s.Prove(ctx, settlement.StoreKey, append(settlement.SettlementsPrefix.Bytes(), i.Settlement[:]...))
	if err != nil {
		return o, err
	}
	var record settlement.Settlement
	if err := record.Unmarshal(m.Value); err != nil {
		return o, err
	}
	body, err := order.DecodeBody(record.Body)
	if err != nil {
		return o, err
	}
	o.Body = record.Body
	if i.Leg >= len(body.Legs) || i.Leg >= len(record.Legs) {
		return o, fmt.Errorf("it has %d legs, counted from 0", len(record.Legs))
	}
	id := body.Legs[i.Leg].QuoteID
	if len(id) == 0 {
		o.Consent.Signature = record.Legs[i.Leg].Consent
		return o, nil
	}
	if m, err = s.Prove(ctx, currency.StoreKey, append(currency.QuotesPrefix.Bytes(), id...)); err != nil {
		return o, fmt.Errorf("quote %x: %w", id, err)
	}
	var firm currency.FirmQuote
	if err := firm.Unmarshal(m.Value); err != nil {
		return o, err
	}
	o.Consent = sdk.Consent{Quote: firm.Quote, Signature: firm.Signature}
	return o, nil
}
