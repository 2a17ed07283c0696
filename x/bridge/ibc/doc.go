// Package ibc is the leg app: it carries a hub's HOLD, POST and VOID to another chain in IBC packets, and takes in those of
// peers. It alone of the bridge knows ibc-go; what is stored and decided is the bridge keeper's. README.md is the
// specification.
//
// It trusts core IBC, and through it the other chain's light client, for what arrived and what never can.
//
// What breaks it: a callback that returns an error where an outcome was due, a channel that is closed or upgraded under
// open instructions (both are refused), and a port that another module takes.
package ibc
