package conformance

import (
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

var posts = []test{
	{"a post gives the held money to the payee", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.moves(t, s.Payer, 0, -amount, func() {
			s.moves(t, s.Payee, amount, 0, func() { s.mustBe(t, order.EntryPosted, b)(s.post(t, b)) })
		})
	}},
	{"an unknown id cannot be posted, and stays unknown", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.nothingMoves(t, func() {
			_, err := s.post(t, b)
			requireCode(t, sdk.NotFound, err)
			s.mustBeUnheardOf(t, b)
		})
	}},
	{"what was given back cannot be posted", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
		s.nothingMoves(t, func() {
			_, err := s.post(t, b)
			requireCode(t, sdk.Conflict, err)
			s.mustBe(t, order.EntryVoided, b)(s.lookup(t, b))
		})
	}},
}

var voids = []test{
	{"a void gives the held money back to the payer", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.moves(t, s.Payer, amount, -amount, func() {
			s.moves(t, s.Payee, 0, 0, func() { s.mustBe(t, order.EntryVoided, b)(s.void(t, b)) })
		})
	}},
	{"what was posted cannot be given back", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.mustBe(t, order.EntryPosted, b)(s.post(t, b))
		s.nothingMoves(t, func() {
			_, err := s.void(t, b)
			requireCode(t, sdk.Conflict, err)
			s.mustBe(t, order.EntryPosted, b)(s.lookup(t, b))
		})
	}},
	{"a void that overtakes its hold makes the hold refused", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.nothingMoves(t, func() {
			s.mustBe(t, order.EntryTombstoned, b)(s.void(t, b))
			s.mustBe(t, order.EntryTombstoned, b)(s.hold(t, b))
		})
	}},
}

var tombstones = []test{
	{"a notary's refusal of an unknown id is final", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.nothingMoves(t, func() {
			s.mustBe(t, order.EntryTombstoned, b)(s.refuse(t, b))
			s.mustBe(t, order.EntryTombstoned, b)(s.refuse(t, b))
			s.mustBe(t, order.EntryTombstoned, b)(s.hold(t, b))
			s.mustBe(t, order.EntryTombstoned, b)(s.void(t, b))
			_, err := s.post(t, b)
			requireCode(t, sdk.Conflict, err)
		})
	}},
	{"a notary's refusal needs no good consent", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		o := s.order(t, b)
		o.Consent = sdk.Consent{}
		e, err := s.ledger.Refuse(bounded(t), o)
		s.mustBe(t, order.EntryTombstoned, b)(e, err)
	}},
	{"a notary's refusal changes nothing that is known", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.nothingMoves(t, func() { s.mustBe(t, order.EntryHeld, b)(s.refuse(t, b)) })
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
		s.nothingMoves(t, func() { s.mustBe(t, order.EntryVoided, b)(s.refuse(t, b)) })
	}},
}

var suspense = []test{
	{"where the payee was closed since the hold, a post goes to suspense", aDoomedPayee, func(t *testing.T, s *suite) {
		b := s.body(s.Payer, s.Doomed, amount)
		s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		s.CloseAccount(t, s.Doomed)
		s.moves(t, s.Doomed, 0, 0, func() {
			s.moves(t, s.Payer, 0, -amount, func() {
				e := s.mustBe(t, order.EntrySuspense, b)(s.post(t, b))
				require.NotEmpty(t, e.Reason, "suspense says why")
				s.mustBe(t, order.EntrySuspense, b)(s.post(t, b))
			})
			_, err := s.void(t, b)
			requireCode(t, sdk.Conflict, err)
		})
	}},
}
