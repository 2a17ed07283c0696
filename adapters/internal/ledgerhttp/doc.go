// Package ledgerhttp is how an adapter calls a ledger that is an HTTP server: with the notary's token, once, over
// https or on this machine, and with an honest error.
//
//	nothing was sent                          Unavailable
//	a question was not answered               Unavailable: ask again
//	a call with an effect was not answered    Unknown: look it up
//
// Open reads the configuration that all such adapters share.
//
// It trusts the ledger's certificate and the token's file mode. What breaks it: a call that is marked as a question and
// has an effect.
package ledgerhttp
