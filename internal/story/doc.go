// Package story tells one settlement in words that an operator of a bank or a central bank understands: who consented, what each ledger
// said, who attested and in which block, what is waited for and since when, what happens next, and who can do something about it.
//
// Gather asks a hub node; Tell is a pure function of what was gathered, so every state of x/settlement has its rows in a table of
// tests. It trusts the node that was asked: a story is no evidence, a proof bundle (internal/bundle) is. What breaks it: words for a
// state that the settlement's tables do not have.
package story
