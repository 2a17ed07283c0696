// Package ledgerlink carries instructions from the hub to one ledger, and one notary's word about them back.
//
// # Control flow
//
//	hub block → Work query → Plan (pure) → look up │ execute │ attest → ledger and hub
//	                           ▲                        │
//	                           └────── what they answered ┘
//
// Plan is the core: a pure function of what the hub says, what the ledger says and hub time. Link is the thin shell that asks both and
// does what Plan says. It keeps nothing: what is to be done is read from the hub, what was done from the ledger by
// its entry id. So a restart at any point is safe and needs no journal.
//
// # What becomes of one instruction
//
//	unknown ──look up──► answered ──attestable────────────────► word (batched, signed, submitted)
//	                        │
//	                        ├─not attestable, own turn───► execute, then look up
//	                        ├─not attestable, not own turn─► look up again
//	                        └─contradicts the instruction──► alarm, no word
//
// A word that no block counts is submitted again after some blocks: its transaction was dropped, or failed. It goes with fewer others
// each time, for the hub takes a batch whole or not at all.
//
// A notary's turn: the order of order.Leader over the notaries that are not suspended; each waits the ledger's take-over delay, in
// hub time, longer than the one before it. A HOLD is executed after its consent was checked with the key that the ledger
// has on file; a HOLD that fails that check is refused, and one whose key can't be had right now waits.
//
// It trusts its own hub node (verify: node) and its own adapter. What breaks it: an adapter whose final answers change.
package ledgerlink
