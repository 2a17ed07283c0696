package keeper

import (
	"context"
	"errors"
	"time"

	errorsmod "cosmossdk.io/errors"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// Propose implements settlement.MsgServer.
func (m msgServer) Propose(ctx context.Context, msg *settlement.MsgPropose) (*settlement.MsgProposeResponse, error) {
	body, err := settlement.CheckBody(msg.Body, chainID(ctx), msg.Proposer)
	if err != nil {
		return nil, err
	}
	id := body.ID()
	existing, err := m.k.Settlement(ctx, id[:])
	if err == nil {
		return m.proposeAgain(ctx, existing, msg)
	}
	if !errors.Is(err, settlement.ErrNotFound) {
		return nil, err
	}
	if err := m.checkProposal(ctx, body); err != nil {
		return nil, err
	}
	number, err := m.k.number.Next(ctx)
	if err != nil {
		return nil, err
	}
	run := settlement.New(msg.Body, body, number+1, moment(ctx))
	if err := m.consent(ctx, run, msg.Consents); err != nil {
		return nil, err
	}
	s, err := m.dispatched(ctx, func(ctx context.Context) (settlement.Settlement, error) { return m.k.finish(ctx, run) })
	if err != nil {
		return nil, err
	}
	return &settlement.MsgProposeResponse{SettlementId: s.Id, State: s.State}, nil
}

// proposeAgain answers the second proposal of a reference: the same body finds the settlement as it is, and its new
// consents count while it takes any.
func (m msgServer) proposeAgain(
	ctx context.Context, s settlement.Settlement, msg *settlement.MsgPropose,
) (*settlement.MsgProposeResponse, error) {
	err := settlement.CheckSameBody(s, msg.Body)
	if err != nil {
		return nil, err
	}
	if len(msg.Consents) > 0 && s.State == settlement.STATE_PROPOSED {
		consent := func(run *settlement.Run) error { return m.consentLater(ctx, run, msg.Consents) }
		if s, err = m.step(ctx, s.Id, consent); err != nil {
			return nil, err
		}
	}
	return &settlement.MsgProposeResponse{SettlementId: s.Id, State: s.State, Existed: true}, nil
}

// checkProposal applies the guards of a new proposal that need the hub's state, in the order of the README.
func (m msgServer) checkProposal(ctx context.Context, body order.Body) error {
	if err := settlement.CheckNoPivot(body); err != nil {
		return err
	}
	proposer, err := m.k.compliance.ByAddress(ctx, body.Proposer)
	if err != nil {
		return errorsmod.Wrap(err, "proposer")
	}
	if err := settlement.CheckProposer(proposer); err != nil {
		return err
	}
	longest, err := m.checkLegs(ctx, body, true)
	if err != nil {
		return err
	}
	now := moment(ctx).Time
	if err := settlement.CheckDeadline(body, now, longest); err != nil {
		return err
	}
	return m.checkQuotes(ctx, body, now)
}

// checkLegs verifies every leg's ledger, currency and accounts, and returns the shortest of the ledgers' longest
// prepare times. Whether a currency settles on a ledger is asked at the proposal alone.
func (m msgServer) checkLegs(ctx context.Context, body order.Body, proposal bool) (time.Duration, error) {
	longest := time.Duration(1<<63 - 1)
	for i, leg := range body.Legs {
		ledger, err := m.k.bridge.Ledger(ctx, leg.Ledger)
		if err != nil {
			return 0, errorsmod.Wrapf(err, "leg %d", i)
		}
		if err := settlement.CheckLedger(i, ledger); err != nil {
			return 0, err
		}
		longest = min(longest, ledger.LongestPrepare)
		if proposal {
			if err := m.k.currency.SettlesOn(ctx, leg.Currency, leg.Ledger); err != nil {
				return 0, errorsmod.Wrapf(err, "leg %d", i)
			}
		}
		for _, side := range []struct{ name, account string }{{"payer", leg.Payer}, {"payee", leg.Payee}} {
			holder, account, err := m.k.compliance.Holder(ctx, leg.Ledger, side.account)
			if errors.Is(err, compliance.ErrUnknownAccount) {
				return 0, errorsmod.Wrapf(err, "leg %d: %s: it has to be registered with a participant", i, side.name)
			}
			if err != nil {
				return 0, errorsmod.Wrapf(err, "leg %d: %s", i, side.name)
			}
			if err := settlement.CheckAccount(i, leg.Currency, holder, account); err != nil {
				return 0, err
			}
		}
	}
	return longest, nil
}

func (m msgServer) checkQuotes(ctx context.Context, body order.Body, now time.Time) error {
	for i, leg := range body.Legs {
		if len(leg.QuoteID) == 0 {
			continue
		}
		firm, quote, err := m.k.currency.FirmQuote(ctx, order.Hash(leg.QuoteID))
		if err != nil {
			return errorsmod.Wrapf(err, "leg %d", i)
		}
		if err := settlement.CheckQuote(body, i, firm, quote, now); err != nil {
			return err
		}
		if err := m.checkQuoteSignature(ctx, body, i, firm.Signature); err != nil {
			return err
		}
	}
	return nil
}

func (m msgServer) checkQuoteSignature(ctx context.Context, body order.Body, leg int, signature []byte) error {
	_, account, err := m.k.compliance.Holder(ctx, body.Legs[leg].Ledger, body.Legs[leg].Payer)
	if err != nil {
		return errorsmod.Wrapf(err, "leg %d: payer", leg)
	}
	return settlement.CheckQuoteSignature(body, leg, signature, account.ConsentKey)
}
