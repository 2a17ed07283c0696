package conformance

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// books are about what a ledger that checks orders believes. They use its book by hand.
var books = []test{
	{"the book is of the hub whose orders count", aBook, func(t *testing.T, s *suite) {
		require.Equal(t, s.ChainID, s.book(t).ChainID)
	}},
	{"what was never proven is denied, whoever consents, and leaves nothing behind", aBook, func(t *testing.T, s *suite) {
		l, b := s.unproven(t), s.usual()
		s.nothingMoves(t, func() {
			_, err := l.Hold(bounded(t), s.order(t, b))
			requireCode(t, sdk.Denied, err)
			_, err = l.Refuse(bounded(t), s.order(t, b))
			requireCode(t, sdk.Denied, err)
			_, err = l.Void(bounded(t), sdk.VoidOrder{Instruction: instruction(order.Void, b)})
			requireCode(t, sdk.Denied, err)
			s.mustBeUnheardOf(t, b)
		})
	}},
	{"a held entry is neither posted nor voided before the hub has decided", aBook, func(t *testing.T, s *suite) {
		l, b := s.unproven(t), s.held(t)
		s.nothingMoves(t, func() {
			_, err := l.Post(bounded(t), sdk.PostOrder{Instruction: instruction(order.Post, b)})
			requireCode(t, sdk.Denied, err)
			_, err = l.Void(bounded(t), sdk.VoidOrder{Instruction: instruction(order.Void, b)})
			requireCode(t, sdk.Denied, err)
			s.mustBe(t, order.EntryHeld, b)(s.lookup(t, b))
		})
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"what was proven once needs no other proof", aBook, func(t *testing.T, s *suite) {
		l, b := s.unproven(t), s.usual()
		before := s.book(t)
		taken, err := l.take(bounded(t), instruction(order.Hold, b), instruction(order.Void, b))
		require.NoError(t, err)
		require.Equal(t, before.Number+2, taken.Number)
		require.GreaterOrEqual(t, taken.Height, before.Height)
		require.Equal(t, taken, s.book(t))
		for range 2 {
			e, err := l.Hold(bounded(t), s.order(t, b))
			s.mustBe(t, order.EntryHeld, b)(e, err)
		}
		e, err := l.Void(bounded(t), sdk.VoidOrder{Instruction: instruction(order.Void, b)})
		s.mustBe(t, order.EntryVoided, b)(e, err)
		require.Equal(t, taken, s.book(t), "acting on the book does not change it")
	}},
	{"a batch taken again, or after a newer one, is a no-op", aBook, func(t *testing.T, s *suite) {
		l := s.unproven(t)
		first := s.batch(t, s.book(t), instruction(order.Hold, s.usual()))
		one, err := l.book.Take(bounded(t), first)
		require.NoError(t, err)
		again, err := l.book.Take(bounded(t), first)
		require.NoError(t, err)
		require.Equal(t, one, again)
		two, err := l.book.Take(bounded(t), s.batch(t, one, instruction(order.Hold, s.usual())))
		require.NoError(t, err)
		require.Equal(t, one.Number+1, two.Number)
		late, err := l.book.Take(bounded(t), first)
		require.NoError(t, err)
		require.Equal(t, two, late)
	}},
	{"a batch that leaves instructions out is denied, and so is one from another header than the book's", aBook, func(t *testing.T, s *suite) {
		l, before, b := s.unproven(t), s.book(t), s.usual()
		s.batch(t, before, instruction(order.Hold, s.usual()))
		gap := before
		gap.Number++
		_, err := l.book.Take(bounded(t), s.batch(t, gap, instruction(order.Hold, b)))
		requireCode(t, sdk.Denied, err)
		require.Equal(t, before, s.book(t))
		_, err = l.Hold(bounded(t), s.order(t, b))
		requireCode(t, sdk.Denied, err)

		stale := s.batch(t, before) // brings both
		_, err = l.take(bounded(t), instruction(order.Hold, b))
		require.NoError(t, err)
		now := s.book(t)
		other := now
		other.Height, other.Hash = before.Height, before.Hash
		_, err = l.book.Take(bounded(t), s.batch(t, other, instruction(order.Hold, s.usual())))
		requireCode(t, sdk.Denied, err)
		require.Equal(t, now, s.book(t))
		_, err = l.book.Take(bounded(t), stale)
		require.NoError(t, err, "from the old header, but nothing new")
		_, err = l.take(bounded(t))
		require.NoError(t, err)
	}},
	{"a batch that is none, or was altered, is refused and changes nothing", aBook, func(t *testing.T, s *suite) {
		l, before, b := s.unproven(t), s.book(t), s.usual()
		good := s.batch(t, before, instruction(order.Hold, b))
		_, err := l.book.Take(bounded(t), []byte("a batch"))
		requireCode(t, sdk.Invalid, err)
		_, err = l.book.Take(bounded(t), good[:len(good)-1])
		requireCode(t, sdk.Invalid, err)
		for at := 7; at < len(good); at += len(good)/16 + 1 {
			bad := slices.Clone(good)
			bad[at] ^= 1
			_, err := l.book.Take(bounded(t), bad)
			require.Contains(t, []sdk.Code{sdk.Invalid, sdk.Denied}, sdk.CodeOf(err), "byte %d of %d altered: %v", at, len(good), err)
		}
		require.Equal(t, before, s.book(t))
		_, err = l.Hold(bounded(t), s.order(t, b))
		requireCode(t, sdk.Denied, err)
		_, err = l.take(bounded(t))
		require.NoError(t, err)
	}},
	{"orders proven and given at once are all carried out once", aBook, func(t *testing.T, s *suite) {
		orders, bodies, ctx := make([]sdk.HoldOrder, atOnce), make([]order.Body, atOnce), bounded(t)
		for k := range orders {
			bodies[k] = s.usual()
			orders[k] = s.order(t, bodies[k])
		}
		s.moves(t, s.Payer, -amount*atOnce, amount*atOnce, func() {
			a := together(2*atOnce, func(k int) (sdk.Entry, error) { return s.ledger.Hold(ctx, orders[k%atOnce]) })
			a.settled(t)
			for _, b := range bodies {
				s.mustBe(t, order.EntryHeld, b)(s.hold(t, b))
			}
		})
		for _, b := range bodies {
			s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
		}
	}},
	{"an adapter that dies between the proof and the hold needs no other proof", aBook | aCrash, func(t *testing.T, s *suite) {
		b := s.usual()
		taken, err := s.unproven(t).take(bounded(t), instruction(order.Hold, b))
		require.NoError(t, err)
		s.crash(t)
		require.Equal(t, taken, s.book(t))
		e, err := s.unproven(t).Hold(bounded(t), s.order(t, b))
		s.mustBe(t, order.EntryHeld, b)(e, err)
		s.mustBe(t, order.EntryVoided, b)(s.void(t, b))
	}},
	{"a proof whose reply got lost is Unknown, and the book tells the truth", aBook | someFaults, func(t *testing.T, s *suite) {
		l, before, b := s.unproven(t), s.book(t), s.usual()
		batch := s.batch(t, before, instruction(order.Hold, b))
		s.Faults.Unavailable(t, OpTake, 1)
		if _, err := l.book.Take(bounded(t), batch); err != nil {
			requireCode(t, sdk.Unavailable, err)
			require.Equal(t, before, s.book(t))
		}
		s.Faults.Clear(t)
		s.Faults.Withhold(t, OpTake, 1)
		if _, err := l.book.Take(bounded(t), batch); err != nil {
			requireCode(t, sdk.Unknown, err)
		}
		s.Faults.Clear(t)
		now := s.book(t)
		require.Equal(t, before.Number+1, now.Number)
		again, err := l.book.Take(bounded(t), batch)
		require.NoError(t, err)
		require.Equal(t, now, again)
	}},
}

// unproven is the ledger under test as it is: nothing is proven to it but by the test.
type unproven struct {
	sdk.Ledger
	book sdk.OrderBook
	take func(ctx context.Context, instructions ...order.Instruction) (sdk.Book, error) // proves from the book as it stands
}

func (s *suite) unproven(t testing.TB) unproven {
	p, ok := s.ledger.(interface{ under() *proving })
	require.True(t, ok, "the ledger keeps no book")
	return unproven{Ledger: p.under().Ledger, book: p.under().book, take: p.under().take}
}

func (s *suite) book(t testing.TB) sdk.Book {
	b, err := s.unproven(t).book.Book(bounded(t))
	require.NoError(t, err)
	return b
}

// batch has the hub order instructions, and proves to who has a book what it does not know.
func (s *suite) batch(t testing.TB, from sdk.Book, instructions ...order.Instruction) []byte {
	b, err := s.Prove(from, instructions...)
	require.NoError(t, err)
	return b
}
