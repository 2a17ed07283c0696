// Package hublight reads the hub without believing any of its nodes.
//
// # Control flow
//
//	each node's block ──commit──► verified from the newest believed header ──same header at another node──► believed
//	                                      │ not signed by the hub's validators: that node lies
//	                                      └ signed, but another header at that height: the hub has forked, all stops
//	believed header h ──► State: values of state h-1 with ICS-23 proofs, from a node in good standing
//
// Headers are verified by CometBFT's rules for light clients (package light: trust level 1/3, trusting period), every one that
// is asked for from the newest believed. Each node is the others' witness: a header is believed at once when two nodes
// show it, and after a short patience when the others say nothing, for it is signed by the hub's validators all the
// same. Two different headers of one height that are both properly signed are a fork: nothing is read any more until a
// person has looked.
//
// # Nodes
//
// A node that lies is named in the log and in Health and is not asked again for a while; one that fails, or whose newest block is
// old, is asked after the others. What a node says without proof (Query) is for the caller to check; ErrLie tells Read that it lied.
//
// # The trust file
//
// It holds the newest believed header with its validators. It is replaced whole (a new file, fsync, rename), so a crash at any
// point leaves the old one or the new one; one that is a little old costs nothing, for newer headers are verified from it. The
// first one comes from a person, who compared height and hash with what the hub's operators publish (`corridor trust init`).
//
// It trusts the trust file, two thirds of the hub's validators, and this machine's clock within MaxClockDrift. What breaks
// it: not running for the trusting period, after which a person has to say again what to believe.
package hublight
