package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/corridor-network/corridor/x/bridge"
)

// msgServer answers messages. Each method does its guards in the order of README.md.
type msgServer struct{ *Keeper }

var _ bridge.MsgServer = msgServer{}

// NewMsgServer answers the module's messages.
func NewMsgServer(k *Keeper) bridge.MsgServer { return msgServer{k} }

// Attest stores a notary's words and applies what became counted.
func (s msgServer) Attest(ctx context.Context, m *bridge.MsgAttest) (*bridge.MsgAttestResponse, error) {
	counted, err := s.attest(ctx, m)
	if err != nil {
		return nil, err
	}
	return &bridge.MsgAttestResponse{Counted: counted}, nil
}

// RetryOutcome makes one more attempt at what failed, without waiting for the queue.
func (s msgServer) RetryOutcome(ctx context.Context, m *bridge.MsgRetryOutcome) (*bridge.MsgRetryOutcomeResponse, error) {
	if _, err := s.Ledger(ctx, m.Ledger); err != nil {
		return nil, err
	}
	if _, err := s.record(ctx, m.Ledger, m.Number); err != nil {
		return nil, err
	}
	key := collections.Join(m.Ledger, m.Number)
	before, err := s.trackings.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if before.RetryHeight == 0 {
		return nil, bridge.ErrNothingToRetry.Wrapf("instruction %d of %s is %s and in no queue", m.Number, m.Ledger, before.Progress)
	}
	err = s.Dispatching(ctx, func(ctx context.Context) error { return s.retryNow(ctx, before) })
	if err != nil {
		return nil, err
	}
	return &bridge.MsgRetryOutcomeResponse{}, nil
}

// RegisterLedger adds a ledger.
func (s msgServer) RegisterLedger(ctx context.Context, m *bridge.MsgRegisterLedger) (*bridge.MsgRegisterLedgerResponse, error) {
	if err := s.authorise(m.Authority); err != nil {
		return nil, err
	}
	return &bridge.MsgRegisterLedgerResponse{}, s.register(ctx, m.Ledger)
}

// SetNotaries plans another set of notaries.
func (s msgServer) SetNotaries(ctx context.Context, m *bridge.MsgSetNotaries) (*bridge.MsgSetNotariesResponse, error) {
	l, err := s.governed(ctx, m.Authority, m.Ledger)
	if err != nil {
		return nil, err
	}
	return &bridge.MsgSetNotariesResponse{}, s.planNotaries(ctx, l, m.Notaries, m.Threshold)
}

// SuspendNotary takes a notary out of force at once.
func (s msgServer) SuspendNotary(ctx context.Context, m *bridge.MsgSuspendNotary) (*bridge.MsgSuspendNotaryResponse, error) {
	l, err := s.governed(ctx, m.Authority, m.Ledger)
	if err != nil {
		return nil, err
	}
	if _, err := inForce(l, m.Notary); err != nil {
		return nil, err
	}
	if err := bridge.ValidateReason(m.Reason); err != nil {
		return nil, err
	}
	return &bridge.MsgSuspendNotaryResponse{}, s.suspendNotary(ctx, &l, bridge.Suspension{Notary: m.Notary, Reason: m.Reason})
}

// SuspendLedger stops commits that involve the ledger.
func (s msgServer) SuspendLedger(ctx context.Context, m *bridge.MsgSuspendLedger) (*bridge.MsgSuspendLedgerResponse, error) {
	l, err := s.governed(ctx, m.Authority, m.Ledger)
	if err != nil {
		return nil, err
	}
	return &bridge.MsgSuspendLedgerResponse{}, s.suspendLedger(ctx, l, m.Reason)
}

// ResumeLedger lets the ledger take part again.
func (s msgServer) ResumeLedger(ctx context.Context, m *bridge.MsgResumeLedger) (*bridge.MsgResumeLedgerResponse, error) {
	l, err := s.governed(ctx, m.Authority, m.Ledger)
	if err != nil {
		return nil, err
	}
	return &bridge.MsgResumeLedgerResponse{}, s.resumeLedger(ctx, l)
}

func (s msgServer) authorise(sender string) error {
	if sender != s.authority {
		return bridge.ErrUnauthorized.Wrapf("sent by %s, want %s: submit it as a proposal", sender, s.authority)
	}
	return nil
}

// governed is guards 1 and 2 of governance's messages about a ledger.
func (s msgServer) governed(ctx context.Context, sender, ledger string) (bridge.Ledger, error) {
	if err := s.authorise(sender); err != nil {
		return bridge.Ledger{}, err
	}
	return s.Ledger(ctx, ledger)
}
