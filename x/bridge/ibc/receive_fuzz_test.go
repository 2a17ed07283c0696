package ibc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/token"
)

// FuzzReceive sends a far chain whatever packet on the registered channel: it does not panic, answers what the hub can read, and no money
// moves but the sum to which the account holder has consented.
func FuzzReceive(f *testing.F) {
	l := registered(f)
	packet := one(f, l.propose(offer{reference: "r-1"}))
	f.Add(packet.Data)
	void := order.LegPacket{Instruction: order.NewInstruction(order.Void, l.body, 0)}
	f.Add(void.Encode())
	f.Add([]byte{})
	k := app.KeepersOf(l.far.App)
	newest := l.far.Context()
	payer, other := apptest.Address("bank-a"), apptest.Address("bank-b")
	denom := token.Denom("CNY")
	before, others := k.Bank.GetBalance(newest, payer, denom), k.Bank.GetBalance(newest, other, denom)
	f.Fuzz(func(t *testing.T, raw []byte) {
		ctx, _ := newest.CacheContext()
		reply, err := k.Bridge.Receive(ctx, packet.DestinationChannel, raw)
		require.NoError(t, k.Token.CheckInvariants(ctx))
		require.Equal(t, others, k.Bank.GetBalance(ctx, other, denom))
		held := before.Sub(k.Bank.GetBalance(ctx, payer, denom)).Amount.Uint64()
		if err != nil {
			return // core throws away what it wrote
		}
		answer, err := order.DecodeLegAnswer(reply)
		require.NoError(t, err)
		if answer.Outcome == order.Held {
			require.EqualValues(t, l.body.Legs[0].AmountMinor, held)
		} else {
			require.Zero(t, held)
		}
		g, err := k.Bridge.ExportGenesis(ctx)
		require.NoError(t, err)
		require.NoError(t, (*bridge.GenesisState).Validate(g))
	})
}
