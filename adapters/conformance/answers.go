package conformance

import (
	"strings"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

var lookups = []test{
	{"an id that the ledger never heard of is not found", nothing, func(t *testing.T, s *suite) {
		s.mustBeUnheardOf(t, s.usual())
	}},
	{"a lookup gives the entry's body in every state that has one", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		e, err := s.lookup(t, b)
		require.NoError(t, err)
		require.Equal(t, s.Payer, e.Payer)
		require.Equal(t, s.Payee, e.Payee)
		require.Equal(t, s.Currency, e.Currency)
		require.Equal(t, uint64(amount), e.AmountMinor)
		s.mustBe(t, order.EntryPosted, b)(s.post(t, b))
		posted, err := s.lookup(t, b)
		require.NoError(t, err)
		require.True(t, posted.Matches(instruction(order.Post, b)))
	}},
	{"a lookup changes nothing", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.mustBeUnheardOf(t, b)
		s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		s.nothingMoves(t, func() {
			s.mustBe(t, order.EntryHeld, b)(s.lookup(t, b))
			s.mustBe(t, order.EntryHeld, b)(s.lookup(t, b))
		})
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
}

var consentKeys = []test{
	{"the key on file verifies what the account's holder signs", nothing, func(t *testing.T, s *suite) {
		for _, a := range []sdk.Account{s.Payer, s.Poor} {
			key, err := s.ledger.ConsentKey(bounded(t), a)
			require.NoError(t, err)
			b := s.usual()
			signBytes := order.ConsentSignBytes(b.ChainID, b.Hash())
			require.NoError(t, sdk.VerifySignature(key, signBytes, s.Sign(t, a, signBytes)))
		}
	}},
	{"an account that does not exist has no key", nothing, func(t *testing.T, s *suite) {
		_, err := s.ledger.ConsentKey(bounded(t), s.Unknown)
		requireCode(t, sdk.NotFound, err)
	}},
}

var idempotency = []test{
	{"a hold delivered again holds once", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		s.moves(t, s.Payer, -amount, amount, func() {
			for range 3 {
				s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
			}
		})
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"a post delivered again pays once", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.moves(t, s.Payee, amount, 0, func() {
			for range 3 {
				s.mustBe(t, order.EntryPosted, b)(s.post(t, b))
			}
		})
	}},
	{"a void delivered again gives back once", nothing, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.moves(t, s.Payer, amount, -amount, func() {
			for range 3 {
				s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
			}
		})
	}},
	{"a hold delivered again after the entry is final answers with the entry as it stands", nothing, func(t *testing.T, s *suite) {
		posted, voided := s.held(t), s.held(t)
		s.mustBe(t, order.EntryPosted, posted)(s.post(t, posted))
		s.mustBe(t, order.EntryVoided, voided)(s.void(t, voided))
		s.nothingMoves(t, func() {
			s.mustBe(t, order.EntryPosted, posted)(s.hold(t, posted))
			s.mustBe(t, order.EntryVoided, voided)(s.hold(t, voided))
		})
	}},
}

var conflicts = []test{
	{"an id that another body has taken is a conflict, and the entry stays as it is", nothing, func(t *testing.T, s *suite) {
		for name, change := range map[string]func(*order.Leg){
			"amount": func(l *order.Leg) { l.AmountMinor++ },
			"payee":  func(l *order.Leg) { l.Payee = string(s.Poor) },
			"payer":  func(l *order.Leg) { l.Payer = string(s.Poor) },
		} {
			t.Run(name, func(t *testing.T) {
				b := s.held(t)
				other := b
				other.Legs = []order.Leg{b.Legs[0]}
				change(&other.Legs[0])
				require.Equal(t, b.EntryID(0), other.EntryID(0), "same proposer and reference, same id")
				s.nothingMoves(t, func() {
					_, err := s.hold(t, other)
					requireCode(t, sdk.Conflict, err)
					_, err = s.post(t, other)
					requireCode(t, sdk.Conflict, err)
					_, err = s.void(t, other)
					requireCode(t, sdk.Conflict, err)
					s.mustBe(t, order.EntryHeld, b)(s.refuse(t, other))
				})
				s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
			})
		}
	}},
}

// mistakes are the caller's own: they are errors, not refusals, and leave no entry behind.
var mistakes = []test{
	{"a call with another kind of instruction is invalid", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		o := s.order(t, b)
		o.Instruction = instruction(order.Post, b)
		_, err := s.ledger.Hold(bounded(t), o)
		requireCode(t, sdk.Invalid, err)
		_, err = s.ledger.Refuse(bounded(t), o)
		requireCode(t, sdk.Invalid, err)
		_, err = s.ledger.Post(bounded(t), sdk.PostOrder{Instruction: instruction(order.Void, b)})
		requireCode(t, sdk.Invalid, err)
		_, err = s.ledger.Void(bounded(t), sdk.VoidOrder{Instruction: instruction(order.Hold, b)})
		requireCode(t, sdk.Invalid, err)
		s.mustBeUnheardOf(t, b)
	}},
	{"an instruction to another ledger is invalid", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		b.Legs[0].Ledger = "elsewhere"
		_, err := s.hold(t, b)
		requireCode(t, sdk.Invalid, err)
		s.mustBeUnheardOf(t, b)
	}},
	{"an instruction whose entry id is not its own is invalid", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		o := s.order(t, b)
		o.Instruction.Entry[0] ^= 1
		_, err := s.ledger.Hold(bounded(t), o)
		requireCode(t, sdk.Invalid, err)
		s.mustBeUnheardOf(t, b)
	}},
	{"an amount of zero is invalid", nothing, func(t *testing.T, s *suite) {
		b := s.body(s.Payer, s.Payee, 0)
		_, err := s.hold(t, b)
		requireCode(t, sdk.Invalid, err)
		s.mustBeUnheardOf(t, b)
	}},
	{"an order without a body is invalid", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		o := s.order(t, b)
		o.Body = nil
		_, err := s.ledger.Hold(bounded(t), o)
		requireCode(t, sdk.Invalid, err)
		s.mustBeUnheardOf(t, b)
	}},
}

var limits = []test{
	{"the largest amount that can be written is refused, not misread", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Payer, s.Payee, order.MaxAmountMinor))
	}},
	{"an amount over the ledger's own limit is refused", aLimit, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Payer, s.Payee, s.TooLargeMinor))
	}},
	{"an amount of one minor unit is exact", nothing, func(t *testing.T, s *suite) {
		b := s.body(s.Payer, s.Payee, 1)
		s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		s.moves(t, s.Payee, 1, 0, func() { s.mustBe(t, order.EntryPosted, b)(s.post(t, b)) })
	}},
	{"an account name of the greatest length is refused like any other unknown one", nothing, func(t *testing.T, s *suite) {
		s.isRefused(t, s.body(s.Payer, sdk.Account(strings.Repeat("x", order.MaxTextBytes)), amount))
	}},
}
