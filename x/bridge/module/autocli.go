package module

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions describes the commands. Attestations are made by the relayer, and governance's messages are
// submitted as proposals, so neither has a command of its own here.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	arg := func(fields ...string) []*autocliv1.PositionalArgDescriptor {
		var args []*autocliv1.PositionalArgDescriptor
		for _, f := range fields {
			args = append(args, &autocliv1.PositionalArgDescriptor{ProtoField: f})
		}
		return args
	}
	skip := func(method string) *autocliv1.RpcCommandOptions {
		return &autocliv1.RpcCommandOptions{RpcMethod: method, Skip: true}
	}
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: "corridor.bridge.v1.Query",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{RpcMethod: "Ledger", Use: "ledger [id]", Short: "Show a ledger, its notaries and the change that waits", PositionalArgs: arg("id")},
				{RpcMethod: "Ledgers", Use: "ledgers", Short: "List the ledgers"},
				{RpcMethod: "Head", Use: "head [ledger]", Short: "Show the newest record of a ledger's outbox", PositionalArgs: arg("ledger")},
				{RpcMethod: "Instruction", Use: "instruction [ledger] [number]", Short: "Show an instruction, its progress, and its votes or its packet", PositionalArgs: arg("ledger", "number")},
				{RpcMethod: "Records", Use: "records [ledger]", Short: "List records of a ledger's outbox, by number", PositionalArgs: arg("ledger")},
				{RpcMethod: "Work", Use: "work [ledger]", Short: "List what a ledger, or one notary of it, has still to do", PositionalArgs: arg("ledger")},
				{RpcMethod: "Suspensions", Use: "suspensions [ledger]", Short: "List the suspended notaries of a ledger, with the evidence", PositionalArgs: arg("ledger")},
				{RpcMethod: "Failing", Use: "failing", Short: "List the outcomes that could not be applied yet"},
				{RpcMethod: "Peers", Use: "peers", Short: "List the hubs whose instructions this chain's own ledger carries out"},
			},
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service: "corridor.bridge.v1.Msg",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{RpcMethod: "RetryOutcome", Use: "retry-outcome [ledger] [number]", Short: "Apply an outcome again whose application failed", PositionalArgs: arg("ledger", "number")},
				{RpcMethod: "SendAgain", Use: "send-again [ledger] [number]", Short: "Send a POST or VOID again whose packet came to nothing", PositionalArgs: arg("ledger", "number")},
				skip("Attest"), skip("RegisterLedger"), skip("SetNotaries"), skip("SuspendNotary"), skip("SuspendLedger"), skip("ResumeLedger"),
				skip("SetChannel"), skip("SetPeer"), skip("RemovePeer"),
			},
		},
	}
}
