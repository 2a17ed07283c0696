package module

import (
	autocli "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions describes the command line. What governance signs is submitted as a proposal, not from here.
func (AppModule) AutoCLIOptions() *autocli.ModuleOptions {
	arg := func(names ...string) (all []*autocli.PositionalArgDescriptor) {
		for _, name := range names {
			all = append(all, &autocli.PositionalArgDescriptor{ProtoField: name})
		}
		return all
	}
	payout := func() []*autocli.PositionalArgDescriptor { return arg("currency", "recipient", "amount_minor") }
	return &autocli.ModuleOptions{
		Query: &autocli.ServiceCommandDescriptor{
			Service: "corridor.token.v1.Query",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Issuer", Use: "issuer [currency]", Short: "Show a currency's issuer", PositionalArgs: arg("currency")},
				{RpcMethod: "Issuers", Use: "issuers", Short: "List all issuers"},
				{RpcMethod: "Hold", Use: "hold [entry-id]", Short: "Show an entry on the hub", PositionalArgs: arg("entry_id")},
				{RpcMethod: "Supply", Use: "supply [currency]", Short: "Show where a currency's tokens are", PositionalArgs: arg("currency")},
			},
		},
		Tx: &autocli.ServiceCommandDescriptor{
			Service: "corridor.token.v1.Msg",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Issue", Use: "issue [currency] [recipient] [amount-minor]", Short: "Issue tokens", PositionalArgs: payout()},
				{RpcMethod: "Burn", Use: "burn [currency] [amount-minor]", Short: "Burn own tokens", PositionalArgs: arg("currency", "amount_minor")},
				{
					RpcMethod: "ReleaseSuspense", Use: "release-suspense [currency] [recipient] [amount-minor]",
					Short: "Pay out of suspense", PositionalArgs: payout(),
				},
				{RpcMethod: "AdmitIssuer", Skip: true},
			},
		},
	}
}
