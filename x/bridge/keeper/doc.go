// Package keeper stores what package bridge describes and does what its README specifies.
//
// One file a noun: ledgers, the outbox, trackings and their queues, votes, notaries; then what happens to an
// instruction (advance.go: proved; local.go: executed on the hub itself; queue.go: the end of a block).
//
// It trusts the modules that register handlers: their HandleOutcome runs inside the bridge's own message. It
// survives their errors and panics, each in a CacheContext of its own, but not a handler that is not idempotent.
package keeper
