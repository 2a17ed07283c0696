// Command bench measures Corridor on this machine and prints a table; `make bench` runs it, docs/benchmarks.md says how
// to read it. It starts real processes of the programs in build/, on loopback, in a folder that it removes:
//
//   - throughput: settlements of two hub legs and plain bank sends, taking turns on one chain of one validator, and
//     what the node's time goes into during settlements;
//   - start: how long `corridor localnet up` takes, and the memory of all its processes;
//   - swaps between the localnet's two simulated ledgers, one after the other and many at once, from the block of the last consent to that
//     of SETTLED, for each way of believing an order.
//
// It trusts the clock and that nothing else is busy: it says how loaded the machine was when it began. Work is
// bounded by its flags and by a time limit, after which it ends what it started and fails.
package main
