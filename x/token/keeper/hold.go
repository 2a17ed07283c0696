package keeper

import (
	"context"
	"errors"
	"fmt"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// Execute implements bridge.LocalLedger. In this order:
//
//  1. an instruction that is malformed, for another ledger or another chain is an error (ErrInstruction), and so is one
//     that a ledger of holds does not know (ErrUnsupported);
//  2. what the entry already says is said again and nothing happens;
//  3. HOLD, POST or VOID is carried out;
//  4. anything else is ErrConflict: the hub would have decided two things. It must never happen, and it is no outcome.
//
// CONTRACT: the caller gives a CacheContext and drops it with an error.
func (k Keeper) Execute(ctx context.Context, i order.Instruction) (bridge.Result, error) {
	if err := i.Validate(); err != nil {
		return bridge.Result{}, token.ErrInstruction.Wrap(err.Error())
	}
	if chain := sdk.UnwrapSDKContext(ctx).ChainID(); i.Ledger != bridge.HubLedger || i.ChainID != chain {
		return bridge.Result{}, token.ErrInstruction.Wrapf("for ledger %s on %s; this is %s on %s", i.Ledger, i.ChainID, bridge.HubLedger, chain)
	}
	switch i.Kind {
	case order.VerifyAccount:
		return k.verify(ctx, i)
	case order.Pay:
		return bridge.Result{}, token.ErrUnsupported.Wrap(i.Kind.String())
	}
	return k.carryOut(ctx, i)
}

// carryOut is steps 2 to 4 of Execute, for whoever's instruction it is.
func (k Keeper) carryOut(ctx context.Context, i order.Instruction) (bridge.Result, error) {
	hold, err := k.entry(ctx, i)
	if err != nil {
		return bridge.Result{}, err
	}
	if outcome, reason, ok := hold.Answer(i); ok {
		return result(i, outcome, reason), nil
	}
	switch {
	case i.Kind == order.Hold && hold.State == token.HOLD_STATE_UNSPECIFIED:
		hold, err = k.reserve(ctx, hold)
	case i.Kind == order.Post && hold.State == token.HOLD_STATE_HELD && hold.SameBody(i):
		hold, err = k.pay(ctx, hold)
	case i.Kind == order.Void && hold.State == token.HOLD_STATE_UNSPECIFIED:
		hold, err = k.advance(ctx, hold, token.VoidOrdered, "voided before it was held")
	case i.Kind == order.Void && hold.State == token.HOLD_STATE_HELD:
		hold, err = k.giveBack(ctx, hold)
	default:
		err = token.ErrConflict.Wrapf("%s of entry %s, which is %s", i.Kind, i.Entry, hold.State)
	}
	if err != nil {
		return bridge.Result{}, err
	}
	outcome, reason, ok := hold.Answer(i)
	if !ok {
		return bridge.Result{}, token.ErrConflict.Wrapf("%s of entry %s led to %s", i.Kind, i.Entry, hold.State)
	}
	return result(i, outcome, reason), nil
}

// entry is the one that an instruction is about; a new one if its id was never heard of.
func (k Keeper) entry(ctx context.Context, i order.Instruction) (token.Hold, error) {
	hold, err := k.holds.Get(ctx, i.Entry.String())
	if errors.Is(err, collections.ErrNotFound) {
		return token.NewHold(i), nil
	}
	return hold, err
}

func result(i order.Instruction, outcome order.Outcome, reason string) bridge.Result {
	return bridge.Result{Instruction: i, Outcome: outcome, LedgerReference: i.Entry.String(), Reason: reason}
}

// verify answers whether the payee can receive. It makes no entry.
func (k Keeper) verify(ctx context.Context, i order.Instruction) (bridge.Result, error) {
	why, err := k.mayNot(ctx, i.Payee, "receive")
	if err != nil {
		return bridge.Result{}, err
	}
	if why != "" {
		return result(i, order.Refused, why), nil
	}
	return result(i, order.Verified, ""), nil
}

// reserve moves the payer's money to the account of holds, or tombstones the entry where that is definitely refused.
func (k Keeper) reserve(ctx context.Context, hold token.Hold) (token.Hold, error) {
	why, err := k.refusal(ctx, hold)
	if err != nil {
		return hold, err
	}
	if why != "" {
		return k.advance(ctx, hold, token.Refused, why)
	}
	payer, err := k.addresses.StringToBytes(hold.Payer)
	if err != nil {
		return hold, err
	}
	if err := k.Bank.SendCoinsFromAccountToModule(ctx, payer, token.HoldsAccount, coins(hold)); err != nil {
		return hold, err
	}
	return k.advance(ctx, hold, token.Reserved, "")
}

// refusal is why a hold is definitely refused; empty if it is not.
func (k Keeper) refusal(ctx context.Context, hold token.Hold) (string, error) {
	if why, err := k.mayNot(ctx, hold.Payer, "pay"); err != nil || why != "" {
		return why, err
	}
	if why, err := k.mayNot(ctx, hold.Payee, "receive"); err != nil || why != "" {
		return why, err
	}
	payer, err := k.addresses.StringToBytes(hold.Payer)
	if err != nil {
		return "", err
	}
	want := token.Coin(hold.Currency, hold.AmountMinor)
	if has := k.Bank.GetBalance(ctx, payer, want.Denom); has.IsLT(want) {
		return fmt.Sprintf("not enough money: %s has %s minor units of %s, %d are needed",
			hold.Payer, has.Amount, hold.Currency, hold.AmountMinor), nil
	}
	return "", nil
}

// mayNot is why an account may not pay or receive; empty if it may.
func (k Keeper) mayNot(ctx context.Context, account, do string) (string, error) {
	p, err := k.Participants.ByAddress(ctx, account)
	if errors.Is(err, compliance.ErrUnknownParticipant) {
		return fmt.Sprintf("%s may not %s: it is no admitted participant", account, do), nil
	}
	if err != nil {
		return "", err
	}
	if p.Frozen {
		return fmt.Sprintf("%s may not %s: it is frozen", p.Id, do), nil
	}
	return "", nil
}

// pay makes a held entry final. It can always: what the payee may not or cannot receive goes to suspense.
func (k Keeper) pay(ctx context.Context, hold token.Hold) (token.Hold, error) {
	why, err := k.mayNot(ctx, hold.Payee, "receive")
	if err != nil {
		return hold, err
	}
	if why == "" {
		why = k.payOut(ctx, hold)
	}
	if why == "" {
		return k.advance(ctx, hold, token.Paid, "")
	}
	if err := k.Bank.SendCoinsFromModuleToModule(ctx, token.HoldsAccount, token.SuspenseAccount, coins(hold)); err != nil {
		return hold, err
	}
	return k.advance(ctx, hold, token.Unpayable, why)
}

// payOut pays the payee, or leaves everything as it was and says why.
func (k Keeper) payOut(ctx context.Context, hold token.Hold) string {
	payee, err := k.addresses.StringToBytes(hold.Payee)
	if err != nil {
		return fmt.Sprintf("%s: not an address", hold.Payee)
	}
	cached, write := sdk.UnwrapSDKContext(ctx).CacheContext()
	if err := k.Bank.SendCoinsFromModuleToAccount(cached, token.HoldsAccount, payee, coins(hold)); err != nil {
		sdk.UnwrapSDKContext(ctx).Logger().Info("a payee cannot be credited", "entry", hold.EntryId, "error", err)
		return fmt.Sprintf("%s cannot be credited", hold.Payee)
	}
	write()
	return ""
}

// giveBack voids a held entry. A frozen payer gets its money too: on its frozen balance.
func (k Keeper) giveBack(ctx context.Context, hold token.Hold) (token.Hold, error) {
	payer, err := k.addresses.StringToBytes(hold.Payer)
	if err != nil {
		return hold, err
	}
	if err := k.Bank.SendCoinsFromModuleToAccount(ctx, token.HoldsAccount, payer, coins(hold)); err != nil {
		return hold, err
	}
	return k.advance(ctx, hold, token.VoidOrdered, "")
}

// advance is the one place where an entry changes its state.
func (k Keeper) advance(ctx context.Context, hold token.Hold, on token.Trigger, reason string) (token.Hold, error) {
	next, err := token.HoldTable.Next(hold.State, on)
	if err != nil {
		return hold, err
	}
	hold.State, hold.Reason = next, token.Short(reason)
	if err := k.holds.Set(ctx, hold.EntryId, hold); err != nil {
		return hold, err
	}
	return hold, emit(ctx, &token.EventHold{EntryId: hold.EntryId, State: next.EntryState().String(), Reason: hold.Reason})
}

func coins(hold token.Hold) sdk.Coins {
	return sdk.NewCoins(token.Coin(hold.Currency, hold.AmountMinor))
}

// Hold is an entry, or ErrUnknownHold.
func (k Keeper) Hold(ctx context.Context, entryID string) (token.Hold, error) {
	hold, err := k.holds.Get(ctx, entryID)
	if errors.Is(err, collections.ErrNotFound) {
		return hold, token.ErrUnknownHold.Wrapf("entry %q", entryID)
	}
	return hold, err
}
