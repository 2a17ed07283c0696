// Package simkittest asks a simulated ledger in a test what all of them can be asked: its /admin paths, its faults, and
// what the conformance kit wants to know of it. Every answer that is not a success fails the test.
package simkittest
