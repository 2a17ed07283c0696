package keeper

import (
	"context"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
)

// Bridge takes instructions for ledgers and knows the ledgers' health.
type Bridge interface {
	// Ledger is bridge.ErrUnknownLedger if there is none.
	Ledger(ctx context.Context, id string) (bridge.Ledger, error)
	// Append writes an instruction to its ledger's outbox and does nothing else.
	Append(ctx context.Context, owner string, i order.Instruction) (number uint64, err error)
	// Dispatching runs do, then executes what do has written for the hub's own ledger and applies the outcomes.
	Dispatching(ctx context.Context, do func(context.Context) error) error
	// DispatchLocal executes whatever is new for the hub's own ledger, whoever wrote it. For the end of block.
	DispatchLocal(ctx context.Context) error
}

// Compliance knows who takes part.
type Compliance interface {
	ByAddress(ctx context.Context, address string) (compliance.Participant, error)
	// Holder is compliance.ErrUnknownAccount if no participant holds the account.
	Holder(ctx context.Context, ledger, account string) (compliance.Participant, compliance.Account, error)
	Admitted(ctx context.Context, address string) (bool, error)
	IsSupervisor(ctx context.Context, address string) (bool, error)
}

// Currency keeps the registry and the quotes.
type Currency interface {
	SettlesOn(ctx context.Context, code, ledger string) error
	FirmQuote(ctx context.Context, id order.Hash) (currency.FirmQuote, order.Quote, error)
	Take(ctx context.Context, id order.Hash, amountMinor uint64) error
	Return(ctx context.Context, id order.Hash, amountMinor uint64) error
}

// Neighbours are the modules that settlements need.
type Neighbours struct {
	Bridge     Bridge
	Compliance Compliance
	Currency   Currency
}
