package currency

import (
	"time"

	"github.com/corridor-network/corridor/adapters/order"
)

// Limits of quotes.
const (
	// MaxOpenQuotes is how many quotes one provider may have that are neither withdrawn nor expired.
	MaxOpenQuotes = 1000
	// SignatureBytes is the size of r ‖ s.
	SignatureBytes = 64
	// MaxExpiryAhead is how long after the block's time a quote that is being published may expire, and MaxPrepareAhead how
	// long after its expiry its latest prepare deadline may be: they bound how long a quote of no use stays in state.
	MaxExpiryAhead  = 30 * 24 * time.Hour
	MaxPrepareAhead = 30 * 24 * time.Hour
	// PruneAfter is how long after its latest prepare deadline a quote is forgotten of which nothing is taken.
	PruneAfter = 30 * 24 * time.Hour
	// MaxDuePerBlock is how many due quotes the end of a block works on.
	MaxDuePerBlock = 50
)

// UnixNs is a block time as quotes write it.
func UnixNs(t time.Time) uint64 { return uint64(max(t.UnixNano(), 0)) }

// NewFirmQuote is a quote of which nothing is taken yet: the bytes that were signed, and what they say.
func NewFirmQuote(raw []byte, terms order.Quote, signature []byte) FirmQuote {
	id := terms.ID()
	return FirmQuote{Id: id[:], Quote: raw, Signature: signature, RemainingMinor: terms.SizeMinor}
}

// Take is what is left of a quote after an amount was taken at the time now. The order of the checks is the order of
// precedence.
func (f FirmQuote) Take(terms order.Quote, now time.Time, amountMinor uint64) (FirmQuote, error) {
	switch {
	case f.Withdrawn:
		return f, ErrWithdrawn.Wrapf("quote %x", f.Id)
	case Expired(terms, now):
		return f, ErrExpired.Wrapf("quote %x at %s", f.Id, At(terms.ExpiryUnixNs))
	case amountMinor == 0:
		return f, ErrInvalidAmount.Wrapf("quote %x: nothing to take", f.Id)
	case amountMinor > f.RemainingMinor:
		return f, ErrSizeExceeded.Wrapf("quote %x: %d minor units of %s are left, %d were asked for",
			f.Id, f.RemainingMinor, terms.ReceiveCurrency, amountMinor)
	}
	f.RemainingMinor -= amountMinor
	return f, nil
}

// Return is what is left of a quote after an amount came back. Whether the quote is expired or withdrawn does not matter:
// nothing more can be taken of it then.
func (f FirmQuote) Return(terms order.Quote, amountMinor uint64) (FirmQuote, error) {
	if amountMinor == 0 {
		return f, ErrInvalidAmount.Wrapf("quote %x: nothing to return", f.Id)
	}
	if taken := terms.SizeMinor - f.RemainingMinor; amountMinor > taken {
		return f, ErrReturnedTooMuch.Wrapf("quote %x: %d minor units are taken, %d came back", f.Id, taken, amountMinor)
	}
	f.RemainingMinor += amountMinor
	return f, nil
}

// Usable tells whether something can be taken at the time now.
func (f FirmQuote) Usable(terms order.Quote, now time.Time) bool {
	return !f.Withdrawn && !Expired(terms, now) && f.RemainingMinor > 0
}

// Untouched tells whether nothing is taken.
func (f FirmQuote) Untouched(terms order.Quote) bool { return f.RemainingMinor == terms.SizeMinor }

// Expired tells whether a quote can no longer be used at the time now. The expiry itself is its last moment.
func Expired(terms order.Quote, now time.Time) bool { return UnixNs(now) > terms.ExpiryUnixNs }

// CheckAhead refuses a quote that reaches too far beyond the time now, at which it is not expired, or beyond its expiry.
func CheckAhead(terms order.Quote, now time.Time) error {
	if latest := UnixNs(now.Add(MaxExpiryAhead)); terms.ExpiryUnixNs > latest {
		return ErrTooFarAhead.Wrapf("it expires at %s, want %s at the latest, %s after hub time",
			At(terms.ExpiryUnixNs), At(latest), MaxExpiryAhead)
	}
	if latest := terms.ExpiryUnixNs + uint64(MaxPrepareAhead); terms.LatestPrepareUnixNs > latest {
		return ErrTooFarAhead.Wrapf("its latest prepare deadline is %s, want %s at the latest, %s after its expiry",
			At(terms.LatestPrepareUnixNs), At(latest), MaxPrepareAhead)
	}
	return nil
}

// At is a quote's time for people.
func At(unixNs uint64) string { return time.Unix(0, int64(unixNs)).UTC().Format(time.RFC3339Nano) }

// PruneTime is when a quote is forgotten of which nothing is taken.
func PruneTime(terms order.Quote) uint64 { return terms.LatestPrepareUnixNs + uint64(PruneAfter) }

var roundingNames = map[order.Rounding]string{
	order.RoundDown: "down", order.RoundUp: "up", order.RoundHalfEven: "half-even",
}

// Terms is a quote's content for people.
func Terms(q order.Quote) QuoteTerms {
	return QuoteTerms{
		Provider: q.Provider, Reference: q.Reference,
		PayCurrency: q.PayCurrency, ReceivingLedger: q.ReceivingLedger, ReceivingAccount: q.ReceivingAccount,
		ReceiveCurrency: q.ReceiveCurrency, PayingLedger: q.PayingLedger, PayingAccount: q.PayingAccount,
		RatioNumerator: q.RatioNumerator, RatioDenominator: q.RatioDenominator, Rounding: roundingNames[q.Rounding],
		SizeMinor: q.SizeMinor, ExpiryUnixNs: q.ExpiryUnixNs, LatestPrepareUnixNs: q.LatestPrepareUnixNs,
		AllowedPivotLedgers: q.AllowedPivotLedgers,
	}
}

// Validate checks that a stored quote is whole: its bytes are a valid quote, the id is theirs, and what is left is not more
// than there ever was.
func (f FirmQuote) Validate() (order.Quote, error) {
	terms, err := order.DecodeQuote(f.Quote)
	if err != nil {
		return terms, ErrInvalidQuote.Wrapf("quote %x: %s", f.Id, err)
	}
	id := terms.ID()
	switch {
	case string(id[:]) != string(f.Id):
		return terms, ErrInvalidQuote.Wrapf("quote %x: its bytes have the id %s", f.Id, id)
	case len(f.Signature) != SignatureBytes:
		return terms, ErrInvalidQuote.Wrapf("quote %s: signature: want %d bytes, got %d", id, SignatureBytes, len(f.Signature))
	case f.RemainingMinor > terms.SizeMinor:
		return terms, ErrInvalidQuote.Wrapf("quote %s: %d minor units left of %d", id, f.RemainingMinor, terms.SizeMinor)
	}
	return terms, nil
}
