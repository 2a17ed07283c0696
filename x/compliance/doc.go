// Package compliance holds who takes part in Corridor: participants, their roles and their accounts on ledgers, and the
// rules by which a record is good. It has no store; package keeper does.
//
// It trusts governance, which admits, and supervisors, who freeze. What breaks it: an account that is said to be held by
// another institution than the ledger's own records say (a ledger's notaries check with the ledger's records, so that
// costs a refused settlement, not money), and a participant that may sign although nobody admitted it (package ante).
package compliance
