// Package settlement holds the rules of a settlement: legs that settle all or none, decided once by the hub.
//
// It is two-phase commit with the hub as coordinator. A settlement is proposed, consented to by the holder of
// every paying account, held on every ledger, decided, and carried out. The two transition tables (tables.go) say
// what follows what; Run (run.go) is the only code that moves a state along them; Decide (decide.go) is the one
// place where COMMIT can be chosen. This package has no store and does no I/O: package keeper loads a settlement,
// lets a Run work on it, and writes what came out.
//
// It trusts the bridge to count outcomes honestly, compliance to know who holds an account and who is frozen, and
// currency to keep quotes. It does not trust whoever submits a message: money moves only by a payer's detached
// signature, which ledgers check again with their own copy of the key.
//
// What would break it: a state that is written anywhere but in Run.move and Run.moveLeg; a decision taken by
// anything but hub block time and counted outcomes; an order of a VOID after COMMIT.
package settlement
