package keeper

import (
	"context"
	"errors"
	"time"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

type msgServer struct{ k Keeper }

// NewMsgServer makes the handler of the module's messages.
func NewMsgServer(k Keeper) settlement.MsgServer { return msgServer{k} }

// Consent implements settlement.MsgServer.
func (m msgServer) Consent(ctx context.Context, msg *settlement.MsgConsent) (*settlement.MsgConsentResponse, error) {
	if err := m.admitted(ctx, msg.Sender); err != nil {
		return nil, err
	}
	if len(msg.Consents) == 0 {
		return nil, settlement.ErrNoConsent.Wrap("give the signature of at least one leg's payer")
	}
	s, err := m.step(ctx, msg.SettlementId, func(run *settlement.Run) error { return m.consentLater(ctx, run, msg.Consents) })
	if err != nil {
		return nil, err
	}
	return &settlement.MsgConsentResponse{State: s.State}, nil
}

// consentLater is consent some time after the proposal: before the last consent orders holds, what the proposal
// checked of ledgers and parties is checked once more, and so is every signature, for keys may have been replaced.
func (m msgServer) consentLater(ctx context.Context, run *settlement.Run, consents []settlement.LegConsent) error {
	if err := m.consent(ctx, run, consents); err != nil || !run.AllConsented() {
		return err
	}
	if _, err := m.checkLegs(ctx, run.Body, false); err != nil {
		return err
	}
	return m.checkSignatures(ctx, run)
}

// checkSignatures verifies what every payer signed with the key that its account has now.
func (m msgServer) checkSignatures(ctx context.Context, run *settlement.Run) error {
	for i, leg := range run.Body.Legs {
		if len(leg.QuoteID) > 0 {
			firm, _, err := m.k.currency.FirmQuote(ctx, order.Hash(leg.QuoteID))
			if err != nil {
				return errorsmod.Wrapf(err, "leg %d", i)
			}
			if err := m.checkQuoteSignature(ctx, run.Body, i, firm.Signature); err != nil {
				return err
			}
			continue
		}
		_, account, err := m.k.compliance.Holder(ctx, leg.Ledger, leg.Payer)
		if err != nil {
			return errorsmod.Wrapf(err, "leg %d: payer", i)
		}
		if err := settlement.CheckConsent(run.Settlement, run.Body, i, run.Settlement.Legs[i].Consent, account.ConsentKey); err != nil {
			return err
		}
	}
	return nil
}

// consent verifies payers' signatures and notes them. A leg that is consented to already is passed over.
func (m msgServer) consent(ctx context.Context, run *settlement.Run, consents []settlement.LegConsent) error {
	if len(consents) > order.MaxLegs {
		return settlement.ErrInvalid.Wrapf("%d consents, at most %d allowed", len(consents), order.MaxLegs)
	}
	for _, c := range consents {
		if int(c.Leg) >= len(run.Body.Legs) {
			return settlement.ErrNoLeg.Wrapf("leg %d of %d, counted from 0", c.Leg, len(run.Body.Legs))
		}
		if len(run.Body.Legs[c.Leg].QuoteID) > 0 {
			return settlement.ErrConsentUnneeded.Wrapf("leg %d: leave its consent out", c.Leg)
		}
		if run.Settlement.Legs[c.Leg].Consented {
			continue
		}
		if err := m.checkConsent(ctx, run, int(c.Leg), c.Signature); err != nil {
			return err
		}
		run.Consent(int(c.Leg), c.Signature)
	}
	return nil
}

func (m msgServer) checkConsent(ctx context.Context, run *settlement.Run, leg int, signature []byte) error {
	s := run.Settlement
	if s.State != settlement.STATE_PROPOSED {
		return settlement.ErrNotProposed.Wrapf("settlement %x is %s", s.Id, s.State.Word())
	}
	if deadline := settlement.PrepareDeadline(run.Body); moment(ctx).Time.After(deadline) {
		return settlement.ErrDeadlinePassed.Wrapf("settlement %x: it was %s", s.Id, deadline.Format(time.RFC3339Nano))
	}
	l := run.Body.Legs[leg]
	holder, account, err := m.k.compliance.Holder(ctx, l.Ledger, l.Payer)
	if err != nil {
		return errorsmod.Wrapf(err, "leg %d: payer", leg)
	}
	if err := settlement.CheckAccount(leg, l.Currency, holder, account); err != nil {
		return err
	}
	return settlement.CheckConsent(s, run.Body, leg, signature, account.ConsentKey)
}

// Withdraw implements settlement.MsgServer.
func (m msgServer) Withdraw(ctx context.Context, msg *settlement.MsgWithdraw) (*settlement.MsgWithdrawResponse, error) {
	s, err := m.step(ctx, msg.SettlementId, func(run *settlement.Run) error {
		legs, err := m.paidBy(ctx, run.Body, msg.Sender)
		if err != nil {
			return err
		}
		if len(legs) == 0 {
			return settlement.ErrNotPayer.Wrapf("%s holds no paying account of settlement %x", msg.Sender, msg.SettlementId)
		}
		return run.Withdraw(legs)
	})
	if err != nil {
		return nil, err
	}
	return &settlement.MsgWithdrawResponse{State: s.State}, nil
}

// paidBy are the legs whose paying account is held by the participant with that address.
func (m msgServer) paidBy(ctx context.Context, body order.Body, address string) ([]int, error) {
	var legs []int
	for i, leg := range body.Legs {
		holder, _, err := m.k.compliance.Holder(ctx, leg.Ledger, leg.Payer)
		if errors.Is(err, compliance.ErrUnknownAccount) {
			continue
		}
		if err != nil {
			return nil, errorsmod.Wrapf(err, "leg %d: payer", i)
		}
		if holder.Address == address {
			legs = append(legs, i)
		}
	}
	return legs, nil
}

// Veto implements settlement.MsgServer.
func (m msgServer) Veto(ctx context.Context, msg *settlement.MsgVeto) (*settlement.MsgVetoResponse, error) {
	supervisor, err := m.k.compliance.IsSupervisor(ctx, msg.Supervisor)
	if err != nil {
		return nil, err
	}
	if !supervisor {
		return nil, settlement.ErrNotSupervisor.Wrap(msg.Supervisor)
	}
	if len(msg.Reason) == 0 || len(msg.Reason) > settlement.MaxVetoReasonBytes {
		return nil, settlement.ErrReason.Wrapf("want 1 to %d bytes, got %d", settlement.MaxVetoReasonBytes, len(msg.Reason))
	}
	_, err = m.step(ctx, msg.SettlementId, func(run *settlement.Run) error { return run.Veto(msg.Supervisor, msg.Reason) })
	if err != nil {
		return nil, err
	}
	return &settlement.MsgVetoResponse{}, nil
}

// Advance implements settlement.MsgServer.
func (m msgServer) Advance(ctx context.Context, msg *settlement.MsgAdvance) (*settlement.MsgAdvanceResponse, error) {
	if err := m.admitted(ctx, msg.Sender); err != nil {
		return nil, err
	}
	s, err := m.step(ctx, msg.SettlementId, nil)
	if err != nil {
		return nil, err
	}
	return &settlement.MsgAdvanceResponse{State: s.State}, nil
}

func (m msgServer) admitted(ctx context.Context, address string) error {
	admitted, err := m.k.compliance.Admitted(ctx, address)
	if err != nil {
		return err
	}
	if !admitted {
		return settlement.ErrNotAdmitted.Wrapf("%s is no participant's address", address)
	}
	return nil
}

// step is the Keeper's step, dispatched.
func (m msgServer) step(ctx context.Context, id []byte, do func(*settlement.Run) error) (settlement.Settlement, error) {
	return m.dispatched(ctx, func(ctx context.Context) (settlement.Settlement, error) { return m.k.step(ctx, id, do) })
}

// dispatched lets write save a settlement, executes what that has written for the hub itself, and returns the settlement
// as it is then: outcomes change what is stored.
func (m msgServer) dispatched(
	ctx context.Context, write func(context.Context) (settlement.Settlement, error),
) (settlement.Settlement, error) {
	var id []byte
	err := m.k.bridge.Dispatching(ctx, func(ctx context.Context) error {
		s, err := write(ctx)
		id = s.Id
		return err
	})
	if err != nil {
		return settlement.Settlement{}, err
	}
	return m.k.Settlement(ctx, id)
}

func chainID(ctx context.Context) string { return sdk.UnwrapSDKContext(ctx).ChainID() }
