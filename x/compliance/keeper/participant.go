package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/compliance"
)

// Participant is the one with this id, or ErrUnknownParticipant.
func (k Keeper) Participant(ctx context.Context, id string) (compliance.Participant, error) {
	p, err := k.participants.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return p, compliance.ErrUnknownParticipant.Wrapf("id %s", id)
	}
	return p, err
}

// ByAddress is the participant with this hub address, or ErrUnknownParticipant.
func (k Keeper) ByAddress(ctx context.Context, address string) (compliance.Participant, error) {
	raw, err := k.addresses.StringToBytes(address)
	if err != nil {
		return compliance.Participant{}, compliance.ErrUnknownParticipant.Wrapf("address %q: %s", address, err)
	}
	return k.ByAccount(ctx, raw)
}

// ByAccount is ByAddress for who has the account's bytes already.
func (k Keeper) ByAccount(ctx context.Context, account sdk.AccAddress) (compliance.Participant, error) {
	p, found, err := k.byAccount(ctx, account)
	if err == nil && !found {
		return p, compliance.ErrUnknownParticipant.Wrapf("address %s", account)
	}
	return p, err
}

// byAccount is the participant with this hub account.
func (k Keeper) byAccount(ctx context.Context, account sdk.AccAddress) (p compliance.Participant, found bool, err error) {
	id, err := k.participants.Indexes.address.ids.Get(ctx, account)
	if errors.Is(err, collections.ErrNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	p, err = k.participants.Get(ctx, id)
	return p, err == nil, err
}

// Holder is the participant that holds an account on a ledger, with that account, or ErrUnknownAccount. A frozen one is
// returned as well.
func (k Keeper) Holder(ctx context.Context, ledger, account string) (compliance.Participant, compliance.Account, error) {
	unknown := compliance.ErrUnknownAccount.Wrapf("account %s on ledger %s", account, ledger)
	id, err := k.participants.Indexes.account.ids.Get(ctx, collections.Join(ledger, account))
	if errors.Is(err, collections.ErrNotFound) {
		return compliance.Participant{}, compliance.Account{}, unknown
	}
	if err != nil {
		return compliance.Participant{}, compliance.Account{}, err
	}
	p, err := k.participants.Get(ctx, id)
	if err != nil {
		return compliance.Participant{}, compliance.Account{}, err
	}
	for _, a := range p.Accounts {
		if a.Ledger == ledger && a.Account == account {
			return p, a, nil
		}
	}
	return compliance.Participant{}, compliance.Account{}, unknown
}

// Admitted tells whether the address is a participant's, frozen or not.
func (k Keeper) Admitted(ctx context.Context, address string) (bool, error) {
	_, err := k.ByAddress(ctx, address)
	if errors.Is(err, compliance.ErrUnknownParticipant) {
		return false, nil
	}
	return err == nil, err
}

// IsSupervisor tells whether the address is that of a supervisor who is not frozen.
func (k Keeper) IsSupervisor(ctx context.Context, address string) (bool, error) {
	p, err := k.ByAddress(ctx, address)
	if errors.Is(err, compliance.ErrUnknownParticipant) {
		return false, nil
	}
	return err == nil && p.HasRole(compliance.ROLE_SUPERVISOR) && !p.Frozen, err
}

// Params are the module's parameters.
func (k Keeper) Params(ctx context.Context) (compliance.Params, error) { return k.params.Get(ctx) }

// createAccount makes the hub account of a participant unless it is there. A module account would let the module's
// payouts count as a participant's; one that is not there yet, like that of ICS-20 before the first packet, could never be
// made under an address that is a participant's.
func (k Keeper) createAccount(ctx context.Context, address string) error {
	raw, err := k.addresses.StringToBytes(address)
	if err != nil {
		return err
	}
	if k.modules[string(raw)] {
		return compliance.ErrModuleAccount.Wrap(address)
	}
	switch k.accounts.GetAccount(ctx, raw).(type) {
	case nil:
		k.accounts.SetAccount(ctx, k.accounts.NewAccountWithAddress(ctx, raw))
	case sdk.ModuleAccountI:
		return compliance.ErrModuleAccount.Wrap(address)
	}
	return nil
}
