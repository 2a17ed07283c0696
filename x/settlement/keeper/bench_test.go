package keeper_test

import (
	"fmt"
	"testing"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

const perTx = 20

// BenchmarkHubSettlement settles two hub legs in one message, twenty messages a transaction. Compare with
// BenchmarkBankSend: their ratio is what a settlement costs.
func BenchmarkHubSettlement(b *testing.B) {
	w := benchWorld(b)
	a, f := apptest.Address("bank-a").String(), apptest.Address("fxp").String()
	number := 0
	run(b, w, func() sdk.Msg {
		number++
		body := w.body(fmt.Sprintf("r%d", number), 30*time.Minute,
			order.Leg{Ledger: "hub", Payer: a, Payee: f, Currency: "CNY", AmountMinor: 1, PaidBy: order.NoLeg},
			order.Leg{Ledger: "hub", Payer: f, Payee: a, Currency: "USD", AmountMinor: 1, PaidBy: order.NoLeg})
		return &settlement.MsgPropose{Proposer: a, Body: body.Encode(), Consents: []settlement.LegConsent{
			apptest.SignConsent(body, 0), apptest.SignConsent(body, 1),
		}}
	})
}

func BenchmarkBankSend(b *testing.B) {
	run(b, benchWorld(b), func() sdk.Msg {
		return banktypes.NewMsgSend(apptest.Address("bank-a"), apptest.Address("fxp"),
			sdk.NewCoins(sdk.NewInt64Coin(token.Denom("CNY"), 1)))
	})
}

func benchWorld(b *testing.B) *world {
	return &world{chain: apptest.New(b, newGenesis()), bodies: map[string]order.Body{}}
}

func run(b *testing.B, w *world, next func() sdk.Msg) {
	for done := 0; done < b.N; done += perTx {
		b.StopTimer()
		var batch []sdk.Msg
		for range perTx {
			batch = append(batch, next())
		}
		b.StartTimer()
		w.chain.MustRunTx("bank-a", batch...)
	}
}
