package conformance

import (
	"fmt"
	"slices"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

var holds = []test{
	{"a hold reserves the payer's money and gives the payee nothing yet", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.moves(t, s.Payee, 0, 0, func() {
			s.moves(t, s.Payer, -amount, amount, func() { s.mustBe(t, order.EntryHeld, b)(s.hold(t, b)) })
		})
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"a provider's quote is its consent to a leg that the quote covers", nothing, func(t *testing.T, s *suite) {
		b, q := s.quoted()
		e, err := s.ledger.Hold(bounded(t), s.quotedOrder(t, b, q))
		s.mustBe(t, order.EntryHeld, b)(e, err)
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"a hold has a reference of the ledger's own", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		e := s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		require.NotEmpty(t, e.LedgerReference)
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
}

var refusals = []test{
	{"an account that does not exist cannot pay", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Unknown, s.Payee, amount))
	}},
	{"a closed account cannot pay", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Closed, s.Payee, amount))
	}},
	{"an account that does not exist cannot be paid", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Payer, s.Unknown, amount))
	}},
	{"a closed account cannot be paid", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Payer, s.Closed, amount))
	}},
	{"a poor account cannot pay what it does not have", nothing, func(t *testing.T, s *suite) {
		s.moves(t, s.Poor, 0, 0, func() { s.isRefused(t, s.body(s.Poor, s.Payee, amount)) })
	}},
	{"a currency that the accounts do not have is refused", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		b.Legs[0].Currency = "XTS" // ISO 4217's code for tests
		s.isRefused(t, b)
	}},
	{"a ledger that checks consents refuses a hold without one", aConsentCheck, func(t *testing.T, s *suite) {
		for name, spoil := range withoutConsent {
			t.Run(name, func(t *testing.T) {
				b, q := s.quoted()
				o := s.quotedOrder(t, b, q)
				spoil(t, s, &b, &o)
				s.nothingMoves(t, func() {
					e, err := s.ledger.Hold(bounded(t), o)
					s.mustBe(t, order.EntryTombstoned, b)(e, err)
				})
			})
		}
	}},
}

// withoutConsent spoils a good order under a quote, each in one way.
var withoutConsent = map[string]func(t *testing.T, s *suite, b *order.Body, o *sdk.HoldOrder){
	"no signature": func(_ *testing.T, _ *suite, _ *order.Body, o *sdk.HoldOrder) { o.Consent.Signature = nil },
	"a changed signature": func(_ *testing.T, _ *suite, _ *order.Body, o *sdk.HoldOrder) {
		o.Consent.Signature = slices.Clone(o.Consent.Signature)
		o.Consent.Signature[10] ^= 1
	},
	"another account's signature": func(t *testing.T, s *suite, _ *order.Body, o *sdk.HoldOrder) {
		q, err := order.DecodeQuote(o.Consent.Quote)
		require.NoError(t, err)
		o.Consent.Signature = s.Sign(t, s.Poor, order.QuoteSignBytes(q.ChainID, q.ID()))
	},
	"a signature over the settlement where the quote's is due": func(t *testing.T, s *suite, b *order.Body, o *sdk.HoldOrder) {
		o.Consent.Signature = s.Sign(t, s.Payer, order.ConsentSignBytes(b.ChainID, b.Hash()))
	},
	"no quote": func(_ *testing.T, _ *suite, _ *order.Body, o *sdk.HoldOrder) { o.Consent.Quote = nil },
	"another quote": func(t *testing.T, s *suite, _ *order.Body, o *sdk.HoldOrder) {
		q, err := order.DecodeQuote(o.Consent.Quote)
		require.NoError(t, err)
		q.Reference += "x"
		o.Consent = sdk.Consent{Quote: q.Encode(), Signature: s.Sign(t, s.Payer, order.QuoteSignBytes(q.ChainID, q.ID()))}
	},
	"a better price than the quote's": func(_ *testing.T, _ *suite, b *order.Body, o *sdk.HoldOrder) {
		b.Legs[1].AmountMinor++
		o.Instruction, o.Body = instruction(order.Hold, *b), b.Encode()
	},
	"the body of another settlement": func(_ *testing.T, _ *suite, b *order.Body, o *sdk.HoldOrder) {
		other := *b
		other.Reference += "x"
		o.Body = other.Encode()
	},
}

// isRefused holds a settlement that the ledger must refuse, and checks all that follows from a refusal.
func (s *suite) isRefused(t *testing.T, b order.Body) {
	t.Helper()
	s.nothingMoves(t, func() {
		e := s.mustBe(t, order.EntryTombstoned, b)(s.hold(t, b))
		require.NotEmpty(t, e.Reason, "a refusal says why")
		s.tellsNoBalance(t, e.Reason, b)
		again := s.mustBe(t, order.EntryTombstoned, b)(s.hold(t, b))
		require.Equal(t, e.Reason, again.Reason)
		_, err := s.post(t, b)
		requireCode(t, sdk.Conflict, err)
		s.mustBe(t, order.EntryTombstoned, b)(s.void(t, b))
	})
}

// tellsNoBalance: a reason is a note on the hub, where every participant reads it.
func (s *suite) tellsNoBalance(t *testing.T, reason string, b order.Body) {
	t.Helper()
	for _, a := range []sdk.Account{s.Payer, s.Payee, s.Poor} {
		has := s.Balance(t, a)
		for _, minor := range []uint64{has.AvailableMinor, has.HeldMinor} {
			if minor > 0 && minor != b.Legs[len(b.Legs)-1].AmountMinor {
				require.NotRegexp(t, fmt.Sprintf(`\b%d\b`, minor), reason, "the reason tells a balance of %s", a)
			}
		}
	}
}
