package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/compliance"
)

// SendRestriction is the one restriction on moving coins; the app gives it to the bank. It looks at the sender:
//
//  1. who is no participant is a module or an escrow account, for nobody else can sign: it may always pay out, because a
//     refund that fails wedges an IBC channel, and what the hub has decided must not fail. It pays nothing to itself
//     (ErrSelfPayment): governance would else make a deposit out of the deposits of others, and not all could be refunded;
//  2. a frozen participant sends nothing (ErrFrozen);
//  3. a participant sends to participants, frozen or not, to module accounts and to ICS-20 escrows (ErrRecipient).
//
// CONTRACT: DelegateCoins goes round it; package ante closes staking.
func (k Keeper) SendRestriction(ctx context.Context, from, to sdk.AccAddress, _ sdk.Coins) (sdk.AccAddress, error) {
	sender, found, err := k.byAccount(ctx, from)
	if err != nil {
		return nil, err
	}
	if !found && from.Equals(to) {
		return nil, compliance.ErrSelfPayment.Wrapf("%s", from)
	}
	if !found {
		return to, nil
	}
	if sender.Frozen {
		return nil, compliance.ErrFrozen.Wrapf("%s sends nothing: %s", sender.Id, sender.FrozenReason)
	}
	ok, err := k.mayReceive(ctx, to)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, compliance.ErrRecipient.Wrapf("%s is no admitted participant; have it admitted first", to)
	}
	return to, nil
}

func (k Keeper) mayReceive(ctx context.Context, to sdk.AccAddress) (bool, error) {
	if _, found, err := k.byAccount(ctx, to); err != nil || found {
		return found, err
	}
	if _, isModule := k.accounts.GetAccount(ctx, to).(sdk.ModuleAccountI); isModule {
		return true, nil
	}
	return k.escrows.Has(ctx, to)
}

// NoteEscrow makes the escrow account of an ICS-20 channel known, so that participants may send to it. Twice is no error.
func (k Keeper) NoteEscrow(ctx context.Context, escrow sdk.AccAddress) error {
	return k.escrows.Set(ctx, escrow)
}
