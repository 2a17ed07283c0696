package keeper_test

import (
	"fmt"
	"testing"

	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

func TestWorkIsPagedOldestFirst(t *testing.T) {
	w := newWorld(t)
	w.append("cny", 7)
	w.attest("n1", order.Held, 2, 4)
	var pages [][]uint64
	page := &query.PageRequest{Limit: 2}
	for {
		answer, err := w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Notary: "n1", Pagination: page})
		require.NoError(t, err)
		var numbers []uint64
		for _, r := range answer.Records {
			numbers = append(numbers, r.Number)
		}
		pages = append(pages, numbers)
		if answer.Pagination.NextKey == nil {
			break
		}
		page = &query.PageRequest{Limit: 2, Key: answer.Pagination.NextKey}
	}
	require.Equal(t, [][]uint64{{1, 3}, {5, 6}, {7}}, pages)
}

func TestOneWorkQueryLooksAtABoundedNumber(t *testing.T) {
	w := newWorld(t)
	const all = bridge.MaxWorkLookedAt + 3
	w.append("cny", all)
	for first := uint64(1); first < all; first += order.MaxWords {
		var numbers []uint64
		for n := first; n < first+order.MaxWords && n < all; n++ {
			numbers = append(numbers, n)
		}
		w.attest("n1", order.Held, numbers...)
	}
	answer, err := w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Notary: "n1"})
	require.NoError(t, err)
	require.Empty(t, answer.Records)
	answer, err = w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Notary: "n1", Pagination: &query.PageRequest{Key: answer.Pagination.NextKey}})
	require.NoError(t, err)
	require.Len(t, answer.Records, 1)
	require.EqualValues(t, all, answer.Records[0].Number)
}

func TestRecordsComeByNumberWithoutGaps(t *testing.T) {
	w := newWorld(t)
	const all = bridge.MaxPageSize + 3
	w.append("cny", all)
	for _, row := range []struct {
		from  uint64
		limit uint32
		first uint64
		count int
	}{
		{0, 2, 1, 2},
		{1, 2, 1, 2},
		{7, 1, 7, 1},
		{1, 0, 1, bridge.MaxPageSize},
		{2, 1 << 30, 2, bridge.MaxPageSize},
		{all, 5, all, 1},
		{all + 1, 5, 0, 0},
	} {
		answer, err := w.query.Records(w.ctx, &bridge.QueryRecordsRequest{Ledger: "cny", From: row.from, Limit: row.limit})
		require.NoError(t, err)
		require.Len(t, answer.Records, row.count)
		for i, r := range answer.Records {
			require.Equal(t, row.first+uint64(i), r.Number)
		}
	}
}

func TestPagesAreBounded(t *testing.T) {
	w := newWorld(t)
	w.append("cny", bridge.MaxPageSize+1)
	for _, page := range []*query.PageRequest{nil, {}, {Limit: 1 << 60, CountTotal: true}} {
		answer, err := w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Pagination: page})
		require.NoError(t, err)
		require.Len(t, answer.Records, bridge.MaxPageSize)
	}
	for i := range bridge.MaxPageSize {
		l := usd()
		l.Id = fmt.Sprintf("ledger-%d", i)
		_, err := w.msg.RegisterLedger(w.ctx, &bridge.MsgRegisterLedger{Authority: w.gov, Ledger: l})
		require.NoError(t, err)
	}
	ledgers, err := w.query.Ledgers(w.ctx, &bridge.QueryLedgersRequest{})
	require.NoError(t, err)
	require.Len(t, ledgers.Ledgers, bridge.MaxPageSize)
	ledgers, err = w.query.Ledgers(w.ctx, &bridge.QueryLedgersRequest{Pagination: &query.PageRequest{Key: ledgers.Pagination.NextKey}})
	require.NoError(t, err)
	require.Len(t, ledgers.Ledgers, 2)
}

func TestQueriesSayWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	code := func(_ any, err error) codes.Code { return status.Code(err) }
	require.Equal(t, codes.NotFound, code(w.query.Ledger(w.ctx, &bridge.QueryLedgerRequest{Id: "usd"})))
	require.Equal(t, codes.NotFound, code(w.query.Head(w.ctx, &bridge.QueryHeadRequest{Ledger: "usd"})))
	require.Equal(t, codes.NotFound, code(w.query.Instruction(w.ctx, &bridge.QueryInstructionRequest{Ledger: "cny", Number: 1})))
	require.Equal(t, codes.NotFound, code(w.query.Records(w.ctx, &bridge.QueryRecordsRequest{Ledger: "usd"})))
	require.Equal(t, codes.NotFound, code(w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "usd"})))
	require.Equal(t, codes.NotFound, code(w.query.Suspensions(w.ctx, &bridge.QuerySuspensionsRequest{Ledger: "usd"})))
	for _, page := range []*query.PageRequest{{Offset: 1}, {Reverse: true}, {Key: []byte{1}}} {
		require.Equal(t, codes.InvalidArgument, code(w.query.Work(w.ctx, &bridge.QueryWorkRequest{Ledger: "cny", Pagination: page})))
	}
}
