package app

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

// closedMessages refuses messages that modules bring along and the hub has no use for. As the message router's
// circuit breaker it also sees messages inside governance proposals.
type closedMessages struct{}

// IsAllowed answers false for a seat that would be lent out: a seat belongs to the institution it was granted to.
func (closedMessages) IsAllowed(_ context.Context, typeURL string) (bool, error) {
	switch typeURL {
	case sdk.MsgTypeURL(&stakingtypes.MsgDelegate{}), sdk.MsgTypeURL(&stakingtypes.MsgBeginRedelegate{}):
		return false, nil
	default:
		return true, nil
	}
}
