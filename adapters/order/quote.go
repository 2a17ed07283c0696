package order

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
)

const (
	domainQuote     = "corridor/quote/1"
	domainQuoteSign = "corridor/quote-signature/1"
)

// Rounding says how a conversion that does not come out even ends. The zero value is not valid.
type Rounding uint8

// The closed set of roundings.
const (
	RoundDown     Rounding = 1 // towards zero: the payee receives the whole units only
	RoundUp       Rounding = 2 // away from zero
	RoundHalfEven Rounding = 3 // to the nearest, ties to the even unit (IEEE 754 roundTiesToEven)
)

// Quote is a provider's firm price: it receives PayCurrency on ReceivingLedger and pays
// ReceiveCurrency on PayingLedger. The words pay and receive are the customer's.
//
//	receive amount = pay amount × RatioNumerator ÷ RatioDenominator, in minor units, rounded by Rounding
type Quote struct {
	ChainID             string
	Provider            string // the provider's hub address
	Reference           string // chosen by the provider; makes equal terms distinct quotes
	PayCurrency         string // what the provider receives
	ReceivingLedger     string
	ReceivingAccount    string
	ReceiveCurrency     string // what the provider pays
	PayingLedger        string
	PayingAccount       string
	RatioNumerator      uint64
	RatioDenominator    uint64
	Rounding            Rounding
	SizeMinor           uint64   // the most that the provider pays under this quote, in ReceiveCurrency's minor units
	ExpiryUnixNs        uint64   // hub time; consents complete by then
	LatestPrepareUnixNs uint64   // hub time; no settlement under this quote may have a later prepare deadline
	AllowedPivotLedgers []string // default none
}

// Encode gives the canonical bytes. It does not validate.
func (q Quote) Encode() []byte {
	e := newEncoder(domainQuote).text(q.ChainID).text(q.Provider).text(q.Reference)
	e.text(q.PayCurrency).text(q.ReceivingLedger).text(q.ReceivingAccount)
	e.text(q.ReceiveCurrency).text(q.PayingLedger).text(q.PayingAccount)
	e.number(q.RatioNumerator).number(q.RatioDenominator).number(uint64(q.Rounding)).number(q.SizeMinor)
	e.number(q.ExpiryUnixNs).number(q.LatestPrepareUnixNs)
	e.number(uint64(len(q.AllowedPivotLedgers)))
	for _, l := range q.AllowedPivotLedgers {
		e.text(l)
	}
	return e.buf
}

// DecodeQuote reads a canonical quote and validates it.
func DecodeQuote(raw []byte) (Quote, error) {
	d := newDecoder(domainQuote, raw)
	q := Quote{
		ChainID: d.text(), Provider: d.text(), Reference: d.text(),
		PayCurrency: d.text(), ReceivingLedger: d.text(), ReceivingAccount: d.text(),
		ReceiveCurrency: d.text(), PayingLedger: d.text(), PayingAccount: d.text(),
		RatioNumerator: d.number(), RatioDenominator: d.number(), Rounding: Rounding(d.count(int(RoundHalfEven))),
		SizeMinor: d.number(), ExpiryUnixNs: d.number(), LatestPrepareUnixNs: d.number(),
	}
	for range d.count(MaxPivotLedgers) {
		q.AllowedPivotLedgers = append(q.AllowedPivotLedgers, d.text())
	}
	if err := d.end(); err != nil {
		return Quote{}, err
	}
	if err := q.Validate(); err != nil {
		return Quote{}, err
	}
	return q, nil
}

// ID is the quote id: the hash of its canonical bytes.
func (q Quote) ID() Hash { return sha256.Sum256(q.Encode()) }

// QuoteSignBytes is what the provider signs with the key that the paying account's ledger has on file:
// "corridor/quote-signature/1" ‖ chain id ‖ quote id. That signature is its consent to every leg under the quote.
func QuoteSignBytes(chainID string, quoteID Hash) []byte {
	return newEncoder(domainQuoteSign).text(chainID).bytes(quoteID[:]).buf
}

// Validate checks everything about a quote that needs no knowledge but the quote itself. The order of
// the checks is the order of precedence.
func (q Quote) Validate() error {
	for _, f := range []struct{ name, text string }{
		{"chain id", q.ChainID},
		{"provider", q.Provider},
		{"receiving ledger", q.ReceivingLedger},
		{"receiving account", q.ReceivingAccount},
		{"paying ledger", q.PayingLedger},
		{"paying account", q.PayingAccount},
	} {
		if !plain(f.text, MaxTextBytes) {
			return invalid("%s: want 1 to %d printable characters", f.name, MaxTextBytes)
		}
	}
	switch {
	case !plain(q.Reference, MaxReferenceLen):
		return invalid("reference: want 1 to %d printable characters", MaxReferenceLen)
	case !currencyCode(q.PayCurrency) || !currencyCode(q.ReceiveCurrency):
		return invalid("pair: want two codes of three capital letters, got %q and %q", q.PayCurrency, q.ReceiveCurrency)
	case q.RatioNumerator == 0 || q.RatioDenominator == 0 || q.RatioNumerator > MaxAmountMinor || q.RatioDenominator > MaxAmountMinor:
		return invalid("ratio: want two numbers from 1 to %d, got %d and %d", uint64(MaxAmountMinor), q.RatioNumerator, q.RatioDenominator)
	case q.Rounding < RoundDown || q.Rounding > RoundHalfEven:
		return invalid("rounding: %d is none of down (1), up (2), half-even (3)", q.Rounding)
	case q.SizeMinor == 0 || q.SizeMinor > MaxAmountMinor:
		return invalid("size: want 1 to %d minor units, got %d", uint64(MaxAmountMinor), q.SizeMinor)
	case q.ExpiryUnixNs == 0 || q.ExpiryUnixNs > 1<<63-1:
		return invalid("expiry: want a time in nanoseconds since 1970")
	case q.LatestPrepareUnixNs < q.ExpiryUnixNs || q.LatestPrepareUnixNs > 1<<63-1:
		return invalid("latest prepare deadline: must not be before the expiry")
	case len(q.AllowedPivotLedgers) > MaxPivotLedgers:
		return invalid("pivot ledgers: at most %d", MaxPivotLedgers)
	}
	for i, l := range q.AllowedPivotLedgers {
		if !plain(l, MaxTextBytes) || slices.Contains(q.AllowedPivotLedgers[:i], l) {
			return invalid("pivot ledgers: %q is empty, unprintable or named twice", l)
		}
	}
	return nil
}

