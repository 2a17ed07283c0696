package sdk_test

import (
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

// swap is a settlement of two legs: a payer's own, and a provider's under its quote.
func swap() (order.Body, order.Quote) {
	q := order.Quote{
		ChainID: "corridor-1", Provider: "corridor1fxp", Reference: "q-1",
		PayCurrency: "CNY", ReceivingLedger: "cbdc", ReceivingAccount: "fxp-cny",
		ReceiveCurrency: "USD", PayingLedger: "rtgs", PayingAccount: "fxp-usd",
		RatioNumerator: 14, RatioDenominator: 100, Rounding: order.RoundDown, SizeMinor: 1_000_000,
		ExpiryUnixNs: 1_000, LatestPrepareUnixNs: 2_000,
	}
	id := q.ID()
	return order.Body{
		ChainID: "corridor-1", Proposer: "corridor1banka", Reference: "invoice-7",
		Legs: []order.Leg{
			{Ledger: "cbdc", Payer: "bank-a", Payee: "fxp-cny", Currency: "CNY", AmountMinor: 10_000, PaidBy: order.NoLeg},
			{Ledger: "rtgs", Payer: "fxp-usd", Payee: "bank-b", Currency: "USD", AmountMinor: 1_400, QuoteID: id[:], PaidBy: 0},
		},
		PrepareDeadlineUnixNs: 1_500, Pivot: order.NoLeg,
	}, q
}

// own is the payer's hold, signed by alice; quoted is the provider's, whose quote bob signed.
func own(b order.Body) sdk.HoldOrder {
	return sdk.HoldOrder{
		Instruction: order.NewInstruction(order.Hold, b, 0), Body: b.Encode(),
		Consent: sdk.Consent{Signature: alice.Sign(order.ConsentSignBytes(b.ChainID, b.Hash()))},
	}
}

func quoted(b order.Body, q order.Quote) sdk.HoldOrder {
	return sdk.HoldOrder{
		Instruction: order.NewInstruction(order.Hold, b, 1), Body: b.Encode(),
		Consent: sdk.Consent{Quote: q.Encode(), Signature: bob.Sign(order.QuoteSignBytes(q.ChainID, q.ID()))},
	}
}

func TestAHoldIsCheckedAgainstWhatItsPayerAgreedTo(t *testing.T) {
	b, q := swap()
	require.NoError(t, sdk.CheckHold(own(b), alice.Public()))
	require.NoError(t, sdk.CheckHold(quoted(b, q), bob.Public()))

	for _, c := range []struct {
		name string
		make func() sdk.HoldOrder
		key  sdk.PublicKey
		want sdk.Code
		says string
	}{
		{"1: no body", func() sdk.HoldOrder { o := own(b); o.Body = nil; return o }, alice.Public(), sdk.Invalid, "settlement body"},
		{"1: a body with a byte left over", func() sdk.HoldOrder { o := own(b); o.Body = append(b.Encode(), 0); return o }, alice.Public(), sdk.Invalid, "left over"},
		{"1: a body that breaks a rule", func() sdk.HoldOrder {
			bad := b
			bad.PrepareDeadlineUnixNs = 0
			return own(bad)
		}, alice.Public(), sdk.Invalid, "prepare deadline"},
		{"2: the body of another settlement", func() sdk.HoldOrder {
			other := b
			other.Reference = "invoice-8"
			o := own(b)
			o.Body = other.Encode()
			return o
		}, alice.Public(), sdk.Invalid, "it hashes to"},
		{"3: a POST", func() sdk.HoldOrder { o := own(b); o.Instruction.Kind = order.Post; return o }, alice.Public(), sdk.Invalid, "want HOLD"},
		{"3: another amount than the body's", func() sdk.HoldOrder { o := own(b); o.Instruction.AmountMinor++; return o }, alice.Public(), sdk.Invalid, "not about leg 0"},
		{"3: another payee than the body's", func() sdk.HoldOrder { o := own(b); o.Instruction.Payee = "thief"; return o }, alice.Public(), sdk.Invalid, "not about leg 0"},
		{"3: a leg that is not there", func() sdk.HoldOrder { o := own(b); o.Instruction.Leg = 2; return o }, alice.Public(), sdk.Invalid, "no leg 2"},
		{"3: a leg before the first", func() sdk.HoldOrder { o := own(b); o.Instruction.Leg = -1; return o }, alice.Public(), sdk.Invalid, "no leg -1"},
		{"4: a quote where the payer consents itself", func() sdk.HoldOrder { o := own(b); o.Consent.Quote = q.Encode(); return o }, alice.Public(), sdk.Invalid, "under no quote"},
		{"4: no quote where the leg is under one", func() sdk.HoldOrder { o := quoted(b, q); o.Consent.Quote = nil; return o }, bob.Public(), sdk.Invalid, "did not come"},
		{"5: a quote cut short", func() sdk.HoldOrder { o := quoted(b, q); o.Consent.Quote = o.Consent.Quote[:40]; return o }, bob.Public(), sdk.Denied, "quote"},
		{"5: another quote of the provider's", func() sdk.HoldOrder {
			cheap := q
			cheap.RatioNumerator = 99
			o := quoted(b, q)
			o.Consent = quoted(b, cheap).Consent
			return o
		}, bob.Public(), sdk.Denied, "what came is quote"},
		{"5: more than the quote's price", func() sdk.HoldOrder {
			greedy, q := swap()
			greedy.Legs[1].AmountMinor++
			return quoted(greedy, q)
		}, bob.Public(), sdk.Denied, "the leg takes 1401"},
		{"5: a deadline after the quote's", func() sdk.HoldOrder {
			late, q := swap()
			late.PrepareDeadlineUnixNs = q.LatestPrepareUnixNs + 1
			return quoted(late, q)
		}, bob.Public(), sdk.Denied, "prepare deadline"},
		{"6: no signature", func() sdk.HoldOrder { o := own(b); o.Consent.Signature = nil; return o }, alice.Public(), sdk.Denied, "signature"},
		{"6: somebody else's signature", func() sdk.HoldOrder { return own(b) }, bob.Public(), sdk.Denied, "signature"},
		{"6: the provider's over the settlement, not its quote", func() sdk.HoldOrder {
			o := quoted(b, q)
			o.Consent.Signature = bob.Sign(order.ConsentSignBytes(b.ChainID, b.Hash()))
			return o
		}, bob.Public(), sdk.Denied, "signature"},
		{"6: a signature for another chain", func() sdk.HoldOrder {
			o := own(b)
			o.Consent.Signature = alice.Sign(order.ConsentSignBytes("corridor-2", b.Hash()))
			return o
		}, alice.Public(), sdk.Denied, "signature"},
		{"6: no key on file", func() sdk.HoldOrder { return own(b) }, sdk.PublicKey{}, sdk.Invalid, "consent key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := sdk.CheckHold(c.make(), c.key)
			require.Equal(t, c.want, sdk.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}
