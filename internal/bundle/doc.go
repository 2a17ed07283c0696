// Package bundle is the evidence of one settlement in one file: it is made by asking a hub node, and checked without any network by
// whoever believes the hash of one block header.
//
// # What is in it
//
//	headers      from the believed header to the one whose state is shown (none between, where they are one and the same)
//	settlement   the hub's record with its ICS-23 proof: the body that was agreed to, states, decision, timeline
//	ledgers      of each leg's ledger the hub's record with its proof (notaries' keys, threshold), and the notaries' attestations
//	instructions of each leg, in the order of legs and kinds, the outbox record and its tracking, each with its proof
//
// One encoding: parts with their lengths before them, as in adapters/order, the first part naming format and version. What decodes
// and encodes to other bytes is refused, and so is a part that supports nothing. There is no checksum: every byte is under a
// hash or a signature that the believed header or a proven key leads to.
//
// # Verify, in this order
//
//  1. the bytes are the canonical encoding, within the limits (ErrMalformed)
//  2. the headers lead from the believed one to the last, every signature of every commit checked (ErrHeader)
//  3. every record is in the last header's state, under the key that its own content demands (ErrState)
//  4. the settlement's record agrees with itself and with the body that its hash fixes (ErrSettlement)
//  5. the instructions are those that its timeline says were ordered, for these legs and no others (ErrForeign)
//  6. each attestation is signed by a notary in force of its ledger, and says something that is needed here (ErrAttestation)
//  7. k distinct notaries signed each outcome that the hub applied, and the ledger's reference is in a signed word (ErrTooFew)
//  8. each leg's state is what the outcomes make of it (ErrContradiction)
//
// # What it trusts
//
// The believed header, and with it two thirds of the hub's validators at that height, for: what was ordered, when, which keys
// notaries have, what was decided. Notaries' signatures stand by themselves beside that. What a leg on the hub itself or behind a
// light client did is the validators' word alone. What breaks it: a hash believed without comparing it with a second source.
package bundle
