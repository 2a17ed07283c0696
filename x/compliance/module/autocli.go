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
	return &autocli.ModuleOptions{
		Query: &autocli.ServiceCommandDescriptor{
			Service: "corridor.compliance.v1.Query",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Participant", Use: "participant [id]", Short: "Show a participant", PositionalArgs: arg("id")},
				{
					RpcMethod: "ParticipantByAddress", Use: "participant-by-address [address]",
					Short: "Show the participant with a hub address", PositionalArgs: arg("address"),
				},
				{
					RpcMethod: "Holder", Use: "holder [ledger] [account]",
					Short: "Show who holds an account on a ledger", PositionalArgs: arg("ledger", "account"),
				},
				{RpcMethod: "Participants", Use: "participants", Short: "List all participants"},
				{RpcMethod: "Params", Use: "params", Short: "Show the parameters"},
			},
		},
		Tx: &autocli.ServiceCommandDescriptor{
			Service: "corridor.compliance.v1.Msg",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Freeze", Use: "freeze [id] [reason]", Short: "Freeze a participant", PositionalArgs: arg("id", "reason")},
				{RpcMethod: "Unfreeze", Use: "unfreeze [id]", Short: "Unfreeze a participant", PositionalArgs: arg("id")},
				{RpcMethod: "Admit", Skip: true},
				{RpcMethod: "Update", Skip: true},
				{RpcMethod: "SetParams", Skip: true},
			},
		},
	}
}
