// Package keeper stores settlements and carries out what their rules want done.
//
// Control flow: a message, an outcome from the bridge or a timer calls step, which loads the settlement into a
// settlement.Run, lets it work, gathers the facts of the moment if there is a decision to take, and saves: quote
// size, instructions in the bridge's outbox, the due time, the settlement, then its events. At the end of a message
// the bridge executes the instructions for the hub itself, which calls HandleOutcome and so step again.
//
// It trusts its neighbours, through the small interfaces of expected_keepers.go. What would break it: a save that is
// not all or nothing (every caller runs in a message's or a CacheContext's store), and a settlement that is changed
// without its due time.
package keeper
