package token

import (
	"cosmossdk.io/collections"

	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
)

// Names of the module, its store and its accounts.
const (
	ModuleName = "token"
	StoreKey   = ModuleName
	// HoldsAccount keeps the money of entries that are held.
	HoldsAccount = "token_holds"
	// SuspenseAccount keeps, per currency, what could not be paid to its payee; its issuer releases it.
	SuspenseAccount = "token_suspense"
)

// Prefixes of the store. Numbers are never reused.
var (
	IssuersPrefix = collections.NewPrefix(1)
	HoldsPrefix   = collections.NewPrefix(2)
)

// ModuleAccounts are the module's accounts and what each may do, as x/auth wants them. The app blocks all of them as
// recipients.
func ModuleAccounts() map[string][]string {
	return map[string][]string{
		ModuleName:      {authtypes.Minter, authtypes.Burner},
		HoldsAccount:    nil,
		SuspenseAccount: nil,
	}
}
