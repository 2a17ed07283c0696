// Package ibcnet runs IBC chains as real processes for demonstrations, benchmarks and soak tests: ibc-go's stock simd with one
// validator, of v7 or v8, and a localnet's hub seen as such a chain. Every chain listens on free loopback ports and keeps its home and its log in
// one folder.
//
//   - chain.go starts, stops, restarts and copies a chain; hub.go makes a hub of its own;
//   - genesis.go writes who has money from the first block on, so that nobody waits for a faucet;
//   - keys.go derives keys from their names;
//   - tx.go signs and submits transactions, query.go asks, transfer.go makes ICS-20 transfers in bulk;
//   - relayer.go and rly.go are our relayer and cosmos/relayer, as programs with a folder;
//   - channel.go sends on a channel and waits; account.go is an interchain account's owner;
//   - blocks.go counts what was in the blocks.
//
// It is for play money only: every key follows from its name. It trusts the nodes it started. What breaks it: a simd of another
// SDK whose genesis has other fields, and another program that takes a port between its choice and its use.
package ibcnet
