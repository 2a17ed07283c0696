package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// step is what happens in one block of a busy run, on whatever chain the run is by then.
type step struct {
	name string
	do   func(*testing.T, *apptest.Chain)
}

// run is a busy one: swaps in every state at once, on two ledgers and the hub.
type run struct {
	quotes [2]order.Quote // of the ledgers, and of the hub
	bodies map[string]order.Body
}

func newRun(chain *apptest.Chain) *run {
	a, fxp, b := apptest.Address("bank-a").String(), apptest.Address("fxp").String(), apptest.Address("bank-b").String()
	r := &run{bodies: map[string]order.Body{}}
	var onLedgers, onHub order.Body
	r.quotes[0], onLedgers = quoted(chain, [2]string{"cny", "usd"}, [4]string{"wallet-a", "wallet-fxp", "acct-fxp", "acct-b"})
	r.quotes[1], onHub = quoted(chain, [2]string{bridge.HubLedger, bridge.HubLedger}, [4]string{a, fxp, fxp, b})
	r.quotes[1].Reference = "q-hub"
	id := r.quotes[1].ID()
	onHub.Legs[1].QuoteID = id[:]
	mixed := onHub
	mixed.Legs = []order.Leg{onHub.Legs[0], onLedgers.Legs[0]}
	mixed.Legs[0].AmountMinor = 1_000
	for name, body := range map[string]order.Body{
		"settles": onLedgers, "refused": onLedgers, "forgotten": onLedgers, "at once": onHub, "late": mixed,
	} {
		body.Reference = name
		r.bodies[name] = body
	}
	return r
}

func (r *run) propose(name string, consents ...int) step {
	return step{"propose " + name, func(_ *testing.T, chain *apptest.Chain) {
		body := r.bodies[name]
		msg := &settlement.MsgPropose{Proposer: body.Proposer, Body: body.Encode()}
		for _, leg := range consents {
			msg.Consents = append(msg.Consents, apptest.SignConsent(body, leg))
		}
		chain.MustRunTx("bank-a", msg)
	}}
}

// says is two steps: two of a ledger's notaries say a word, each in a block of its own, so that a vote is open between them.
func says(ledger string, number uint64, outcome order.Outcome) (both []step) {
	for _, notary := range []string{ledger + "-1", ledger + "-3"} {
		both = append(both, step{fmt.Sprintf("%s: %d %s", notary, number, outcome), func(t *testing.T, chain *apptest.Chain) {
			_, err := chain.Attest(ledger, notary, number, outcome)
			require.NoError(t, err)
		}})
	}
	return both
}

func (r *run) steps(deadline time.Time) []step {
	publish := func(q order.Quote) step {
		return step{"quote", func(_ *testing.T, chain *apptest.Chain) { chain.MustRunTx("fxp", apptest.SignQuote(q)) }}
	}
	issue := step{"issue", func(_ *testing.T, chain *apptest.Chain) {
		issuer := apptest.Address("issuer").String()
		chain.MustRunTx("issuer",
			&token.MsgIssue{Issuer: issuer, Currency: "CNY", Recipient: apptest.Address("bank-a").String(), AmountMinor: 100_000},
			&token.MsgIssue{Issuer: issuer, Currency: "USD", Recipient: apptest.Address("fxp").String(), AmountMinor: 50_000})
	}}
	all := []step{publish(r.quotes[0]), publish(r.quotes[1]), issue, r.propose("settles", 0), r.propose("refused", 0), r.propose("forgotten")}
	all = append(all, says("cny", 1, order.Held)...)
	all = append(all, says("cny", 2, order.Refused)...) // usd 3 is the VOID
	all = append(all, r.propose("late", 0, 1))          // cny 3; the hub holds at once
	all = append(all, says("usd", 1, order.Held)...)    // COMMITTED: cny 4, usd 4
	all = append(all, r.propose("at once", 0))
	all = append(all, says("cny", 4, order.Posted)...)
	all = append(all, step{"every deadline passes", func(_ *testing.T, chain *apptest.Chain) { chain.AdvanceTo(deadline) }}) // cny 5 is a VOID
	all = append(all, says("usd", 3, order.Voided)...)
	all = append(all, says("usd", 4, order.Posted)...)
	return append(all, says("cny", 5, order.Voided)...)
}

// firstProposal is how many steps it takes until something is proposed: before that, nothing is bound to the chain's id.
const firstProposal = 4

// ends are how all settlements stand.
func (r *run) ends(t *testing.T, chain *apptest.Chain) map[string]string {
	t.Helper()
	states := map[string]string{}
	for name, body := range r.bodies {
		response, err := settlement.NewQueryClient(chain.Conn()).Settlement(context.Background(),
			&settlement.QuerySettlementRequest{SettlementId: body.ID().String()})
		require.NoError(t, err, name)
		s := response.Settlement.Settlement
		states[name] = s.State.Word()
		for _, leg := range s.Legs {
			states[name] += " " + leg.State.Word()
		}
	}
	return states
}

func (r *run) open(t *testing.T, chain *apptest.Chain) int {
	t.Helper()
	response, err := settlement.NewQueryClient(chain.Conn()).Settlements(context.Background(), &settlement.QuerySettlementsRequest{OpenOnly: true})
	require.NoError(t, err)
	return len(response.Settlements)
}

// The state of every height of a busy run is exported and imported: the invariants hold, and the rest of the run ends as it did. Another
// chain refuses it once an instruction was given, as what was signed about it names the chain.
func TestABusyRunGoesOnFromAnyHeight(t *testing.T) {
	chain := apptest.New(t, swapGenesis())
	r := newRun(chain)
	steps := r.steps(chain.Now().Add(31 * time.Minute))
	want := map[string]string{
		"settles": "SETTLED POSTED POSTED", "refused": "UNWOUND REFUSED VOIDED", "forgotten": "UNWOUND PLANNED PLANNED",
		"at once": "SETTLED POSTED POSTED", "late": "UNWOUND VOIDED VOIDED",
	}
	for at := 0; at <= len(steps); at++ {
		height := chain.Height()
		t.Run(fmt.Sprintf("height %d", height), func(t *testing.T) {
			state := chain.Export()
			_, err := chain.Resume(state, "corridor-test-2", chain.Now().Add(time.Second))
			if at < firstProposal {
				require.NoError(t, err, "nothing in it belongs to a chain")
			} else {
				require.ErrorContains(t, err, "keep the chain id")
			}
			resumed, err := chain.Resume(state, chain.ID(), chain.Now().Add(time.Second))
			require.NoError(t, err)
			require.Equal(t, height+1, resumed.Height())
			sound(t, resumed, resumed.Context())
			for _, s := range steps[at:] {
				s.do(t, resumed)
			}
			require.Equal(t, want, r.ends(t, resumed))
			require.Zero(t, r.open(t, resumed))
			sound(t, resumed, resumed.Context())
		})
		if at < len(steps) {
			steps[at].do(t, chain)
			require.Equal(t, height+1, chain.Height(), "%s is not one block", steps[at].name)
		}
	}
}
