package ante

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/corridor-network/corridor/x/compliance"
)

// closed are the messages by which a seat would change hands. Bond denom that can be delegated is a vote in consensus
// that can be sold, and x/staking asks no SendRestriction.
var closed = map[string]bool{
	sdk.MsgTypeURL(&staking.MsgCreateValidator{}):           true,
	sdk.MsgTypeURL(&staking.MsgEditValidator{}):             true,
	sdk.MsgTypeURL(&staking.MsgDelegate{}):                  true,
	sdk.MsgTypeURL(&staking.MsgBeginRedelegate{}):           true,
	sdk.MsgTypeURL(&staking.MsgUndelegate{}):                true,
	sdk.MsgTypeURL(&staking.MsgCancelUnbondingDelegation{}): true,
}

// SeatsDecorator refuses messages that would grant, move or give up a seat after genesis (ErrSeatsClosed).
//
// It looks at a transaction's own messages. One inside a proposal is executed by x/gov in the name of governance, which
// is the one that may; nothing else on the hub executes messages for others (no authz, no group, no ICA).
type SeatsDecorator struct{}

// AnteHandle implements sdk.AnteDecorator.
func (SeatsDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	if ctx.BlockHeight() == 0 {
		return next(ctx, tx, simulate)
	}
	for _, m := range tx.GetMsgs() {
		if url := sdk.MsgTypeURL(m); closed[url] {
			return ctx, compliance.ErrSeatsClosed.Wrapf("%s is closed after genesis", url)
		}
	}
	return next(ctx, tx, simulate)
}
