// Package chain is one Cosmos chain as the relayer sees it, over the RPC of its CometBFT nodes: it implements ibcpath.Chain.
//
// Reads go to one endpoint as long as it answers, and to the next when it does not; an endpoint that fails is left alone for a
// while that grows with each failure. One that lags behind the best is used last. One on another chain is never used. When
// endpoints name different blocks at one height, those that most do not agree with, or that the known validators did not sign,
// are not used until they agree; when that decides nothing, none is.
//
// Transactions are signed by a pool of keys, each of which keeps its account's sequence here. Gas comes from what messages of the
// same types used before; a transaction is tried out first only while nothing is known of a type. Every transaction names the
// height after which no block may hold it, so there is a block after which it is known that nothing happened.
//
// It trusts no endpoint for safety: proofs are checked here against the header that the endpoint itself names, and that header by
// the other chain's light client. A lying endpoint costs time and fees. What breaks it: chains whose accounts are not secp256k1
// keys, nodes older than CometBFT 0.37, and nodes that keep neither block results nor recent state.
package chain
