package app

import (
	"github.com/corridor-network/corridor/x/bridge"
	bridgekeeper "github.com/corridor-network/corridor/x/bridge/keeper"
	"github.com/corridor-network/corridor/x/compliance"
	compliancekeeper "github.com/corridor-network/corridor/x/compliance/keeper"
	"github.com/corridor-network/corridor/x/currency"
	currencykeeper "github.com/corridor-network/corridor/x/currency/keeper"
	"github.com/corridor-network/corridor/x/settlement"
	settlementkeeper "github.com/corridor-network/corridor/x/settlement/keeper"
	"github.com/corridor-network/corridor/x/token"
	tokenkeeper "github.com/corridor-network/corridor/x/token/keeper"
)

// CorridorKeepers are those of Corridor's own modules.
type CorridorKeepers struct {
	Bridge     *bridgekeeper.Keeper
	Compliance compliancekeeper.Keeper
	Currency   currencykeeper.Keeper
	Token      tokenkeeper.Keeper
	Settlement settlementkeeper.Keeper
}

// newCorridorKeepers needs the SDK's keepers, and hangs compliance into the bank and settlement and token into the
// bridge: the only places where knowledge flows to the left.
func newCorridorKeepers(in keeperInput, k Keepers) CorridorKeepers {
	var (
		own       CorridorKeepers
		cdc       = in.encoding.Codec
		addresses = k.Account.AddressCodec()
	)
	own.Bridge = bridgekeeper.New(cdc, in.service(bridge.StoreKey), addresses, Authority())
	own.Compliance = compliancekeeper.New(cdc, in.service(compliance.StoreKey), addresses, Authority(), k.Account)
	own.Currency = currencykeeper.New(cdc, in.service(currency.StoreKey), addresses, Authority(), own.Compliance)
	own.Token = tokenkeeper.New(cdc, in.service(token.StoreKey), addresses, Authority(), tokenkeeper.Neighbours{
		Accounts: k.Account, Bank: k.Bank, Participants: own.Compliance, Currencies: own.Currency,
	})
	own.Settlement = settlementkeeper.New(cdc, in.service(settlement.StoreKey), settlementkeeper.Neighbours{
		Bridge: own.Bridge, Compliance: own.Compliance, Currency: own.Currency,
	})
	k.Bank.AppendSendRestriction(own.Compliance.SendRestriction)
	own.Bridge.RegisterLocalLedger(own.Token)
	own.Bridge.RegisterPeerLedger(own.Token)
	own.Bridge.RegisterHandler(settlement.ModuleName, own.Settlement)
	own.Bridge.RegisterOrders(settlement.ModuleName, own.Settlement)
	return own
}
