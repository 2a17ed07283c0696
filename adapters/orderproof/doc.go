// Package orderproof lets a ledger verify by itself that an order is the hub's: no notary, relayer or node of the hub has
// to be believed. It stands on CometBFT's types and on ics23, and knows nothing of cosmos-sdk.
//
// # What is proved, from which belief
//
// A ledger believes one header of the hub, its Root: a person wrote down its height and hash once, and every batch that
// is verified moves the belief on to a newer header. A Batch then carries
//
//	a Path          the believed header, and from it to a newer one, each step signed by validators the step before
//	                vouches for: CometBFT's rules for light clients, trust level 1/3
//	a Membership    the ICS-23 proof that the newest record of this ledger's outbox lies in the state which the newer
//	                header signs (a header signs the state that the block before it left)
//	the items       instructions From..newest; their chained hash, recomputed, is the one in the proven record, so the
//	                one proof proves every one of them
//
// CometBFT's own light package is not imported: it would bring an RPC client, p2p and four databases into a ledger. That
// the same steps are taken as there is tested where that weight is borne, in app/orderproof_light_test.go.
//
// Batch.Verify says yes to all of it, or refuses with exactly one of the errors of errors.go, tried in their order.
//
// # One encoding
//
// A value has one encoding and an encoding one value: parts with their lengths before them as in package order, headers,
// commits and ICS-23 proofs as protobuf that is taken only if encoding it again gives the same bytes, validators as keys
// and powers without proposer priority, nothing twice. Every signature of a commit is checked, not only enough of them.
// So no byte of a batch can be altered and still be taken. What may be left out leaves it true: signatures beyond two
// thirds, or an instruction of which only the hash is shown.
//
// # Trust
//
// It trusts the Root, the clock it is given, that validators of more than a third of the voting power at the root stayed
// honest for the trusting period, SHA-256 and Ed25519. What breaks it: a Root taken from somebody instead of from the
// hub's operators; a trusting period longer than the hub's unbonding time. It says nothing of consent: that a hold is its
// payer's wish is what order.Body and the consent's signature prove.
package orderproof
