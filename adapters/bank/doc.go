// Package bank is the adapter for a bank network that speaks ISO 20022: an RTGS whose member banks hold accounts at it,
// here the simulated one of package sim. MAPPING.md says what of Corridor becomes what of ISO 20022.
//
//	mapping.go   Corridor's orders as messages, the network's messages as Corridor's entries
//	client.go    one message there, one back, both checked against their official schemas
//	adapter.go   sdk.Ledger and sdk.BalanceReader
//
// An account is named "BIC", a member's settlement account, or "BIC:id", another account of that member's, whose id may be
// an IBAN. The entry id is the payment's UETR, unchanged.
//
// It keeps nothing: every answer is the network's own. It trusts the network at its URL, which must be HTTPS or on
// this machine, for the token goes there, and its members directory for consent keys. What would break it: a network that
// takes one UETR twice, or rejects a message that it has acted on.
package bank
