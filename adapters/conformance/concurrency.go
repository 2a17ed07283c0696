package conformance

import (
	"sync"
	"testing"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
)

// atOnce is how many calls the concurrency tests make at once.
const atOnce = 8

// answers is what n calls said that ran at once.
type answers struct {
	entries []sdk.Entry
	errs    []error
}

func together(n int, call func(k int) (sdk.Entry, error)) answers {
	a := answers{make([]sdk.Entry, n), make([]error, n)}
	var wg sync.WaitGroup
	start := make(chan struct{})
	for k := range n {
		wg.Go(func() {
			<-start
			a.entries[k], a.errs[k] = call(k)
		})
	}
	close(start)
	wg.Wait()
	return a
}

func (a answers) count(s order.EntryState) (n int) {
	for k, e := range a.entries {
		if a.errs[k] == nil && e.State == s {
			n++
		}
	}
	return n
}

var concurrency = []test{
	{"the same hold many times at once holds once", nothing, func(t *testing.T, s *suite) {
		b := s.usual()
		o, ctx := s.order(t, b), bounded(t)
		s.moves(t, s.Payer, -amount, amount, func() {
			a := together(atOnce, func(int) (sdk.Entry, error) { return s.ledger.Hold(ctx, o) })
			a.settled(t)
			s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		})
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"holds at once never take more than there is", nothing, func(t *testing.T, s *suite) {
		gift := s.body(s.Payer, s.Poor, amount)
		s.mustBe(t, order.EntryHeld, gift)(s.hold(t, gift))
		s.mustBe(t, order.EntryPosted, gift)(s.post(t, gift))
		orders, bodies, ctx := make([]sdk.HoldOrder, atOnce), make([]order.Body, atOnce), bounded(t)
		for k := range orders {
			bodies[k] = s.body(s.Poor, s.Payer, amount)
			orders[k] = s.order(t, bodies[k])
		}
		a := together(atOnce, func(k int) (sdk.Entry, error) { return s.ledger.Hold(ctx, orders[k]) })
		a.settled(t)
		held := 0
		for _, b := range bodies { // one that the ledger turned away is ordered again, as a notary would
			e, err := s.hold(t, b)
			require.NoError(t, err)
			if e.State == order.EntryHeld {
				held++
				s.mustBe(t, order.EntryPosted, b)(s.post(t, b))
			}
		}
		require.Equal(t, 1, held, "the account had money for one")
	}},
	{"of a post and a void at once, one wins", nothing, func(t *testing.T, s *suite) {
		b, ctx := s.held(t), bounded(t)
		a := together(atOnce, func(k int) (sdk.Entry, error) {
			if k%2 == 0 {
				return s.ledger.Post(ctx, sdk.PostOrder{Instruction: instruction(order.Post, b)})
			}
			return s.ledger.Void(ctx, sdk.VoidOrder{Instruction: instruction(order.Void, b)})
		})
		e, err := s.lookup(t, b)
		require.NoError(t, err)
		posted, voided := a.count(order.EntryPosted), a.count(order.EntryVoided)
		switch e.State {
		case order.EntryPosted:
			require.Zero(t, voided, "posted, and yet a void was answered")
		case order.EntryVoided:
			require.Zero(t, posted, "voided, and yet a post was answered")
		default:
			t.Fatalf("the entry is %s after a post and a void", e.State)
		}
	}},
	{"two adapters on one ledger see one truth", twoAdapters, func(t *testing.T, s *suite) {
		b, ctx := s.usual(), bounded(t)
		other, o := s.Open(t), s.order(t, b)
		s.moves(t, s.Payer, -amount, amount, func() {
			a := together(atOnce, func(k int) (sdk.Entry, error) {
				if k%2 == 0 {
					return s.ledger.Hold(ctx, o)
				}
				return other.Hold(ctx, o)
			})
			a.settled(t)
			s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
		})
		e, err := other.Post(ctx, sdk.PostOrder{Instruction: instruction(order.Post, b)})
		s.mustBe(t, order.EntryPosted, b)(e, err)
	}},
}

// settled checks that every call got an answer, or was turned away for now.
func (a answers) settled(t *testing.T) {
	t.Helper()
	for _, err := range a.errs {
		if code := sdk.CodeOf(err); code != "" && code != sdk.Unavailable && code != sdk.Unknown {
			t.Fatalf("a call at the same time as others was answered: %v", err)
		}
	}
}
