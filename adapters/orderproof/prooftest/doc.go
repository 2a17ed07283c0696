// Package prooftest is a small hub for tests: it keeps an outbox per ledger, signs headers with Ed25519 validators of its
// own, and proves records as a node of the real hub does (IAVL below, CometBFT's simple tree above). It decides nothing
// and checks nothing: a test orders what it likes, a forgery included.
//
// It is for tests alone. Its keys follow from a seed, so a hub is the same in each run.
package prooftest
