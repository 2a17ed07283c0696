package conformance

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// amount is what most tests move. It is small, so that what they post does not make the payer poor.
const amount = 1_000

// body is a new settlement with one leg on the ledger under test.
func (s *suite) body(payer, payee sdk.Account, amountMinor uint64) order.Body {
	return order.Body{
		ChainID: s.ChainID, Proposer: "corridor1conformance", Reference: strings.ReplaceAll(uuid.NewString(), "-", ""),
		Legs: []order.Leg{{
			Ledger: s.id, Payer: string(payer), Payee: string(payee), Currency: s.Currency, AmountMinor: amountMinor, PaidBy: order.NoLeg,
		}},
		PrepareDeadlineUnixNs: uint64(time.Now().Add(time.Hour).UnixNano()), Pivot: order.NoLeg,
	}
}

// usual is a new settlement that nothing is wrong with.
func (s *suite) usual() order.Body { return s.body(s.Payer, s.Payee, amount) }

// quoted is a new settlement whose second leg, on the ledger under test, is paid under a quote of the payer's.
func (s *suite) quoted() (order.Body, order.Quote) {
	b := s.usual()
	q := order.Quote{
		ChainID: s.ChainID, Provider: "corridor1provider", Reference: b.Reference,
		PayCurrency: "XTS", ReceivingLedger: "elsewhere", ReceivingAccount: "provider",
		ReceiveCurrency: s.Currency, PayingLedger: s.id, PayingAccount: string(s.Payer),
		RatioNumerator: 1, RatioDenominator: 2, Rounding: order.RoundDown, SizeMinor: 10 * amount,
		ExpiryUnixNs: b.PrepareDeadlineUnixNs, LatestPrepareUnixNs: b.PrepareDeadlineUnixNs,
	}
	id := q.ID()
	paying := order.Leg{Ledger: "elsewhere", Payer: "customer", Payee: "provider", Currency: "XTS", AmountMinor: 2 * amount, PaidBy: order.NoLeg}
	leg := b.Legs[0]
	leg.QuoteID, leg.PaidBy = id[:], 0
	b.Legs = []order.Leg{paying, leg}
	return b, q
}

// order is the hold order for the body's last leg, with the consent of whoever can give it.
func (s *suite) order(t testing.TB, b order.Body) sdk.HoldOrder {
	i := order.NewInstruction(order.Hold, b, len(b.Legs)-1)
	signer := sdk.Account(i.Payer)
	if signer != s.Payer && signer != s.Poor && signer != s.Payee {
		signer = s.Payer // an account that the ledger cannot let pay, whoever signs
	}
	return sdk.HoldOrder{Instruction: i, Body: b.Encode(), Consent: sdk.Consent{
		Signature: s.Sign(t, signer, order.ConsentSignBytes(b.ChainID, b.Hash())),
	}}
}

func (s *suite) quotedOrder(t testing.TB, b order.Body, q order.Quote) sdk.HoldOrder {
	o := s.order(t, b)
	o.Consent = sdk.Consent{Quote: q.Encode(), Signature: s.Sign(t, s.Payer, order.QuoteSignBytes(q.ChainID, q.ID()))}
	return o
}

func instruction(k order.Kind, b order.Body) order.Instruction {
	return order.NewInstruction(k, b, len(b.Legs)-1)
}

func (s *suite) hold(t testing.TB, b order.Body) (sdk.Entry, error) {
	return s.ledger.Hold(bounded(t), s.order(t, b))
}

func (s *suite) refuse(t testing.TB, b order.Body) (sdk.Entry, error) {
	return s.ledger.Refuse(bounded(t), s.order(t, b))
}

func (s *suite) post(t testing.TB, b order.Body) (sdk.Entry, error) {
	return s.ledger.Post(bounded(t), sdk.PostOrder{Instruction: instruction(order.Post, b)})
}

func (s *suite) void(t testing.TB, b order.Body) (sdk.Entry, error) {
	return s.ledger.Void(bounded(t), sdk.VoidOrder{Instruction: instruction(order.Void, b)})
}

func (s *suite) lookup(t testing.TB, b order.Body) (sdk.Entry, error) {
	return s.ledger.Lookup(bounded(t), b.EntryID(len(b.Legs)-1))
}

// held holds a new usual settlement.
func (s *suite) held(t testing.TB) order.Body {
	b := s.usual()
	s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
	return b
}

// mustBe checks the answer of a call: no error, this body, this state; and that Lookup says the same.
func (s *suite) mustBe(t testing.TB, want order.EntryState, b order.Body) func(sdk.Entry, error) sdk.Entry {
	return func(e sdk.Entry, err error) sdk.Entry {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, want.String(), e.State.String(), "reason: %s", e.Reason)
		require.True(t, e.Matches(instruction(order.Hold, b)), "the entry %+v is not that of the instruction", e)
		looked, err := s.lookup(t, b)
		require.NoError(t, err)
		require.Equal(t, want.String(), looked.State.String(), "Lookup does not say what the call answered")
		require.True(t, looked.Matches(instruction(order.Hold, b)), "the entry %+v that was looked up is not that of the instruction", looked)
		return e
	}
}

func (s *suite) mustBeUnheardOf(t testing.TB, b order.Body) {
	t.Helper()
	_, err := s.lookup(t, b)
	requireCode(t, sdk.NotFound, err)
}

func requireCode(t testing.TB, want sdk.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, sdk.CodeOf(err), "the error is: %v", err)
}

// bounded is the context of one call.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// moves runs do and checks by how much it changed an account, as the ledger itself says.
func (s *suite) moves(t testing.TB, a sdk.Account, available, held int64, do func()) {
	t.Helper()
	before := s.Balance(t, a)
	do()
	after := s.Balance(t, a)
	require.Equal(t, available, int64(after.AvailableMinor)-int64(before.AvailableMinor), "available of %s", a)
	require.Equal(t, held, int64(after.HeldMinor)-int64(before.HeldMinor), "held of %s", a)
}

// nothingMoves runs do and checks that neither payer nor payee has changed.
func (s *suite) nothingMoves(t testing.TB, do func()) {
	t.Helper()
	s.moves(t, s.Payer, 0, 0, func() { s.moves(t, s.Payee, 0, 0, do) })
}
