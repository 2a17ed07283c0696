// Package hubclient speaks to one hub node: queries over gRPC, transactions signed by a key in a keyring, and
// new blocks as they come.
//
// It trusts the node it is pointed at for everything ("verify: node": run your own). What breaks it: a node that lies. A
// node that is slow, restarts or drops a websocket only delays it: new blocks are also asked for on a timer.
package hubclient
