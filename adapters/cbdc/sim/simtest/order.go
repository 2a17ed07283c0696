package simtest

import (
	"encoding/hex"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// What every order here is about.
const (
	ChainID  = "corridor-test-1"
	Ledger   = "cbdc-test"
	Currency = "CNY"
	// Deadline is a prepare deadline that no test reaches.
	Deadline = 4_000_000_000_000_000_000
)

// PublicKeyHex is the key that the ledger has on file for a wallet's holder.
func PublicKeyHex(wallet string) string {
	return hex.EncodeToString(conformance.NewKey(wallet).Public().Bytes)
}

// Sign is the holder's signature: r and s, 64 bytes, low s.
func Sign(wallet string, signBytes []byte) []byte { return conformance.NewKey(wallet).Sign(signBytes) }

// Payment is one leg on the ledger under test.
type Payment struct {
	Reference   string // makes it a settlement of its own
	Payer       string
	Payee       string
	AmountMinor uint64
	Currency    string // default Currency
}

// Body is a settlement of that one leg.
func (p Payment) Body() order.Body {
	currency := p.Currency
	if currency == "" {
		currency = Currency
	}
	return order.Body{
		ChainID: ChainID, Proposer: "corridor1proposer", Reference: p.Reference, PrepareDeadlineUnixNs: Deadline, Pivot: order.NoLeg,
		Legs: []order.Leg{{Ledger: Ledger, Payer: p.Payer, Payee: p.Payee, Currency: currency, AmountMinor: p.AmountMinor, PaidBy: order.NoLeg}},
	}
}

// ID is the payment's entry id.
func (p Payment) ID() order.EntryID { return p.Body().EntryID(0) }

// Instruction is one of the payment's instructions.
func (p Payment) Instruction(k order.Kind) order.Instruction {
	return order.NewInstruction(k, p.Body(), 0)
}

// Hold is the payment's hold order with the payer's consent.
func (p Payment) Hold() sdk.HoldOrder {
	b := p.Body()
	return sdk.HoldOrder{
		Instruction: p.Instruction(order.Hold), Body: b.Encode(),
		Consent: sdk.Consent{Signature: Sign(p.Payer, order.ConsentSignBytes(ChainID, b.Hash()))},
	}
}

// Quote is a provider's quote that pays from a wallet here, at one for one, up to size.
func Quote(payingWallet string, sizeMinor uint64) order.Quote {
	return order.Quote{
		ChainID: ChainID, Provider: "corridor1provider", Reference: "Q1", PayCurrency: "USD", ReceivingLedger: "bank-test",
		ReceivingAccount: "PROVIDER-USD", ReceiveCurrency: Currency, PayingLedger: Ledger, PayingAccount: payingWallet,
		RatioNumerator: 1, RatioDenominator: 1, Rounding: order.RoundDown, SizeMinor: sizeMinor,
		ExpiryUnixNs: Deadline, LatestPrepareUnixNs: Deadline,
	}
}

// QuotedHold is a hold order of a leg that a provider pays under its quote.
func QuotedHold(reference, payee string, amountMinor uint64, q order.Quote) sdk.HoldOrder {
	id := q.ID()
	b := order.Body{
		ChainID: ChainID, Proposer: "corridor1proposer", Reference: reference, PrepareDeadlineUnixNs: Deadline, Pivot: order.NoLeg,
		Legs: []order.Leg{
			{Ledger: q.ReceivingLedger, Payer: "CUSTOMER-USD", Payee: q.ReceivingAccount, Currency: q.PayCurrency, AmountMinor: amountMinor, PaidBy: order.NoLeg},
			{Ledger: Ledger, Payer: q.PayingAccount, Payee: payee, Currency: Currency, AmountMinor: amountMinor, QuoteID: id[:], PaidBy: 0},
		},
	}
	return sdk.HoldOrder{
		Instruction: order.NewInstruction(order.Hold, b, 1), Body: b.Encode(),
		Consent: sdk.Consent{Quote: q.Encode(), Signature: Sign(q.PayingAccount, order.QuoteSignBytes(ChainID, id))},
	}
}

// As is the same leg's instruction of another kind.
func As(k order.Kind, i order.Instruction) order.Instruction {
	i.Kind = k
	return i
}
