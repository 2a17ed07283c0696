package settlement

import (
	"time"

	"cosmossdk.io/collections"
)

// ModuleName names the module, and is its owner name at the bridge.
const ModuleName = "settlement"

// StoreKey is the module's store.
const StoreKey = ModuleName

// Every prefix of the module's store. Numbers are never reused.
var (
	SettlementsPrefix = collections.NewPrefix(0) // settlement id → Settlement
	NumberPrefix      = collections.NewPrefix(1) // how many settlements there are
	ProposerPrefix    = collections.NewPrefix(2) // proposer, number → settlement id
	OpenPrefix        = collections.NewPrefix(3) // proposer, number → settlement id, open ones only
	LedgerPrefix      = collections.NewPrefix(4) // ledger, settlement id, open ones only
	DuePrefix         = collections.NewPrefix(5) // settlement id → DueItem
	DueTimePrefix     = collections.NewPrefix(6) // time, settlement id
)

// Limits of what one block, message, page or settlement may take.
const (
	// MaxDuePerBlock bounds the settlements that one end of block looks at.
	MaxDuePerBlock = 100
	// MaxResumed bounds the settlements that a resumed ledger makes due at once; the others come by GuardRecheck.
	MaxResumed = 200
	// MaxPage bounds one page of a list, MaxCheckPage one page of the Check query.
	MaxPage      = 100
	MaxCheckPage = 500
	// MaxSteps bounds a timeline. A leg has at most nine steps and a settlement four, so no step is ever left out.
	MaxSteps = 160
	// MaxReasonBytes bounds a reason that is kept, MaxVetoReasonBytes one that a supervisor gives.
	MaxReasonBytes     = 512
	MaxVetoReasonBytes = 256
	// MaxBodyBytes bounds the body of a proposal.
	MaxBodyBytes = 16 << 10
)

// Times, all in hub block time.
const (
	// DefaultGrace is how long after COMMIT a ledger may take to post before an alarm is raised.
	DefaultGrace = 15 * time.Minute
	// GuardRecheck is how soon a settlement that is held but may not be decided yet is looked at again.
	GuardRecheck = 5 * time.Second
	// QuarantineBase doubles with every failed attempt at a due settlement, up to QuarantineMost.
	QuarantineBase = 2 * time.Second
	QuarantineMost = time.Hour
)

// QuarantineDelay is how long a due settlement waits after that many failed attempts.
func QuarantineDelay(attempts uint32) time.Duration {
	delay := QuarantineBase
	for range attempts {
		if delay *= 2; delay >= QuarantineMost {
			return QuarantineMost
		}
	}
	return delay
}
