// Package app wires the hub: the Cosmos SDK's modules, IBC and Corridor's own modules in one ABCI application.
//
// It holds no rule of money. What it does decide is which modules exist and in which order they run, who
// gets past the ante handler (ante.go), what a fresh genesis looks like
// (genesis.go) and how a stopped chain is exported and started again (export.go).
//
// It trusts the consensus engine for block time and order. It breaks if a module is left out of one of the
// orders in modules.go (module.Manager panics at start), or if a store key is added or removed without an
// upgrade handler (upgrades.go): the stored version would no longer load.
package app
