// Package demo tells Corridor's story on a localnet, step by step, with real swaps, and checks after each step that what was
// promised is so. It says nothing that it did not ask the ledgers or the hub for; anything unexpected is an error.
//
//	1 a swap settles at a provider's firm quote
//	2 a swap whose USD leg the bank refuses: nothing has moved
//	3 the leading notary and its adapter are killed between hold and word: it settles, with one effect on each ledger
//	4 what is refused before any hold, and what happens to a payment that is sent again
//	5 a leg that travels by IBC to a second chain: settled, refused, its relayer killed half-way, timed out
//	6 the check: no money made or lost, no leg half done, no packet open
//
// The tests in e2e run the same steps.
package demo
