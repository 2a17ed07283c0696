// Package cbdc is the adapter for the simulated CBDC ledger (package sim, a server of its own). It
// speaks the ledger's HTTP API and nothing else; MAPPING.md says what of one becomes what of the other.
//
//	mapping.go   the ledger's words in Corridor's
//	adapter.go   sdk.Ledger, sdk.BalanceReader and sdk.OrderBook, over package ledgerhttp
//
// It keeps nothing: every answer is the ledger's own. It trusts the ledger at its URL, which must be
// HTTPS or on this machine, for the token goes there. What would break it: an error of the ledger that
// says "unavailable" or "not-found" where something has happened.
package cbdc
