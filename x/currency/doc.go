// Package currency holds which currencies settle on Corridor and on which ledgers, and the firm quotes of providers: their
// terms, who signed them and what is left of them. It has no store; package keeper does.
//
// It trusts ISO 4217 for exponents, and compliance for who holds an account and with which key the holder consents. What
// breaks it: a settlement that takes a part of a quote twice or returns it twice; that is settlement's to prevent, and
// returning more than was taken is refused here.
package currency
