package conformance

import (
	"context"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

// step is one call that moves money, with what it must come to.
type step struct {
	op    Op
	start func(t testing.TB, s *suite) order.Body // brings a settlement to the point before the call
	call  func(ctx context.Context, s *suite, t testing.TB, b order.Body) (sdk.Entry, error)
	from  order.EntryState // EntryUnknown: never heard of
	to    order.EntryState
	payer [2]int64 // what it changes of the payer: available, held
}

var steps = []step{
	{
		op: OpHold, from: order.EntryUnknown, to: order.EntryHeld, payer: [2]int64{-amount, amount},
		start: func(_ testing.TB, s *suite) order.Body { return s.usual() },
		call: func(ctx context.Context, s *suite, t testing.TB, b order.Body) (sdk.Entry, error) {
			return s.ledger.Hold(ctx, s.order(t, b))
		},
	},
	{
		op: OpPost, from: order.EntryHeld, to: order.EntryPosted, payer: [2]int64{0, -amount},
		start: func(t testing.TB, s *suite) order.Body { return s.held(t) },
		call: func(ctx context.Context, s *suite, _ testing.TB, b order.Body) (sdk.Entry, error) {
			return s.ledger.Post(ctx, sdk.PostOrder{Instruction: instruction(order.Post, b)})
		},
	},
	{
		op: OpVoid, from: order.EntryHeld, to: order.EntryVoided, payer: [2]int64{amount, -amount},
		start: func(t testing.TB, s *suite) order.Body { return s.held(t) },
		call: func(ctx context.Context, s *suite, _ testing.TB, b order.Body) (sdk.Entry, error) {
			return s.ledger.Void(ctx, sdk.VoidOrder{Instruction: instruction(order.Void, b)})
		},
	},
	{
		op: OpRefuse, from: order.EntryUnknown, to: order.EntryTombstoned,
		start: func(_ testing.TB, s *suite) order.Body { return s.usual() },
		call: func(ctx context.Context, s *suite, t testing.TB, b order.Body) (sdk.Entry, error) {
			return s.ledger.Refuse(ctx, s.order(t, b))
		},
	},
}

// said checks what a call said that a fault was switched on for: an error of this code, or the truth, for an
// adapter may try again or look up by itself.
func (st step) said(t testing.TB, want sdk.Code, e sdk.Entry, err error) {
	t.Helper()
	if err == nil {
		require.Equal(t, st.to.String(), e.State.String(), "neither an error nor the truth")
		return
	}
	requireCode(t, want, err)
}

// eachStep runs f for every call that moves money, with a settlement just before that call.
func eachStep(t *testing.T, s *suite, f func(t *testing.T, st step, b order.Body)) {
	for _, st := range steps {
		t.Run(string(st.op), func(t *testing.T) {
			t.Cleanup(func() { s.Faults.Clear(t) })
			b := st.start(t, s)
			f(t, st, b)
			s.Faults.Clear(t)
			if st.to == order.EntryHeld {
				s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
			}
		})
	}
}

var faults = []test{
	{"a lost reply is Unknown, a lookup tells the truth, and the call again changes nothing more", someFaults, func(t *testing.T, s *suite) {
		eachStep(t, s, func(t *testing.T, st step, b order.Body) {
			s.moves(t, s.Payer, st.payer[0], st.payer[1], func() {
				s.Faults.Withhold(t, st.op, 1)
				e, err := st.call(bounded(t), s, t, b)
				st.said(t, sdk.Unknown, e, err)
				s.Faults.Clear(t)
				s.mustBe(t, st.to, b)(s.lookup(t, b))
				e, err = st.call(bounded(t), s, t, b)
				s.mustBe(t, st.to, b)(e, err)
			})
		})
	}},
	{"a call that was turned away is Unavailable, has no effect, and succeeds later", someFaults, func(t *testing.T, s *suite) {
		eachStep(t, s, func(t *testing.T, st step, b order.Body) {
			s.moves(t, s.Payer, st.payer[0], st.payer[1], func() {
				s.Faults.Unavailable(t, st.op, 1)
				e, err := st.call(bounded(t), s, t, b)
				s.Faults.Clear(t)
				st.said(t, sdk.Unavailable, e, err)
				if err != nil {
					s.isStill(t, st.from, b)
				}
				e, err = st.call(bounded(t), s, t, b)
				s.mustBe(t, st.to, b)(e, err)
			})
		})
	}},
	{"a slow call ends with its caller's time, and its effect is there once", someFaults, func(t *testing.T, s *suite) {
		eachStep(t, s, func(t *testing.T, st step, b order.Body) {
			s.moves(t, s.Payer, st.payer[0], st.payer[1], func() {
				s.Faults.Slow(t, st.op, 1, time.Hour)
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				ended := make(chan struct{})
				var e sdk.Entry
				var err error
				go func() {
					defer close(ended)
					e, err = st.call(ctx, s, t, b)
				}()
				select {
				case <-ended:
					st.said(t, sdk.Unknown, e, err)
				case <-time.After(patience):
					t.Fatalf("the call goes on %s after its caller's time was up", patience)
				}
				s.Faults.Clear(t)
				s.mustBe(t, st.to, b)(s.lookup(t, b))
				e, err = st.call(bounded(t), s, t, b)
				s.mustBe(t, st.to, b)(e, err)
			})
		})
	}},
	{"a lookup that cannot be had is no answer: neither an entry nor NotFound", someFaults, func(t *testing.T, s *suite) {
		b := s.held(t)
		s.Faults.Unavailable(t, OpLookup, 1)
		if e, err := s.lookup(t, b); err == nil {
			require.Equal(t, order.EntryHeld, e.State)
		} else {
			require.Contains(t, []sdk.Code{sdk.Unavailable, sdk.Unknown}, sdk.CodeOf(err), "%v", err)
		}
		s.Faults.Clear(t)
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"a key that cannot be had now is Unavailable, not missing", someFaults, func(t *testing.T, s *suite) {
		s.Faults.Unavailable(t, OpConsentKey, 1)
		if _, err := s.ledger.ConsentKey(bounded(t), s.Payer); err != nil {
			requireCode(t, sdk.Unavailable, err)
		}
		s.Faults.Clear(t)
		_, err := s.ledger.ConsentKey(bounded(t), s.Payer)
		require.NoError(t, err)
	}},
}

var crashes = []test{
	{"an adapter that dies after each call finds the truth when it starts again", aCrash, func(t *testing.T, s *suite) {
		posted, voided, refused := s.held(t), s.held(t), s.usual()
		s.crash(t)
		s.mustBe(t, order.EntryHeld, posted)(s.lookup(t, posted))
		s.mustBe(t, order.EntryPosted, posted)(s.post(t, posted))
		s.mustBe(t, order.EntryVoided, voided)(s.void(t, voided))
		s.mustBe(t, order.EntryTombstoned, refused)(s.refuse(t, refused))
		s.crash(t)
		s.nothingMoves(t, func() {
			s.mustBe(t, order.EntryPosted, posted)(s.hold(t, posted))
			s.mustBe(t, order.EntryPosted, posted)(s.post(t, posted))
			s.mustBe(t, order.EntryVoided, voided)(s.void(t, voided))
			s.mustBe(t, order.EntryTombstoned, refused)(s.hold(t, refused))
		})
	}},
	{"an adapter that dies between the ledger's commit and the reply leaves one effect", aCrash | someFaults, func(t *testing.T, s *suite) {
		eachStep(t, s, func(t *testing.T, st step, b order.Body) {
			s.moves(t, s.Payer, st.payer[0], st.payer[1], func() {
				s.Faults.Withhold(t, st.op, 1)
				e, err := st.call(bounded(t), s, t, b)
				st.said(t, sdk.Unknown, e, err)
				s.crash(t)
				s.Faults.Clear(t)
				s.mustBe(t, st.to, b)(s.lookup(t, b))
				e, err = st.call(bounded(t), s, t, b)
				s.mustBe(t, st.to, b)(e, err)
			})
		})
	}},
}

// isStill checks that an entry is where it was; EntryUnknown means that the ledger never heard of it.
func (s *suite) isStill(t testing.TB, want order.EntryState, b order.Body) {
	t.Helper()
	if want == order.EntryUnknown {
		s.mustBeUnheardOf(t, b)
		return
	}
	s.mustBe(t, want, b)(s.lookup(t, b))
}

// killer is an adapter that can be killed: a process.
type killer interface{ Kill() error }

// crash ends the adapter as abruptly as can be, and opens it again. In process there is nothing to
// kill: the adapter is dropped without a word, and what it kept in memory is lost to the next one.
func (s *suite) crash(t *testing.T) {
	t.Helper()
	if k, ok := s.ledger.(killer); ok {
		require.NoError(t, k.Kill())
	}
	s.ledger = s.Open(s.outer)
}
