// Package token holds the money that the hub itself keeps: tokens of registered currencies, made by their issuers, and the
// entries (holds) of settlements on the hub's own ledger. It has no store; package keeper does.
//
// It trusts the bank for balances, compliance for who may pay and receive, and the bridge to order nothing that was not
// decided. What breaks it: money that leaves the accounts of holds and suspense by another way than this module. Both are
// module accounts, for which nobody can sign, and the app must block both as recipients of the bank's messages.
package token
