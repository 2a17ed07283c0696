// Package world is who lives in a localnet: institutions with their keys, two simulated ledgers with accounts and opening money, three
// notaries for each. It makes the hub's genesis of them and writes the files that the simulators, the notaries and `corridor` read.
//
// Every key and token is made anew for each localnet and lies in its folder, readable by its owner alone, in the keyring's test backend:
// that is for a localnet and nothing else. It starts no process; internal/localnet does.
package world
