package bridge

import (
	"bytes"
	"strings"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/adapters/order"
)

// CheckHold verifies what a peer's HOLD comes with: that its payer, whose key this chain has on file, agreed to it. key is
// nil where there is none. The guards are 4 to 9 of the far side in x/bridge/ibc/README.md, in their order. Size under a
// quote is not looked at; the quote is returned for that, nil without one.
func CheckHold(p order.LegPacket, key []byte, now time.Time) (*order.Quote, error) {
	i := p.Instruction
	body, err := order.DecodeBody(p.Body)
	if err != nil {
		return nil, ErrHoldBody.Wrap(err.Error())
	}
	if got := order.HashBody(p.Body); got != i.SettlementHash {
		return nil, ErrHoldBody.Wrapf("it hashes to %s, the instruction says %s", got, i.SettlementHash)
	}
	if err := i.Matches(body); err != nil {
		return nil, ErrHoldBody.Wrap(err.Error())
	}
	if deadline := time.Unix(0, int64(body.PrepareDeadlineUnixNs)); now.After(deadline) {
		return nil, ErrHoldLate.Wrapf("it was %s, it is %s", deadline.UTC().Format(time.RFC3339Nano), now.UTC().Format(time.RFC3339Nano))
	}
	if len(key) != secp256k1.PubKeySize {
		return nil, ErrHoldPayer.Wrapf("%s", i.Payer)
	}
	quote, signed, err := consentOf(p, body)
	if err != nil {
		return nil, err
	}
	if !(&secp256k1.PubKey{Key: key}).VerifySignature(signed, p.Signature) {
		return nil, ErrHoldSignature.Wrapf("payer %s", i.Payer)
	}
	return quote, nil
}

// consentOf is what the payer must have signed: the settlement, or the quote that the leg is under.
func consentOf(p order.LegPacket, body order.Body) (*order.Quote, []byte, error) {
	leg := body.Legs[p.Instruction.Leg]
	if (len(leg.QuoteID) == 0) != (len(p.Quote) == 0) {
		return nil, nil, ErrHoldQuote.Wrapf("a quote comes with leg %d if and only if the leg is under one", p.Instruction.Leg)
	}
	if len(leg.QuoteID) == 0 {
		return nil, order.ConsentSignBytes(body.ChainID, p.Instruction.SettlementHash), nil
	}
	quote, err := order.DecodeQuote(p.Quote)
	if err != nil {
		return nil, nil, ErrHoldQuote.Wrap(err.Error())
	}
	id := quote.ID()
	if !bytes.Equal(id[:], leg.QuoteID) {
		return nil, nil, ErrHoldQuote.Wrapf("leg %d is under quote %x, what came is %s", p.Instruction.Leg, leg.QuoteID, id)
	}
	if err := order.CheckQuotedLeg(body, p.Instruction.Leg, quote); err != nil {
		return nil, nil, ErrHoldQuote.Wrap(err.Error())
	}
	return &quote, order.QuoteSignBytes(quote.ChainID, id), nil
}

// CheckQuoteSize verifies that what is held and posted under a quote stays within its size. used is without this amount.
func CheckQuoteSize(q order.Quote, used, amountMinor uint64) error {
	if used > q.SizeMinor || amountMinor > q.SizeMinor-used {
		return ErrHoldQuoteSize.Wrapf("quote %s: %d minor units of %d are used, %d more are not there", q.ID(), used, q.SizeMinor, amountMinor)
	}
	return nil
}

// note makes a text fit for a note: valid, printable, bounded. What cannot be is dropped: a note decides nothing.
func note(text string) string {
	if len(text) > order.MaxNoteBytes {
		text = strings.ToValidUTF8(text[:order.MaxNoteBytes], "") // a character may have been cut in two
	}
	if !printable(text, order.MaxNoteBytes) {
		return ""
	}
	return text
}
