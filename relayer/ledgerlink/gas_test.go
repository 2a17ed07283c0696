package ledgerlink

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/token"
)

// The word that completes a count decides the settlement, and the hub's own legs are posted or given back in the same
// transaction.
func TestAnAttestationHasGasForAllThatItDecides(t *testing.T) {
	a, b := apptest.Address("bank-a").String(), apptest.Address("bank-b").String()
	for _, row := range []struct {
		name    string
		leg     func(i int) order.Leg
		outcome order.Outcome
	}{
		{"the largest on one ledger, committed", nil, order.Held},
		{"the largest on one ledger, aborted", nil, order.Refused},
		{"the largest with the hub, committed", func(int) order.Leg {
			return order.Leg{Ledger: bridge.HubLedger, Payer: a, Payee: b, Currency: "USD", AmountMinor: 1, PaidBy: order.NoLeg}
		}, order.Held},
		{"the largest with the hub, aborted", func(int) order.Leg {
			return order.Leg{Ledger: bridge.HubLedger, Payer: a, Payee: b, Currency: "USD", AmountMinor: 1, PaidBy: order.NoLeg}
		}, order.Refused},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t, payerKey())
			body := s.body("large")
			for i := 1; i < order.MaxLegs; i++ {
				l := body.Legs[0]
				if row.leg != nil {
					l = row.leg(i)
				}
				body.Legs = append(body.Legs, l)
			}
			s.node.Do(func(c *apptest.Chain) {
				c.MustRunTx("issuer", &token.MsgIssue{Issuer: apptest.Address("issuer").String(), Currency: "USD", Recipient: a, AmountMinor: 1000})
				c.MustRunTx("bank-a", proposal(body))
			})
			work, err := s.hub("usd-1").Read(t.Context())
			require.NoError(t, err)
			longest := strings.Repeat("x", order.MaxNoteBytes)
			var most int64
			for n, i := range work.Work {
				outcome := order.Held
				if n == len(work.Work)-1 {
					outcome = row.outcome
				}
				word := order.Word{Number: i.Number, InstructionHash: i.Hash, Outcome: outcome, LedgerReference: longest, Reason: longest}
				for _, notary := range []string{"usd-1", "usd-2"} {
					require.NoError(t, s.hub(notary).Attest(t.Context(), []order.Word{word}))
					s.node.NextBlock(1)
				}
			}
			for _, r := range s.node.Results() {
				require.Zero(t, r.Code, r.RawLog)
				most = max(most, r.GasUsed)
			}
			t.Logf("the word that decided took %d gas", most)
			require.Less(t, 2*most, int64(attestGas+wordGas), "room for twice what the largest decision takes")
		})
	}
	require.LessOrEqual(t, attestGas+order.MaxWords*wordGas, app.MaxBlockGas, "a block has room for the largest attestation")
}
