// Package keeper is token's store, its messages, queries and genesis, and the hub as a ledger: it executes what the bridge
// orders of the ledger "hub".
//
// It trusts the bank, with compliance's SendRestriction in force, and the bridge.
package keeper
