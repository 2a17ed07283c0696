// Package keeper is currency's store and its messages, queries, end of block and genesis.
//
// It trusts compliance for who holds an account and with which key the holder consents, and settlement to take and return
// a part of a quote once each.
package keeper
