// Package testhub makes chains that look to a ledger like the hub, for tests of whoever verifies orders: headers signed by
// real Ed25519 keys with CometBFT's types, outboxes under the hub's keys, and ICS-23 proofs of them. There is no
// consensus and no application in it.
//
// Its store is a balanced tree of its own with IAVL's hashing of leaves and nodes (cosmos/iavl itself would bring the
// Cosmos SDK's modules into adapters). That the real store's proofs are taken too is tested by a batch that a running hub
// gave: testdata/hub-batch.hex of package orderproof.
//
// It trusts nobody and nobody may trust it: its keys follow from names and are known to everybody. What breaks it: being
// imported by anything but a test.
package testhub