// Convert turns an amount of PayCurrency into ReceiveCurrency at the quote's ratio and rounding. Both
// are minor units. An amount that comes out as zero, or as more than MaxAmountMinor, is ErrInvalid.
func (q Quote) Convert(payMinor uint64) (uint64, error) {
	num := new(big.Int).Mul(new(big.Int).SetUint64(payMinor), new(big.Int).SetUint64(q.RatioNumerator))
	den := new(big.Int).SetUint64(q.RatioDenominator)
	out, rest := new(big.Int).QuoRem(num, den, new(big.Int))
	if roundsUp(q.Rounding, out, rest, den) {
		out.Add(out, big.NewInt(1))
	}
	if out.Sign() == 0 || !out.IsUint64() || out.Uint64() > MaxAmountMinor {
		return 0, invalid("%d minor units of %s come to %s of %s: want 1 to %d", payMinor, q.PayCurrency, out, q.ReceiveCurrency, uint64(MaxAmountMinor))
	}
	return out.Uint64(), nil
}

func roundsUp(r Rounding, out, rest, den *big.Int) bool {
	if rest.Sign() == 0 || r == RoundDown {
		return false
	}
	if r == RoundUp {
		return true
	}
	half := new(big.Int).Lsh(rest, 1).Cmp(den)
	return half > 0 || half == 0 && out.Bit(0) == 1
}

// CheckQuotedLeg verifies that the body's leg is what the provider agreed to by its quote. The hub, the
// notaries and ledgers that check all call it; the signature is checked beside it, with the key that
// the one who checks has on file. It does not look at expiry and size, which only the hub can know of.
func CheckQuotedLeg(b Body, leg int, q Quote) error {
	if leg < 0 || leg >= len(b.Legs) {
		return invalid("there is no leg %d", leg)
	}
	l, id := b.Legs[leg], q.ID()
	if !bytes.Equal(l.QuoteID, id[:]) {
		return invalid("leg %d: its quote is %x, not %s", leg, l.QuoteID, id)
	}
	if l.PaidBy < 0 || l.PaidBy >= len(b.Legs) || l.PaidBy == leg {
		return invalid("leg %d: no other leg pays for it", leg)
	}
	for i, other := range b.Legs {
		if i != leg && other.PaidBy == l.PaidBy {
			return invalid("leg %d: leg %d already pays for leg %d", leg, l.PaidBy, i)
		}
	}
	return checkQuoteTerms(b, l, b.Legs[l.PaidBy], q)
}

func checkQuoteTerms(b Body, l, paying Leg, q Quote) error {
	switch {
	case b.ChainID != q.ChainID:
		return invalid("the quote is for chain %s, the settlement on %s", q.ChainID, b.ChainID)
	case l.Ledger != q.PayingLedger || l.Payer != q.PayingAccount || l.Currency != q.ReceiveCurrency:
		return invalid("the quote pays %s from %s on %s, the leg %s from %s on %s",
			q.ReceiveCurrency, q.PayingAccount, q.PayingLedger, l.Currency, l.Payer, l.Ledger)
	case paying.Ledger != q.ReceivingLedger || paying.Payee != q.ReceivingAccount || paying.Currency != q.PayCurrency:
		return invalid("the quote is paid in %s to %s on %s, the paying leg in %s to %s on %s",
			q.PayCurrency, q.ReceivingAccount, q.ReceivingLedger, paying.Currency, paying.Payee, paying.Ledger)
	case b.PrepareDeadlineUnixNs > q.LatestPrepareUnixNs:
		return invalid("the prepare deadline is later than the quote allows")
	case b.Pivot < NoLeg || b.Pivot >= len(b.Legs):
		return invalid("pivot: there is no leg %d", b.Pivot)
	case b.Pivot != NoLeg && !slices.Contains(q.AllowedPivotLedgers, b.Legs[b.Pivot].Ledger):
		return invalid("the quote does not allow ledger %s as a pivot", b.Legs[b.Pivot].Ledger)
	}
	most, err := q.Convert(paying.AmountMinor)
	if err != nil {
		return err
	}
	if l.AmountMinor > most {
		return invalid("the quote gives %d minor units of %s for %d of %s, the leg takes %d",
			most, q.ReceiveCurrency, paying.AmountMinor, q.PayCurrency, l.AmountMinor)
	}
	if l.AmountMinor > q.SizeMinor {
		return invalid("the leg takes %d minor units, the quote's whole size is %d", l.AmountMinor, q.SizeMinor)
	}
	return nil
}
