// Package memory is the reference ledger: the smallest complete implementation of sdk.Ledger, to learn
// from, to test hosts with, and to measure the conformance kit by. It is no system of record.
//
// # Entries
//
//	(unknown) ──Hold──► HELD ──Post──► POSTED, or SUSPENSE where the payee can't be credited any more
//	    │                 └──Void──► VOIDED
//	    └──Refuse, Void, or a refused Hold──► TOMBSTONED
//
// A Hold is refused for the first of these, and the entry's Reason says which: unknown payer, closed payer,
// unknown payee, closed payee, a currency that either account does not have, more than the limit, no
// consent by the payer's key, not enough money. Whatever else is wrong with a call is an error and
// changes nothing.
//
// # Faults
//
// A Fault makes the next call of one operation fail as a real ledger can: take effect and lose the reply,
// be turned away, or answer late. They are injected by method or, into a plugin process, by files in
// the configured control directory.
//
// With a state file every change is on disk before its reply, so that a killed plugin that starts again
// tells the truth. What it trusts: that nobody else writes that file, which it locks. What breaks it: a disk
// that loses writes (it does not sync; it stands for a ledger, it is none).
package memory
