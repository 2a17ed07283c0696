package app

import (
	compliancekeeper "github.com/corridor-network/corridor/x/compliance/keeper"

	"github.com/corridor-network/corridor/x/compliance"
)

// CorridorKeepers are those of Corridor's own modules.
type CorridorKeepers struct {
	Compliance compliancekeeper.Keeper
}

// newCorridorKeepers needs the SDK's keepers, and hangs compliance into the bank.
func newCorridorKeepers(in keeperInput, k Keepers) CorridorKeepers {
	var (
		own       CorridorKeepers
		cdc       = in.encoding.Codec
		addresses = k.Account.AddressCodec()
	)
	own.Compliance = compliancekeeper.New(cdc, in.service(compliance.StoreKey), addresses, Authority(), k.Account)
	k.Bank.AppendSendRestriction(own.Compliance.SendRestriction)
	return own
}
