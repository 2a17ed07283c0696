package sdk

import (
	"context"

	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
)

// ServerOf is what Register serves, without a connection.
func ServerOf(ctx context.Context, l Ledger) (wire.LedgerServer, error) {
	l, err := Check(ctx, l)
	return &server{ledger: l}, err
}
