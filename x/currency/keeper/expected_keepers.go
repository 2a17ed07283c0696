package keeper

import (
	"context"

	"github.com/corridor-network/corridor/x/compliance"
)

// Participants is what currency wants of x/compliance.
type Participants interface {
	ByAddress(ctx context.Context, address string) (compliance.Participant, error)
	// Holder is who holds an account on a ledger, and that account with its consent key.
	Holder(ctx context.Context, ledger, account string) (compliance.Participant, compliance.Account, error)
}
