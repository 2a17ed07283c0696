package bridge

import (
	"encoding/binary"

	"cosmossdk.io/collections"
)

const (
	// ModuleName names the module, its error registry and its routes.
	ModuleName = "bridge"
	// StoreKey names the store that ICS-23 proofs of records are asked of.
	StoreKey = ModuleName
)

// Prefixes of everything stored. A number is never used again.
var (
	LedgersPrefix = collections.NewPrefix(1)
	// RecordsPrefix is the provable part: see RecordKey.
	RecordsPrefix          = collections.NewPrefix(2)
	HeadsPrefix            = collections.NewPrefix(3)
	TrackingsPrefix        = collections.NewPrefix(4)
	UnappliedPrefix        = collections.NewPrefix(5) // index of trackings
	DuePrefix              = collections.NewPrefix(6) // index of trackings
	FreshPrefix            = collections.NewPrefix(7) // index of trackings
	VotesPrefix            = collections.NewPrefix(8)
	SuspensionsPrefix      = collections.NewPrefix(9)
	PendingPrefix          = collections.NewPrefix(10)
	PendingEffectivePrefix = collections.NewPrefix(11) // index of pending changes
	RecountsPrefix         = collections.NewPrefix(12)
	DispatchesPrefix       = collections.NewPrefix(13)
	WaitingPrefix          = collections.NewPrefix(14) // index of dispatches
	OpenPacketsPrefix      = collections.NewPrefix(15)
	StallsPrefix           = collections.NewPrefix(16)
	PeersPrefix            = collections.NewPrefix(17)
	QuotedHoldsPrefix      = collections.NewPrefix(18)
	QuoteUsesPrefix        = collections.NewPrefix(19) // sums of quoted holds
)

// RecordKey is the store key of record n of a ledger's outbox, for an ICS-23 proof of it:
// 0x02 ‖ ledger ‖ 0x00 ‖ n as eight bytes, big endian.
//
// CONTRACT: ledgers that check orders rely on it; it never changes.
func RecordKey(ledger string, n uint64) []byte {
	key := append([]byte{RecordsPrefix.Bytes()[0]}, ledger...)
	key = append(key, 0)
	return binary.BigEndian.AppendUint64(key, n)
}
