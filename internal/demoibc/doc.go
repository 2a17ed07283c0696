// Package demoibc tells how IBC packets are relayed, between our hub and ibc-go's stock chain, which knows nothing of us: real processes,
// the commands that a user types, and after each step a check that what was promised is so. Anything unexpected is an error.
//
//	1 the relayer's file is made and the chains are linked
//	2 a hundred transfers each way
//	3 a transfer that nobody carries in time is refunded
//	4 what came back: vouchers go home
//
// What it shows it asked the chains for. It leaves nothing behind when it ends well.
package demoibc
