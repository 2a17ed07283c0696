package story_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/internal/story"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// What the hub's queries answer is enough for the story.
func TestTheHubIsAsked(t *testing.T) {
	g := apptest.NewGenesis()
	g.Ledger("cny", 3, 2)
	g.Currency("CNY", 2, "cny")
	g.Participant("bank-a", compliance.ROLE_BANK)
	g.Participant("bank-b", compliance.ROLE_BANK)
	g.Account("bank-a", "cny", "wallet-a", "CNY")
	g.Account("bank-b", "cny", "wallet-b", "CNY")
	chain := apptest.New(t, g)
	propose := func(reference string) order.Body {
		body := order.Body{
			ChainID: chain.ID(), Proposer: apptest.Address("bank-a").String(), Reference: reference, Pivot: order.NoLeg,
			Legs:                  []order.Leg{{Ledger: "cny", Payer: "wallet-a", Payee: "wallet-b", Currency: "CNY", AmountMinor: 70_000, PaidBy: order.NoLeg}},
			PrepareDeadlineUnixNs: uint64(chain.Now().Add(30 * time.Minute).UnixNano()),
		}
		chain.MustRunTx("bank-a", &settlement.MsgPropose{
			Proposer: body.Proposer, Body: body.Encode(), Consents: []settlement.LegConsent{apptest.SignConsent(body, 0)},
		})
		return body
	}
	propose("r-1")
	body := propose("r-2")
	propose("r-3")
	_, err := chain.Attest("cny", "cny-2", 2, order.Held)
	require.NoError(t, err)

	res, err := settlement.NewQueryClient(chain.Conn()).Settlement(t.Context(), &settlement.QuerySettlementRequest{SettlementId: body.ID().String()})
	require.NoError(t, err)
	f, err := story.Gather(t.Context(), chain.Conn(), res.Settlement)
	require.NoError(t, err)
	f.Height, f.Now = chain.Height(), chain.Now()
	told := text(t, f)
	require.Contains(t, told, `bank-a proposed it under its reference "r-2"`)
	require.Contains(t, told, "the hub ordered cny to hold 700.00 CNY of bank-a for bank-b (instruction 2 of cny)")
	require.Contains(t, told, "cny-2 said HELD; 2 equal words are needed\n      of cny-1, cny-3")
	require.Contains(t, told, "notary cny-2 attested HELD to the HOLD of leg 0 (instruction 2 of cny); the ledger's reference is ref")
}
