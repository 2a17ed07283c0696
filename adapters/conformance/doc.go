// Package conformance is the suite that every adapter passes: one set of tests of what DESIGN asks of an
// sdk.Ledger, run against the adapter in process, over gRPC and as the built binary.
//
// An adapter's test fills a Harness, which says how to open the adapter and which accounts its ledger
// has, and calls InProcess, OverGRPC and Binary. The tests are split by topic: holds, refusals, posts,
// voids, lookups, idempotency, conflicts, concurrency, faults, suspense, tombstones, errors, limits, books.
//
// A ledger that checks orders passes all of it too: the suite stands in for the notary, and has each order proven by a hub
// of the harness's before it gives it.
//
// What it trusts: the harness, above all that its balances are the ledger's own and not the adapter's.
// What it cannot see: what a ledger does to money outside the accounts that the harness names.
package conformance
