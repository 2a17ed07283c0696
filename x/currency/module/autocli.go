package module

import (
	autocli "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions describes the command line. Quotes are made and signed by the corridor program, not from here, but
// anything that holds the provider's key can withdraw one; what governance signs is submitted as a proposal.
func (AppModule) AutoCLIOptions() *autocli.ModuleOptions {
	arg := func(names ...string) (all []*autocli.PositionalArgDescriptor) {
		for _, name := range names {
			all = append(all, &autocli.PositionalArgDescriptor{ProtoField: name})
		}
		return all
	}
	return &autocli.ModuleOptions{
		Query: &autocli.ServiceCommandDescriptor{
			Service: "corridor.currency.v1.Query",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Currency", Use: "currency [code]", Short: "Show a currency", PositionalArgs: arg("code")},
				{RpcMethod: "Currencies", Use: "currencies", Short: "List all currencies"},
				{RpcMethod: "Quote", Use: "quote [quote-id]", Short: "Show a quote", PositionalArgs: arg("quote_id")},
				{RpcMethod: "Quotes", Use: "quotes", Short: "List the quotes of a pair, or all"},
			},
		},
		Tx: &autocli.ServiceCommandDescriptor{
			Service: "corridor.currency.v1.Msg",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "RegisterCurrency", Skip: true},
				{RpcMethod: "PublishQuote", Skip: true},
				{
					RpcMethod: "WithdrawQuote", Use: "withdraw [quote-id]",
					Short: "End a quote; what was taken of it stays taken", PositionalArgs: arg("quote_id"),
				},
			},
		},
	}
}
