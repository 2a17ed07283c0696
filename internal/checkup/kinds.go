package checkup

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is one kind of finding. FILE and ID in Do stand for the file or settlement in question.
type Kind struct {
	Name     string
	Severity Severity
	Means    string
	Do       string
}

// Kinds are all that can be found.
var Kinds = slices.Concat(hubKinds, notaryKinds, ledgerKinds)

var hubKinds = []Kind{
	{"hub.well", OK, "the hub makes blocks", ""},
	{"hub.unreachable", Broken, "none of the hub's nodes that were asked answers", "start a node, or correct the addresses in the configuration (`corridor localnet up` for one on this machine)"},
	{"hub.still", Broken, "no block came while the nodes were watched", "more than a third of the voting power is away: ask the validators' operators, and look at their logs"},
	{"hub.split", Broken, "nodes show different blocks at one height: one of them lies, or the chain has forked", "stop paying; compare the hash with the hub's operators another way, and take the lying node out of every configuration"},
	{"node.unreachable", Attention, "one node does not answer; others do", "start it, or replace it in the configuration"},
	{"node.other-chain", Broken, "the node is on another chain", "correct the address or the chain id in the configuration"},
	{"node.catching-up", Attention, "the node still fetches old blocks", "wait until it has them; until then let others be asked first"},
	{"node.behind", Attention, "the node is blocks behind another", "look at its peers, disk and processor"},
	{"node.grpc", Attention, "the node's RPC answers and its gRPC address does not", "switch gRPC on in the node's app.toml, or correct the address"},
	{"clock.behind", Broken, "hub time is ahead of this machine's clock by more than a light client allows", "set this machine's clock by NTP; if it is right, the validators' clocks are not"},
	{"clock.ahead", Attention, "hub time is behind this machine's clock although blocks come", "set this machine's clock by NTP; if it is right, the validators' clocks are not"},
	{"question.unanswered", Attention, "a question got no answer, so something that may be wrong is not known", "ask again; if it stays so, look at the log of who was asked"},
}

var notaryKinds = []Kind{
	{"notary.well", OK, "the notary works", ""},
	{"notary.file", Broken, "the notary's file can't be used", "`corridor config validate FILE`"},
	{"notary.down", Broken, "the notary's process does not answer at its status address", "`corridor ledger run FILE`, and look at the end of its log"},
	{"notary.not-ready", Broken, "the notary runs and can't do its work", "look at its log; it goes on by itself when what it names is back"},
	{"notary.adapter-down", Broken, "the adapter plugin of the notary does not run", "look at the adapter's lines in the notary's log, and at its file FILE"},
	{"notary.no-belief", Broken, "the notary believes nothing of the hub any more", "find out why, then `corridor trust init --force` with a hash that the hub's operators confirm"},
	{"notary.believes-one-node", Attention, "verify: node: whoever runs that one node can make this notary act", "verify: light in FILE, with two nodes of different institutions"},
	{"notary.behind", Attention, "the notary has not read the newest blocks", "look at its nodes and its log"},
	{"notary.node-distrusted", Attention, "a node was found lying to the notary; others are asked instead", "ask its operator; take it out of hub.nodes in FILE if there is no good answer"},
	{"notary.node-failing", Attention, "a node of the notary fails or stays behind; others are asked before it", "start it, or replace it in hub.nodes of FILE"},
	{"notary.alarm", Broken, "hub and ledger contradict each other", "a person has to look: the lines with ALARM in the notary's log say which entry"},
	{"notary.waits", Attention, "instructions have waited long for this notary's word", "look at its log; `corridor explain` tells a settlement's whole story"},
	{"notary.ledger-unreachable", Attention, "calls of the notary did not reach the ledger, and instructions wait", "look whether the ledger's system is up, and at the address in the adapter's file FILE"},
	{"notary.unregistered", Broken, "the hub knows no such notary on that ledger", "correct notary and ledger in FILE, or have the notary registered by governance"},
	{"trust.unusable", Broken, "the trust file is missing, damaged or of another chain", "`corridor trust init --help`; the hash has to be confirmed by the hub's operators"},
	{"trust.short", Attention, "less than a quarter of the trusting period is left", "let the notary run: it renews the file with each header"},
	{"trust.over", Broken, "the believed header is older than the trusting period", "`corridor trust init --force`, with a hash that the hub's operators confirm"},
	{"key.missing", Broken, "the keyring does not hold the notary's key", "correct key.name and key.dir in FILE, or bring the key back from where it is kept safe"},
	{"key.other", Broken, "the key is not the one that the hub has for the notary: its words do not count", "use the right key, or have the new one registered by a change of members"},
	{"key.unprotected", Attention, "keyring backend test: the key lies readable on the disk", "a keyring of the system (os, file, pass) or a token"},
	{"key.unseen", OK, "the keyring asks for a passphrase and was not opened", "`corridor doctor --keys` opens it"},
	{"plugin.missing", Broken, "the adapter's file can't be read", "put the adapter where FILE says, or correct adapter.path"},
	{"plugin.changed", Broken, "the adapter's file is not the one whose sha256 is configured: it would not be started", "find out who changed it; if it is right, put its sha256 in FILE"},
	{"plugin.writable", Attention, "others than its owner can write the adapter's file or its folder", "chmod go-w"},
}

var ledgerKinds = []Kind{
	{"ledger.well", OK, "the ledger is open for settlements", ""},
	{"ledger.checks", OK, "the ledger checks every order against the hub's headers and the payer's consent", ""},
	{"ledger.unchecked", OK, "the ledger checks no order: any one notary with write access could break atomicity there", ""},
	{"ledger.change", OK, "a change of notaries waits for its time", ""},
	{"ledger.suspended", Broken, "no settlement with the ledger is committed", "clear up the reason, then lift the suspension by governance"},
	{"ledger.too-few", Broken, "fewer notaries are left than have to agree: nothing on the ledger is believed", "replace the suspended notaries by governance"},
	{"ledger.notary-suspended", Attention, "a notary was suspended and its words do not count", "look at the evidence with its operator, then replace it by governance"},
	{"ledger.stalled", Broken, "nothing can be sent to the ledger", "look at the channel and its light client: `corridor relay status`"},
	{"ledger.stuck", Attention, "instructions have been open for long", "look at the ledger's notaries: `corridor doctor --notary` with the file of each"},
	{"outcome.failing", Attention, "an outcome was counted and could not be applied; the hub tries again", "the reason says what is in the way; `corridor explain` tells the settlement's story"},
	{"settlement.overdue", Attention, "a settlement is open long after its prepare deadline", "`corridor explain ID`"},
	{"settlement.waiting", Attention, "all legs are held and the settlement can't be decided", "`corridor explain ID`"},
	{"settlement.defaulted", Broken, "a ledger broke its promise to post", "`corridor explain ID`; the ledger's operator owes the payment"},
	{"books.wrong", Broken, "the hub's own check of its settlements found a contradiction", "stop paying, keep the node's data, and tell the hub's operators"},
	{"books.well", OK, "the hub's own check of its settlements found nothing", ""},
}

func kindOf(name string) Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	panic("checkup: there is no kind " + name) // a programmer's mistake, which the table test finds
}

// Table is Kinds as a table for docs/doctor.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| finding | how bad | what it means | what to do |\n|---|---|---|---|\n")
	for _, k := range Kinds {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.Name, k.Severity, k.Means, k.Do)
	}
	return b.String()
}
