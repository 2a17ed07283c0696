package keeper_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// TestScenarios runs testdata/*.txt, each on a hub of its own. After every command the invariants are checked and what
// has changed is shown. Run with -rewrite to accept what is shown. The commands:
//
//	quote NAME pay=LEDGER receive=LEDGER size=N expiry=DURATION     CNY at 7 to 1 USD, by fxp
//	withdraw-quote NAME
//	swap REF pay=LEDGER receive=LEDGER cny=N quote=NAME deadline=DURATION [consent]
//	propose REF deadline=DURATION [by=NAME] [consent=(LEG,…)]       legs as lines: LEDGER PAYER PAYEE AMOUNT CURRENCY
//	again REF [consent=(LEG,…)]                                     the same body once more
//	consent REF leg=N [by=NAME] [forged]
//	attest REF leg=N KIND=OUTCOME [notaries=(N,…)] [reason=(…)]     notaries 1 and 2 unless said otherwise
//	withdraw REF by=NAME · veto REF by=NAME reason=(…) · advance REF by=NAME
//	freeze NAME · unfreeze NAME                                     by watch
//	suspend LEDGER · resume LEDGER                                  by governance, which takes a minute
//	wait DURATION                                                   one block, so much later
//	restart                                                         export, and import into another chain of the same id
//	left QUOTE · balances NAME… · timeline REF
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "../testdata", func(t *testing.T, path string) {
		w := newWorld(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			w.t = t
			out, err := w.run(d)
			if err != nil {
				out += "error: " + w.readable(err.Error()) + "\n"
			}
			w.check()
			if out += w.news(); out == "" {
				return "ok\n"
			}
			return out
		})
	})
}

// run executes one command.
func (w *world) run(d *datadriven.TestData) (string, error) {
	switch d.Cmd {
	case "left":
		return fmt.Sprintf("%d\n", w.left(d.CmdArgs[0].Key)), nil
	case "balances":
		return w.balances(d), nil
	case "timeline":
		return w.timeline(d.CmdArgs[0].Key), nil
	case "wait":
		w.chain.NextBlock(duration(w.t, d.CmdArgs[0].Key))
		return "", nil
	case "restart":
		resumed, err := w.chain.Restart(time.Second)
		if err == nil {
			w.chain = resumed
		}
		return "", err
	case "suspend":
		return "", w.chain.Govern(&bridge.MsgSuspendLedger{Authority: app.Authority(), Ledger: d.CmdArgs[0].Key, Reason: "audit"})
	case "resume":
		return "", w.chain.Govern(&bridge.MsgResumeLedger{Authority: app.Authority(), Ledger: d.CmdArgs[0].Key})
	case "quote":
		return "", w.quote(d.CmdArgs[0].Key, arg(d, "pay"), arg(d, "receive"), amount(w.t, arg(d, "size")), duration(w.t, arg(d, "expiry")))
	case "swap", "propose", "again":
		return w.runProposal(d)
	case "attest":
		return "", w.runAttest(d)
	}
	signer, msg := w.message(d)
	_, err := w.chain.RunTx(signer, msg)
	return "", err
}

// message makes the message of a command that is one.
func (w *world) message(d *datadriven.TestData) (signer string, msg sdk.Msg) {
	name := d.CmdArgs[0].Key
	h := w.bodies[name].ID()
	signer = arg(d, "by")
	address := apptest.Address(signer).String()
	reason := strings.Join(list(d, "reason"), ", ")
	switch d.Cmd {
	case "withdraw":
		return signer, &settlement.MsgWithdraw{Sender: address, SettlementId: h[:]}
	case "veto":
		return signer, &settlement.MsgVeto{Supervisor: address, SettlementId: h[:], Reason: reason}
	case "advance":
		return signer, &settlement.MsgAdvance{Sender: address, SettlementId: h[:]}
	case "consent":
		return w.consentMessage(d)
	case "withdraw-quote":
		h = w.quotes[name].ID()
		return "fxp", &currency.MsgWithdrawQuote{Provider: apptest.Address("fxp").String(), QuoteId: h[:]}
	case "freeze":
		return "watch", &compliance.MsgFreeze{Sender: apptest.Address("watch").String(), Id: name, Reason: "court order"}
	case "unfreeze":
		return "watch", &compliance.MsgUnfreeze{Sender: apptest.Address("watch").String(), Id: name}
	}
	d.Fatalf(w.t, "no such command: %s", d.Cmd)
	return "", nil
}

func (w *world) consentMessage(d *datadriven.TestData) (string, sdk.Msg) {
	body := w.bodies[d.CmdArgs[0].Key]
	leg := int(amount(w.t, arg(d, "leg")))
	signer := arg(d, "by")
	if signer == "" {
		signer = "bank-a"
	}
	h := body.ID()
	msg := &settlement.MsgConsent{Sender: apptest.Address(signer).String(), SettlementId: h[:]}
	if leg < len(body.Legs) {
		msg.Consents = []settlement.LegConsent{apptest.SignConsent(body, leg)}
	} else {
		msg.Consents = []settlement.LegConsent{{Leg: uint32(leg), Signature: make([]byte, 64)}}
	}
	if d.HasArg("forged") {
		msg.Consents[0].Signature[0] ^= 1
	}
	return signer, msg
}

