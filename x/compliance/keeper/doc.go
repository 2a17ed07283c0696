// Package keeper is compliance's store and its messages, queries and genesis. It also is the one bank SendRestriction.
//
// It trusts the auth keeper to know module accounts, and the ante handler of package ante to let nobody sign who is not
// admitted: on that rests that a sender of coins who is no participant is a module or an escrow account.
package keeper
