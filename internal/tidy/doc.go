// Package tidy holds the rules of the tree as tests: how long things may be, who may import whom, what consensus
// code may not do, what a package and a page must have. Each failure says where, what and why.
//
// ratchet.txt lists the things that were over a limit when the limit came. They may shrink; nothing new may be
// added to the list without a reader's consent.
//
// It trusts git for the list of files and the go command for the list of imports. What breaks it: a rule that has no
// reason; then the rule goes, not the code.
package tidy