func (w *world) runProposal(d *datadriven.TestData) (string, error) {
	reference := d.CmdArgs[0].Key
	var body order.Body
	switch d.Cmd {
	case "again":
		body = w.bodies[reference]
	case "swap":
		body = w.body(reference, duration(w.t, arg(d, "deadline")),
			w.swapLegs(arg(d, "pay"), arg(d, "receive"), arg(d, "quote"), amount(w.t, arg(d, "cny")))...)
	case "propose":
		body = w.body(reference, duration(w.t, arg(d, "deadline")), w.legs(d.Input)...)
	}
	signer := "bank-a"
	if by := arg(d, "by"); by != "" {
		signer, body.Proposer = by, apptest.Address(by).String()
	}
	msg := &settlement.MsgPropose{Proposer: body.Proposer, Body: body.Encode()}
	for _, leg := range list(d, "consent") {
		msg.Consents = append(msg.Consents, apptest.SignConsent(body, int(amount(w.t, leg))))
	}
	result, err := w.chain.RunTx(signer, msg)
	if err != nil {
		return "", err
	}
	w.remember(body)
	var response settlement.MsgProposeResponse
	w.chain.Response(result, 0, &response)
	if response.Existed {
		return "existed, " + response.State.Word() + "\n", nil
	}
	return "", nil
}

// legs reads lines of the form LEDGER PAYER PAYEE AMOUNT CURRENCY; on the hub, accounts are participants.
func (w *world) legs(input string) (legs []order.Leg) {
	for _, line := range strings.Split(strings.TrimSpace(input), "\n") {
		f := strings.Fields(line)
		require.Len(w.t, f, 5, "a leg is LEDGER PAYER PAYEE AMOUNT CURRENCY: %q", line)
		leg := order.Leg{Ledger: f[0], Payer: f[1], Payee: f[2], AmountMinor: amount(w.t, f[3]), Currency: f[4], PaidBy: order.NoLeg}
		if leg.Ledger == bridge.HubLedger {
			leg.Payer, leg.Payee = apptest.Address(leg.Payer).String(), apptest.Address(leg.Payee).String()
		}
		legs = append(legs, leg)
	}
	return legs
}

func (w *world) runAttest(d *datadriven.TestData) error {
	outcomes := map[string]order.Outcome{
		"HELD": order.Held, "REFUSED": order.Refused, "POSTED": order.Posted, "SUSPENSE": order.Suspense, "VOIDED": order.Voided,
	}
	notaries := []int{1, 2}
	if d.HasArg("notaries") {
		notaries = nil
		for _, n := range list(d, "notaries") {
			notaries = append(notaries, int(amount(w.t, n)))
		}
	}
	body, leg := w.bodies[d.CmdArgs[0].Key], int(amount(w.t, arg(d, "leg")))
	for name, kind := range map[string]order.Kind{"HOLD": order.Hold, "POST": order.Post, "VOID": order.Void} {
		if d.HasArg(name) {
			return w.attest(body, word{leg, kind, outcomes[arg(d, name)], strings.Join(list(d, "reason"), ", ")}, notaries...)
		}
	}
	d.Fatalf(w.t, "say HOLD=, POST= or VOID=")
	return nil
}

func (w *world) balances(d *datadriven.TestData) string {
	var out strings.Builder
	for _, a := range d.CmdArgs {
		fmt.Fprintf(&out, "%s has %d CNY, %d USD on the hub\n", a.Key, w.balance(a.Key, "CNY"), w.balance(a.Key, "USD"))
	}
	for _, code := range []string{"CNY", "USD"} {
		supply, err := app.KeepersOf(w.chain.App).Token.Supply(w.chain.Context(), code)
		require.NoError(w.t, err)
		fmt.Fprintf(&out, "%s: %s = %s available + %s held + %s suspense\n", token.Denom(code),
			supply.SupplyMinor, supply.AvailableMinor, supply.HeldMinor, supply.SuspenseMinor)
	}
	return out.String()
}

func (w *world) timeline(reference string) string {
	var out strings.Builder
	for _, s := range w.settlement(reference).Settlement.Timeline {
		fmt.Fprintf(&out, "block %d: %s", s.Height, s.Name)
		if s.Leg > 0 {
			fmt.Fprintf(&out, " leg %d", s.Leg-1)
		}
		if s.Reason != "" {
			fmt.Fprintf(&out, ": %s", s.Reason)
		}
		out.WriteString("\n")
	}
	return w.readable(out.String())
}

// arg is the value of KEY=value, or empty.
func arg(d *datadriven.TestData, key string) string {
	if a, ok := d.Arg(key); ok && len(a.Vals) == 1 {
		return a.Vals[0]
	}
	return ""
}

// list is the values of KEY=(value, …).
func list(d *datadriven.TestData, key string) []string {
	a, _ := d.Arg(key)
	return a.Vals
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	require.NoError(t, err)
	return d
}

func amount(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	require.NoError(t, err)
	return n
}
