package sdk_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/sdk"
	wire "github.com/corridor-network/corridor/adapters/sdk/adapterv1"
)

func goodBook() sdk.Book {
	return sdk.Book{ChainID: "corridor-1", Height: 7, Hash: make([]byte, 32), Number: 3}
}

// checking is a ledger that checks orders.
func checking(b sdk.Book) *wrong {
	d := described()
	d.OrderCheck, d.Optional = sdk.OrderCheckLedger, []string{sdk.OptionalBalances, sdk.OptionalOrders}
	return &wrong{description: d, book: b}
}

func TestABookAndABatchComeThrough(t *testing.T) {
	bothWays(t, checking(goodBook()), func(t *testing.T, l sdk.Ledger) {
		orders, ok := l.(sdk.OrderBook)
		require.True(t, ok)
		got, err := orders.Book(t.Context())
		require.NoError(t, err)
		require.Equal(t, goodBook(), got)
		got, err = orders.Take(t.Context(), make([]byte, sdk.MaxBatchBytes))
		require.NoError(t, err, "the largest batch passes the wire")
		require.Equal(t, goodBook(), got)
		_, ok = l.(sdk.BalanceReader)
		require.True(t, ok, "one optional part does not hide another")
	})
	for _, code := range sdk.Codes {
		l := checking(goodBook())
		l.err = sdk.Errorf(code, "in words")
		bothWays(t, l, func(t *testing.T, l sdk.Ledger) {
			b, err := l.(sdk.OrderBook).Take(t.Context(), []byte{1})
			require.Equal(t, code, sdk.CodeOf(err))
			require.ErrorContains(t, err, "in words")
			require.Zero(t, b)
		})
	}
}

func TestABatchOfNoSizeOrTooMuchNeverReachesTheLedger(t *testing.T) {
	l := checking(goodBook())
	l.panics = true // whoever asks it learns so
	bothWays(t, l, func(t *testing.T, l sdk.Ledger) {
		for _, n := range []int{0, sdk.MaxBatchBytes + 1} {
			_, err := l.(sdk.OrderBook).Take(t.Context(), make([]byte, n))
			require.Equal(t, sdk.Invalid, sdk.CodeOf(err), "%d bytes: %v", n, err)
		}
		_, err := l.(sdk.OrderBook).Take(t.Context(), []byte{1})
		require.Equal(t, sdk.Unknown, sdk.CodeOf(err), "a panic")
	})
}

func TestABookThatIsNoneIsNotPassedOn(t *testing.T) {
	for name, spoil := range map[string]func(*sdk.Book){
		"no chain id":              func(b *sdk.Book) { b.ChainID = "" },
		"no height":                func(b *sdk.Book) { b.Height = 0 },
		"a height below zero":      func(b *sdk.Book) { b.Height = -1 },
		"a hash of thirty-one":     func(b *sdk.Book) { b.Hash = b.Hash[1:] },
		"a chain id on two lines":  func(b *sdk.Book) { b.ChainID = "corridor\n1" },
		"nothing":                  func(b *sdk.Book) { *b = sdk.Book{} },
		"a hash that is not there": func(b *sdk.Book) { b.Hash = nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := goodBook()
			spoil(&b)
			bothWays(t, checking(b), func(t *testing.T, l sdk.Ledger) {
				_, err := l.(sdk.OrderBook).Book(t.Context())
				require.Equal(t, sdk.Unknown, sdk.CodeOf(err))
				_, err = l.(sdk.OrderBook).Take(t.Context(), []byte{1})
				require.Equal(t, sdk.Unknown, sdk.CodeOf(err))
			})
		})
	}
}

func TestALedgerHasTheOptionalPartsThatItsDescriptionNames(t *testing.T) {
	for _, named := range [][]string{nil, {sdk.OptionalBalances}, {sdk.OptionalOrders}, {sdk.OptionalOrders, sdk.OptionalBalances}} {
		d := described()
		d.Optional = named
		bothWays(t, &wrong{description: d, book: goodBook()}, func(t *testing.T, l sdk.Ledger) {
			_, reads := l.(sdk.BalanceReader)
			_, checks := l.(sdk.OrderBook)
			require.Equal(t, slices.Contains(named, sdk.OptionalBalances), reads)
			require.Equal(t, slices.Contains(named, sdk.OptionalOrders), checks)
		})
	}
}

func TestALedgerThatChecksOrdersAndKeepsNoBookDoesNotStart(t *testing.T) {
	d := described()
	d.OrderCheck = sdk.OrderCheckLedger
	_, err := sdk.Check(t.Context(), &wrong{description: d})
	require.ErrorContains(t, err, "a ledger that checks orders needs the optional part")
	d.Optional = []string{sdk.OptionalOrders}
	_, err = sdk.Check(t.Context(), struct{ sdk.Ledger }{&wrong{description: d}})
	require.ErrorContains(t, err, `advertises "orders" but does not have it`)
}

func TestAnAdapterWithoutABookAnswersDenied(t *testing.T) {
	l, err := memory.New(memory.Config{Ledger: "mem", Accounts: []memory.AccountConfig{{ID: "a", Currency: "USD"}}})
	require.NoError(t, err)
	rpc := wire.NewLedgerClient(dial(t, func(s *grpc.Server) { require.NoError(t, sdk.Register(t.Context(), s, l)) }))
	r, err := rpc.Book(t.Context(), &wire.BookRequest{})
	require.NoError(t, err)
	require.Equal(t, wire.ErrorCode_ERROR_CODE_DENIED, r.GetError().GetCode())
	r, err = rpc.Take(t.Context(), &wire.TakeRequest{Batch: []byte{1}})
	require.NoError(t, err)
	require.Equal(t, wire.ErrorCode_ERROR_CODE_DENIED, r.GetError().GetCode())
}

func TestATakeThatFailsOnTheWayIsUnknownAndAQuestionUnavailable(t *testing.T) {
	conn := dial(t, func(s *grpc.Server) { require.NoError(t, sdk.Register(t.Context(), s, checking(goodBook()))) })
	client, err := sdk.NewClient(t.Context(), conn)
	require.NoError(t, err)
	book, ok := client.(sdk.OrderBook)
	require.True(t, ok)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = book.Take(over, []byte{1})
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "it was never sent")
	require.NoError(t, conn.Close())
	_, err = book.Take(t.Context(), []byte{1})
	require.Equal(t, sdk.Unknown, sdk.CodeOf(err))
	_, err = book.Book(t.Context())
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
}
