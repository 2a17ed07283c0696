package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/x/compliance"
)

// AccountKeeper is what token wants of x/auth.
type AccountKeeper interface {
	GetModuleAddress(name string) sdk.AccAddress
	// GetModuleAccount makes the account if it is not there.
	GetModuleAccount(ctx context.Context, name string) sdk.ModuleAccountI
}

// BankKeeper is what token wants of x/bank.
type BankKeeper interface {
	GetSupply(ctx context.Context, denom string) sdk.Coin
	GetBalance(ctx context.Context, address sdk.AccAddress, denom string) sdk.Coin
	MintCoins(ctx context.Context, module string, amounts sdk.Coins) error
	BurnCoins(ctx context.Context, module string, amounts sdk.Coins) error
	SendCoinsFromAccountToModule(ctx context.Context, sender sdk.AccAddress, recipient string, amounts sdk.Coins) error
	SendCoinsFromModuleToAccount(ctx context.Context, sender string, recipient sdk.AccAddress, amounts sdk.Coins) error
	SendCoinsFromModuleToModule(ctx context.Context, sender, recipient string, amounts sdk.Coins) error
}

// Participants is what token wants of x/compliance.
type Participants interface {
	ByAddress(ctx context.Context, address string) (compliance.Participant, error)
	// Holder is compliance.ErrUnknownAccount if no participant holds the account.
	Holder(ctx context.Context, ledger, account string) (compliance.Participant, compliance.Account, error)
}

// Currencies is what token wants of x/currency.
type Currencies interface {
	SettlesOn(ctx context.Context, code, ledger string) error
}

// Neighbours are the keepers that token works with.
type Neighbours struct {
	Accounts     AccountKeeper
	Bank         BankKeeper
	Participants Participants
	Currencies   Currencies
}
