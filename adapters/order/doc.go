// Package order holds the bytes that the hub, the notaries and the ledgers agree on: canonical
// encodings, ids, hashes and sign-bytes. It is a leaf: it imports the standard library alone, so a
// ledger's own core system, or an auditor, can use it without taking on anything of Corridor.
//
// # Encoding
//
// Everything that is hashed or signed is a sequence of parts. A part is its length as four bytes,
// big endian, followed by its bytes. Integers are parts of eight bytes, big endian; a text is its
// UTF-8 bytes; a list is a part that holds the number of its elements, followed by the elements.
// The first part of every sequence names what it is and its version ("corridor/settlement/1"), so
// bytes of one kind can never be read as bytes of another. Decoding is strict: a wrong name, a part
// that is too long, an unknown enum value or a byte left over is an error. Hence a value has one
// encoding and an encoding has one value; a receiver decodes and never re-encodes.
//
// # What is derived from what
//
//	settlement id    SettlementID(chain id, proposer, reference)   32 bytes, never reused
//	settlement hash  Body.Hash()                                   what a payer consents to
//	entry id         NewEntryID(chain id, settlement id, leg, ledger)  a UUIDv4, the UETR on ISO 20022 ledgers
//	outbox           OutboxStart, OutboxNext                       one hash that fixes all instructions up to n
//	quote id         Quote.ID()                                    the hash of the quote's own bytes
//
// It trusts nothing and keeps nothing. What would break it: a change to any encoding under a name
// that is already in use. testdata/vectors.json fixes them for other languages.
package order
