// Command relaystories plays stories of the relayer by real processes: nodes that are killed, lag, fail or lie, a chain that halts,
// a relayer that is killed before a backlog, and other people's chains and relayers. `make stories-relay` plays them all; --list
// names them, --only plays some, --keep leaves the logs.
//
// Every story has fresh chains of its own, ibc-go's stock simd on loopback with a block each 200 ms, in a folder that is removed, and
// ends by reading every block: each packet was sent once and ended once, in an acknowledgement or a timeout. A story waits for
// conditions with deadlines; what it waited for, and how long it took, is its line.
//
//   - stories.go is the list; faults*.go tell what goes wrong with nodes and chains;
//   - peers*.go tell of hubs, of stock chains of another major version, and of another relayer on our paths;
//   - stage.go makes the chains, the relayer and the load, and stops everything;
//   - toxiproxy.go puts bad networks before nodes.
//
// What breaks it: a machine so busy that a chain of 200 ms blocks takes seconds for one.
package main
