// Package link makes a path between two chains: a client of each on the other, a connection over them, a channel on it; and
// closes channels.
//
// What to do next is a pure function of what the two chains say (next.go), so it may be run again after a crash, goes on where
// it or somebody else stopped, and does nothing where all is done:
//
//	clients     one missing → create it, and where it is the second one open the connection in the same transaction
//	connection  none → init     INIT, – → try       INIT, TRYOPEN → ack       OPEN, TRYOPEN → confirm       OPEN, OPEN → the channel
//	channel     none → init     INIT, – → try       INIT, TRYOPEN → ack       OPEN, TRYOPEN → confirm       OPEN, OPEN → done
//
// Either chain may be the first of a pair. Two handshakes that cross each other are two candidates: the one that is further is
// finished, and of two alike the one with the lowest number on the first chain, so that two relayers choose the same. The
// other stays behind as it is; it harms nothing. Since the connection is open on a chain with its ack or confirm, the
// channel's init or try goes into the same transaction: seven transactions in all, one a block.
//
// It trusts no node: the chains check every step by their clients. What breaks it: a port that no application of the chain is bound
// to, a client that has expired, and an application that opens its channels itself (an interchain account's controller), whose
// init is waited for with words, not made.
package link
