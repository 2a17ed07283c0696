package link

import (
	"fmt"
	"strings"

	"github.com/corridor-network/corridor/relayer/ibcpath"
)

// advice is what to do about a refusal whose words contain the text. Chains wrap their applications' errors in many codes, so
// the words are what there is to go by.
var advice = []struct{ text, say string }{
	{"could not retrieve module from port-id", "no application of the chain is bound to that port: check its name, or ask the chain's operators"},
	{"capability not found", "no application of the chain is bound to that port: check its name, or ask the chain's operators"},
	{"invalid port", "the application is bound to another port: check its name"},
	{"channel ordering", "the application wants the other order: link with the other --order"},
	{"expected UNORDERED", "the application wants the other order: link with the other --order"},
	{"ICS20 version", "the application speaks another version: name it with --version"},
	{"invalid version", "the application speaks another version: name it with --version"},
	{"port is already bound", "the application allows one channel a port: use the one that is there"},
	{"cannot close", "the application does not let its channels be closed"},
	{"status is Expired", "the client has expired: put another in its place (corridor relay client substitute)"},
	{"status is Frozen", "the client is frozen for misbehaviour: put another in its place (corridor relay client substitute)"},
	{"insufficient fee", "raise gas-price of the chain in the configuration"},
	{"insufficient funds", "fund the relayer's addresses on the chain (corridor relay keys list)"},
}

// explain says what was refused and what to do.
func explain(failed step, spec Spec, refusal *ibcpath.Refusal) error {
	what := strings.Join(failed.words(), ", ")
	if spec.wantsChannel() {
		what += " (port " + spec.Ports[failed.side] + ")"
	}
	for _, each := range advice {
		if strings.Contains(refusal.Log, each.text) {
			return fmt.Errorf("%s: %w; %s", what, refusal, each.say)
		}
	}
	return fmt.Errorf("%s: %w", what, refusal)
}
