// Command corridord is the hub's daemon: a node of the chain, and its command line for keys, transactions and
// queries, with the usual Cosmos verbs.
package main
