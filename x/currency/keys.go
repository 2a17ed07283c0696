package currency

import "cosmossdk.io/collections"

// Names of the module and its store.
const (
	ModuleName = "currency"
	StoreKey   = ModuleName
)

// Prefixes of the store. Numbers are never reused.
var (
	CurrenciesPrefix   = collections.NewPrefix(1)
	QuotesPrefix       = collections.NewPrefix(2)
	QuotesOfPairPrefix = collections.NewPrefix(3)
	OpenQuotesPrefix   = collections.NewPrefix(4)
	DueTimesPrefix     = collections.NewPrefix(5)
)
