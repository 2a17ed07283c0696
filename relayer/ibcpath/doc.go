// Package ibcpath relays packets between two IBC chains over classic (v1) channels: any two, not only with our hub.
//
// # Control flow
//
//	blocks of both chains ──► book ──► Decide (pure) ──► batch: update, prove, send ──► blocks of both chains
//	listing of what waits ──►  ▲
//
// Everything is derived from what the two chains say. A packet's state follows from its commitment on the chain that sent it
// and its receipt and acknowledgement on the other, so there is no database, and a crash at any point loses nothing. Block
// results drive it; a websocket event is only a hint that makes it quick. The book is a memory of what the chains said, made
// anew at each start. README.md says what the states are, what decides each and what is done, in order.
//
// A path is five loops beside each other: one follows each chain, one submits to each chain, and one lists what the blocks
// do not tell: what was sent before the start. They share the book and nothing else; no lock is held while a chain is asked.
//
// It trusts no node for safety: the chains' light clients check every packet, and proofs are checked here before gas is
// spent on them. A node that lies or lags costs time. What breaks it: a chain whose state at recent heights is pruned
// before it is proved, and a light client that has expired, which only the chain's governance can replace.
package ibcpath
