package module

import (
	autocli "cosmossdk.io/api/cosmos/autocli/v1"
)

// AutoCLIOptions describes the command line. Proposing and consenting need bytes that the corridor program makes, so
// they are there for scripts alone.
func (AppModule) AutoCLIOptions() *autocli.ModuleOptions {
	arg := func(names ...string) (all []*autocli.PositionalArgDescriptor) {
		for _, name := range names {
			all = append(all, &autocli.PositionalArgDescriptor{ProtoField: name})
		}
		return all
	}
	return &autocli.ModuleOptions{
		Query: &autocli.ServiceCommandDescriptor{
			Service: "corridor.settlement.v1.Query",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Settlement", Use: "settlement [id]", Short: "Show a settlement", PositionalArgs: arg("settlement_id")},
				{
					RpcMethod: "SettlementByReference", Use: "by-reference [proposer] [reference]",
					Short: "Show the settlement that a proposer gave a reference", PositionalArgs: arg("proposer", "reference"),
				},
				{RpcMethod: "Settlements", Use: "settlements", Short: "List settlements, of one proposer or of all"},
				{
					RpcMethod: "Order", Use: "order [id] [leg]",
					Short: "Show what a leg's HOLD instruction comes with", PositionalArgs: arg("settlement_id", "leg"),
				},
				{RpcMethod: "Check", Use: "check", Short: "Evaluate the invariants over a page of settlements"},
			},
		},
		Tx: &autocli.ServiceCommandDescriptor{
			Service: "corridor.settlement.v1.Msg",
			RpcCommandOptions: []*autocli.RpcCommandOptions{
				{RpcMethod: "Propose", Use: "propose [body]", Short: "Propose a settlement by its canonical bytes", PositionalArgs: arg("body")},
				{RpcMethod: "Consent", Use: "consent [id]", Short: "Give payers' detached signatures", PositionalArgs: arg("settlement_id")},
				{RpcMethod: "Withdraw", Use: "withdraw [id]", Short: "Agree as a payer to abort", PositionalArgs: arg("settlement_id")},
				{RpcMethod: "Veto", Use: "veto [id] [reason]", Short: "Abort as a supervisor", PositionalArgs: arg("settlement_id", "reason")},
				{RpcMethod: "Advance", Use: "advance [id]", Short: "Evaluate guards and due times again", PositionalArgs: arg("settlement_id")},
			},
		},
	}
}
