package bridge

import "time"

// Limits of every list, queue and text of this module.
const (
	MaxLedgers     = 256
	MaxNotaries    = 32
	MaxIDBytes     = 64
	MaxReasonBytes = 256
	MaxPageSize    = 200
	// MaxWorkLookedAt bounds how many instructions one Work query looks at.
	MaxWorkLookedAt = 1000
	// MaxVotesShown bounds the votes of one Instruction query.
	MaxVotesShown = 256
	// MaxErrorBytes bounds an error's text in an event.
	MaxErrorBytes = 512

	// MaxLocalDispatches bounds what a message, or a step of the end of block, executes on the hub itself: four settlements of the largest size, held and posted.
	MaxLocalDispatches = 128
	// MaxChangesPerBlock, MaxRecountsPerBlock and MaxRetriesPerBlock bound the end of a block.
	MaxChangesPerBlock  = 8
	MaxRecountsPerBlock = 256
	MaxRetriesPerBlock  = 64
	// MaxDispatchesPerBlock and MaxDispatchBytesPerBlock bound the packets of one block's end.
	MaxDispatchesPerBlock    = 256
	MaxDispatchBytesPerBlock = 1 << 20
	// MaxStalledLooks bounds how many dispatches of a ledger to which nothing can be sent are looked at.
	MaxStalledLooks = 32
	MaxPeers        = 64
	// MaxBackoffBlocks is the longest wait between two attempts.
	MaxBackoffBlocks = 256

	// MaxLongestPrepare bounds how long a settlement may prepare, and so how long a change of notaries waits.
	MaxLongestPrepare = 30 * 24 * time.Hour
)
