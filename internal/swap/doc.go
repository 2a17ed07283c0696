// Package swap is what a participant does: it reads payments from a file or from flags, finds the quote, makes the two-legged
// settlement, signs the payer's consent, proposes both in one transaction and watches until it is final.
//
// # One line
//
//	line ─look up by proposer and reference─► there is one ─same fields──► already done (or being done): shown, nothing submitted
//	                                     │               └─other fields─► Conflict
//	                                     └─► none ─resolve─► plan ─propose + consent─► watch ─► SETTLED | UNWOUND
//
// Everything that can be known to be wrong is refused before anything is submitted, and the hub checks all of it again. It
// trusts the hub node that it asks. What breaks it: a participant that lets two programs use one reference for two payments.
package swap
