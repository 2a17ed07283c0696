// Command soakrelay kills our relayer again and again while packets go both ways between two chains, and then looks into every block
// whether each packet ended exactly once, in an acknowledgement or a timeout; `make soak-relay` runs it for ten minutes,
// --for 1m is the short form.
//
// The chains are ibc-go's stock simd, real processes on loopback in a folder that is removed. The relayer is killed by SIGKILL after a
// random time and started again after another; some packets have so short a timeout that a killed relayer misses them. In the end
// it runs undisturbed until nothing is pending. The times follow from --seed, so that a run that failed can be made again,
// as far as the machine does the same.
package main
