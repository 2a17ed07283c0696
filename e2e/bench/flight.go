package main

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/x/settlement"
)

// How many swaps are put in flight at once.
const (
	proposalsPerTx = 20
	flightPatience = 3 * time.Minute
	flightPoll     = 100 * time.Millisecond
)

// flight is what became of swaps that were all proposed before the first one had settled.
type flight struct {
	latency
	PerSecond float64 `json:"settled_per_second"`       // by hub time, from the first consent to the last SETTLED
	ToSends   float64 `json:"ratio_to_sends,omitempty"` // to plain bank sends of the same run, on the throughput chain
}

// measureFlight proposes many swaps at once and waits until all have settled.
func measureFlight(ctx context.Context, hub *swap.Hub, swaps int, name string) (flight, error) {
	payer, err := hub.Participant(ctx, "bank-a")
	if err != nil {
		return flight{}, err
	}
	sender, err := hub.Sender(payer)
	if err != nil {
		return flight{}, err
	}
	var proposals []sdk.Msg
	var ids []string
	for n := range swaps {
		id, msg, err := proposal(ctx, hub, sender.Address(), fmt.Sprintf("%s-%d", name, n))
		if err != nil {
			return flight{}, err
		}
		ids, proposals = append(ids, id), append(proposals, msg)
	}
	for len(proposals) > 0 {
		n := min(proposalsPerTx, len(proposals))
		if _, err := sender.Submit(ctx, 0, proposals[:n]...); err != nil {
			return flight{}, err
		}
		proposals = proposals[n:]
	}
	views, err := landed(ctx, hub, ids)
	if err != nil {
		return flight{}, err
	}
	f := flight{latency: latencyOf(views)}
	f.PerSecond = float64(swaps) / f.took.Seconds()
	return f, nil
}

// proposal is a swap with the payer's consent.
func proposal(ctx context.Context, hub *swap.Hub, proposer, reference string) (id string, msg sdk.Msg, err error) {
	p, err := hub.Resolve(ctx, benchLine(reference), prepareTime)
	if err != nil {
		return "", nil, err
	}
	signature, found, err := swap.SignWith(hub.Keys, p.PayAccount, order.ConsentSignBytes(p.Body.ChainID, p.Body.Hash()))
	if err != nil || !found {
		return "", nil, fmt.Errorf("the payer's consent key: found %t: %w", found, err)
	}
	return p.Body.ID().String(), &settlement.MsgPropose{
		Proposer: proposer, Body: p.Body.Encode(), Consents: []settlement.LegConsent{{Leg: 0, Signature: signature}},
	}, nil
}

// landed waits until every swap has settled.
func landed(ctx context.Context, hub *swap.Hub, ids []string) ([]settlement.SettlementView, error) {
	ctx, cancel := context.WithTimeout(ctx, flightPatience)
	defer cancel()
	tick := time.NewTicker(flightPoll)
	defer tick.Stop()
	var views []settlement.SettlementView
	for {
		v, err := hub.Settlement(ctx, ids[len(views)])
		switch {
		case err == nil && v.Settlement.State == settlement.STATE_SETTLED:
			if views = append(views, v); len(views) == len(ids) {
				return views, nil
			}
			continue
		case err == nil && swap.Final(v.Settlement.State):
			return nil, fmt.Errorf("swap %s is %s: %s", ids[len(views)], v.Settlement.State, v.Settlement.AbortReason)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%d of %d swaps have settled: %w", len(views), len(ids), ctx.Err())
		case <-tick.C:
		}
	}
}
