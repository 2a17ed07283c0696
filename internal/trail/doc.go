// Package trail finds what the hub ordered about one settlement: every instruction with its record, how far the hub is with it, and
// the notaries' words. The settlement's timeline says in which block an instruction was written; a ledger's outbox is in the order
// of blocks, so a search of log₂ n questions finds it, without any index of the node's.
//
// It trusts the hub node that it asks: what it finds is a lead, which a proof bundle then proves. What breaks it: an outbox whose heights
// go backwards, which an export and import under the design's rules never makes.
package trail
