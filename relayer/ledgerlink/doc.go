// Package ledgerlink carries instructions from the hub to one ledger, and one notary's word about them back.
//
// # Control flow
//
//	hub block → Work query → Plan (pure) → look up │ execute │ attest → ledger and hub
//	                           ▲                        │
//	                           └────── what they answered ┘
//
// With verify: light (the default) LightNode reads: nothing is believed because a node says it. Header, ledger, number of records and
// newest record are proved, and those before it chain to it (outbox.go, pure). A node may only leave work out, and another node is
// asked whether it does. With verify: node one node, this notary's own, is believed.
//
// Plan is the core: a pure function of what the hub says, what the ledger says and hub time. Link is the thin shell that asks both and
// does what Plan says. It keeps nothing but the light client's trust file: what is to be done is read from the hub, what was done from the ledger by
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
// A ledger that checks orders (sdk.OrderBook) acts on nothing that was not proved to it: before the first execution of what it has not
// taken yet, it is asked for its book and given one batch with everything since. Two notaries may do so at once; the one that comes
// second is refused, asks for the book again, and finds everything there.
//
// A notary's turn: the order of order.Leader over the notaries that are not suspended; each waits the ledger's take-over delay, in
// hub time, longer than the one before it. A HOLD is executed after its consent was checked with the key that the ledger
// has on file; a HOLD that fails that check is refused, and one whose key can't be had right now waits.
//
// It trusts its own adapter, and of the hub two thirds of its validators (verify: light) or its own node (verify: node). What breaks
// it: an adapter whose final answers change; with verify: light, all nodes that it knows leaving out the same work.
package ledgerlink
