// Package testhub makes chains that look to a ledger like the hub, for tests of whoever verifies orders: headers signed by
// real Ed25519 keys with CometBFT's types, outboxes under the hub's keys, and ICS-23 proofs of them. There is no
// consensus and no application in it.
//
// Its store is a balanced tree of its own with IAVL's hashing of leaves and nodes (cosmos/iavl itself would bring the
// Cosmos SDK's modules into adapters). That the hub's real stores are taken too is tested where they are, in
// app/orderproof_test.go, and by testdata/vector.json of package orderproof, which that test writes.
//
// It trusts nobody and nobody may trust it: its keys follow from names and are known to everybody. What breaks it: being
// imported by anything but a test.
package testhub
