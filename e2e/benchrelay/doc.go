// Command benchrelay measures relayers side by side on this machine and prints a table of ratios; `make bench-relay` runs it,
// docs/benchmarks.md says how to read it. It starts real processes on loopback, in a folder that it removes: two chains of ibc-go's
// stock simd with one validator each, and in turn our relayer (us) and cosmos/relayer (rly).
//
// The chains are made and linked once, fast; each run starts from a copy of them at its own block interval, so every run
// finds the same path and the same backlog. Two loads:
//
//   - preloaded: N transfers are committed on the first chain before the relayer starts; counted from its start;
//   - live: N transfers are submitted at once when the relayer is ready, which is when it has relayed a packet from end to end;
//     counted from the first one committed.
//
// A backlog's transactions hold one transfer each, every one another user's. That is kind to rly, which searches for the
// transaction of each packet anew, and gets all of it (--per-tx).
//
// Both are counted to the last acknowledgement committed. Before the live load a few single packets measure how many blocks one
// takes. The ceiling is what the chains can do at all: as many sends, receipts and acknowledgements, of different packets, made
// beforehand and executed at the same time.
//
// It trusts the clock and that nothing else is busy: it says how loaded the machine was when it began. Work is bounded by its
// flags and by a time limit, after which it ends what it started and fails.
package main
