// Package simtest runs a simulated CBDC ledger in a test and writes orders for it, signed by account
// holders whose keys follow from their wallets' names. It is for tests alone.
package simtest
