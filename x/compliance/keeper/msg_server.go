package keeper

import (
	"context"

	"github.com/cosmos/gogoproto/proto"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/compliance"
)

type msgServer struct{ Keeper }

var _ compliance.MsgServer = msgServer{}

// NewMsgServer handles the module's messages.
func NewMsgServer(k Keeper) compliance.MsgServer { return msgServer{k} }

// Admit implements compliance.MsgServer.
func (k msgServer) Admit(ctx context.Context, m *compliance.MsgAdmit) (*compliance.MsgAdmitResponse, error) {
	if err := k.onlyAuthority(m.Authority); err != nil {
		return nil, err
	}
	p := m.Participant
	if err := p.Validate(k.addresses); err != nil {
		return nil, err
	}
	if p.Frozen {
		return nil, compliance.ErrInvalidParticipant.Wrapf("%s: admitted as frozen; admit it, then freeze it", p.Id)
	}
	exists, err := k.participants.Has(ctx, p.Id)
	if err != nil {
		return nil, err
	}
	if exists {
		return nil, compliance.ErrExists.Wrapf("%s; use Update to change its record", p.Id)
	}
	if err := k.createAccount(ctx, p.Address); err != nil {
		return nil, err
	}
	if err := k.participants.Set(ctx, p.Id, p); err != nil {
		return nil, err
	}
	return &compliance.MsgAdmitResponse{}, emit(ctx, &compliance.EventAdmitted{Id: p.Id, Address: p.Address})
}

// Update implements compliance.MsgServer. Whether the participant is frozen stays as it is, whatever the record says.
func (k msgServer) Update(ctx context.Context, m *compliance.MsgUpdate) (*compliance.MsgUpdateResponse, error) {
	if err := k.onlyAuthority(m.Authority); err != nil {
		return nil, err
	}
	before, err := k.Participant(ctx, m.Participant.Id)
	if err != nil {
		return nil, err
	}
	after := m.Participant
	after.Frozen, after.FrozenReason = before.Frozen, before.FrozenReason
	if after.Address != before.Address {
		return nil, compliance.ErrFixed.Wrapf("%s has address %s, not %s", before.Id, before.Address, after.Address)
	}
	if err := after.Validate(k.addresses); err != nil {
		return nil, err
	}
	if err := k.participants.Set(ctx, after.Id, after); err != nil {
		return nil, err
	}
	return &compliance.MsgUpdateResponse{}, emit(ctx, &compliance.EventUpdated{Id: after.Id})
}

// Freeze implements compliance.MsgServer.
func (k msgServer) Freeze(ctx context.Context, m *compliance.MsgFreeze) (*compliance.MsgFreezeResponse, error) {
	p, err := k.Participant(ctx, m.Id)
	if err != nil {
		return nil, err
	}
	if err := k.mayFreeze(ctx, m.Sender, p); err != nil {
		return nil, err
	}
	if err := compliance.ValidateReason(m.Reason); err != nil {
		return nil, err
	}
	if p.Frozen {
		return nil, compliance.ErrAlreadyFrozen.Wrapf("%s: %s", p.Id, p.FrozenReason)
	}
	p.Frozen, p.FrozenReason = true, m.Reason
	if err := k.participants.Set(ctx, p.Id, p); err != nil {
		return nil, err
	}
	return &compliance.MsgFreezeResponse{}, emit(ctx, &compliance.EventFrozen{Id: p.Id, By: m.Sender, Reason: m.Reason})
}

// Unfreeze implements compliance.MsgServer.
func (k msgServer) Unfreeze(ctx context.Context, m *compliance.MsgUnfreeze) (*compliance.MsgUnfreezeResponse, error) {
	p, err := k.Participant(ctx, m.Id)
	if err != nil {
		return nil, err
	}
	if err := k.mayFreeze(ctx, m.Sender, p); err != nil {
		return nil, err
	}
	if !p.Frozen {
		return nil, compliance.ErrNotFrozen.Wrap(p.Id)
	}
	p.Frozen, p.FrozenReason = false, ""
	if err := k.participants.Set(ctx, p.Id, p); err != nil {
		return nil, err
	}
	return &compliance.MsgUnfreezeResponse{}, emit(ctx, &compliance.EventUnfrozen{Id: p.Id, By: m.Sender})
}

// SetParams implements compliance.MsgServer.
func (k msgServer) SetParams(ctx context.Context, m *compliance.MsgSetParams) (*compliance.MsgSetParamsResponse, error) {
	if err := k.onlyAuthority(m.Authority); err != nil {
		return nil, err
	}
	if err := k.params.Set(ctx, m.Params); err != nil {
		return nil, err
	}
	event := &compliance.EventParamsSet{MaxTxsPerSender: m.Params.MaxTxsPerSender}
	return &compliance.MsgSetParamsResponse{}, emit(ctx, event)
}

func (k msgServer) onlyAuthority(sender string) error {
	if sender != k.authority {
		return compliance.ErrUnauthorized.Wrapf("%s; only governance, %s, may", sender, k.authority)
	}
	return nil
}

// mayFreeze: a supervisor or governance, and for a supervisor governance alone, so that one stolen supervisor's key cannot
// lock out the others.
func (k msgServer) mayFreeze(ctx context.Context, sender string, p compliance.Participant) error {
	if sender == k.authority {
		return nil
	}
	supervisor, err := k.IsSupervisor(ctx, sender)
	if err != nil {
		return err
	}
	if !supervisor {
		return compliance.ErrUnauthorized.Wrapf("%s; a supervisor or governance may", sender)
	}
	if p.HasRole(compliance.ROLE_SUPERVISOR) {
		return compliance.ErrSupervisorFrozen.Wrap(p.Id)
	}
	return nil
}

func emit(ctx context.Context, e proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(e)
}
