// Package compliancetest makes participants for tests and local networks: whole, valid and the same every time.
//
// Keys follow from names, so they are no secret. What breaks it: using it for money.
package compliancetest
