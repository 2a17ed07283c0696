package sdk

import (
	"bytes"

	"github.com/corridor-network/corridor/adapters/order"
)

// CheckHold verifies that the paying account's holder, whose key the ledger has on file, agreed to this
// hold. A notary calls it before it orders a hold, and a ledger that checks before it reserves.
//
// In this order, the first that fails is the error:
//
//  1. the body is canonical and valid (Invalid);
//  2. it hashes to the instruction's settlement hash (Invalid);
//  3. the instruction is a HOLD about that leg of it (Invalid);
//  4. a leg under a quote comes with a quote, and no other leg does (Invalid);
//  5. the quote is canonical, and the leg is within its terms (Denied);
//  6. the signature is the holder's: over the quote, or over the settlement (Denied; Invalid where the
//     key itself is unusable).
//
// It does not look at time, at a quote's expiry or at the size left: only the hub knows those.
func CheckHold(o HoldOrder, key PublicKey) error {
	body, err := order.DecodeBody(o.Body)
	if err != nil {
		return &Error{Code: Invalid, Message: "settlement body", Err: err}
	}
	if got := order.HashBody(o.Body); got != o.Instruction.SettlementHash {
		return Errorf(Invalid, "settlement body: it hashes to %s, the instruction says %s", got, o.Instruction.SettlementHash)
	}
	if o.Instruction.Kind != order.Hold {
		return Errorf(Invalid, "instruction: a %s, want HOLD", o.Instruction.Kind)
	}
	if err := o.Instruction.Matches(body); err != nil {
		return &Error{Code: Invalid, Message: "instruction", Err: err}
	}
	leg := body.Legs[o.Instruction.Leg]
	if len(leg.QuoteID) == 0 {
		return checkOwnConsent(o, key, body)
	}
	return checkQuoteConsent(o, key, body)
}

func checkOwnConsent(o HoldOrder, key PublicKey, body order.Body) error {
	if len(o.Consent.Quote) != 0 {
		return Errorf(Invalid, "consent: leg %d is under no quote, yet one came with it", o.Instruction.Leg)
	}
	return VerifySignature(key, order.ConsentSignBytes(body.ChainID, o.Instruction.SettlementHash), o.Consent.Signature)
}

func checkQuoteConsent(o HoldOrder, key PublicKey, body order.Body) error {
	leg := body.Legs[o.Instruction.Leg]
	if len(o.Consent.Quote) == 0 {
		return Errorf(Invalid, "consent: leg %d is under quote %x, which did not come with it", o.Instruction.Leg, leg.QuoteID)
	}
	quote, err := order.DecodeQuote(o.Consent.Quote)
	if err != nil {
		return &Error{Code: Denied, Message: "consent: quote", Err: err}
	}
	id := quote.ID()
	if !bytes.Equal(id[:], leg.QuoteID) {
		return Errorf(Denied, "consent: leg %d is under quote %x, what came is quote %s", o.Instruction.Leg, leg.QuoteID, id)
	}
	if err := order.CheckQuotedLeg(body, o.Instruction.Leg, quote); err != nil {
		return &Error{Code: Denied, Message: "consent: quote", Err: err}
	}
	return VerifySignature(key, order.QuoteSignBytes(quote.ChainID, id), o.Consent.Signature)
}
