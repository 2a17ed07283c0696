package keeper

import (
	"context"
	"errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/token"
)

// ConsentKey is the key with which the holder of an account on this chain consents; nil if nobody holds it.
func (k Keeper) ConsentKey(ctx context.Context, account string) ([]byte, error) {
	_, held, err := k.Participants.Holder(ctx, bridge.HubLedger, account)
	if errors.Is(err, compliance.ErrUnknownAccount) {
		return nil, nil
	}
	return held.ConsentKey, err
}

// ExecutePeer carries out another hub's instruction, as Execute does this hub's own: the same entries, the same states. That
// it is the peer's to give, and a HOLD's consent, the bridge has checked.
func (k Keeper) ExecutePeer(ctx context.Context, i order.Instruction) (bridge.Result, error) {
	if err := checkPeers(ctx, i); err != nil {
		return bridge.Result{}, err
	}
	return k.carryOut(ctx, i)
}

// RefusePeer tombstones an entry that was never heard of. One that is there stays, and answers for itself.
func (k Keeper) RefusePeer(ctx context.Context, i order.Instruction, reason string) (bridge.Result, error) {
	if err := checkPeers(ctx, i); err != nil {
		return bridge.Result{}, err
	}
	hold, err := k.entry(ctx, i)
	if err != nil {
		return bridge.Result{}, err
	}
	if hold.State == token.HOLD_STATE_UNSPECIFIED {
		if hold, err = k.advance(ctx, hold, token.Refused, reason); err != nil {
			return bridge.Result{}, err
		}
	}
	outcome, why, ok := hold.Answer(i)
	if !ok {
		return bridge.Result{}, token.ErrConflict.Wrapf("refusal of a %s of entry %s, which is %s", i.Kind, i.Entry, hold.State)
	}
	return result(i, outcome, why), nil
}

// checkPeers refuses what no other hub can want of this ledger. This hub's own instructions come by Execute, so that the
// entries of the two can never be one.
func checkPeers(ctx context.Context, i order.Instruction) error {
	if err := i.Validate(); err != nil {
		return token.ErrInstruction.Wrap(err.Error())
	}
	if chain := sdk.UnwrapSDKContext(ctx).ChainID(); i.ChainID == chain {
		return token.ErrInstruction.Wrapf("it is of %s, this very chain", chain)
	}
	if i.Kind != order.Hold && i.Kind != order.Post && i.Kind != order.Void {
		return token.ErrUnsupported.Wrap(i.Kind.String())
	}
	return nil
}
