// Package bridge holds the nouns and rules of the hub's side of every ledger link: ledgers, notaries, the
// chained outbox of instructions, and how words are counted. The store is in package keeper; README.md is the
// specification.
//
// It trusts k of a ledger's n notaries about what happened on that ledger, and nobody about anything else:
// whoever submits an attestation, and every single notary, may lie without effect.
//
// What breaks it: k colluding notaries (docs/threat-model.md), an owner whose HandleOutcome is not idempotent,
// and a change to the outbox key or to the stored form of Record, which ledgers verify by proof.
package bridge
