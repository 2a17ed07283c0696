package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/settlement"
)

// loneBody is a settlement of one leg, with a prepare deadline a minute after the start.
func loneBody(reference, ledger string) order.Body {
	return order.Body{
		ChainID: apptest.ChainID, Proposer: apptest.Address("bank-a").String(), Reference: reference, Pivot: order.NoLeg,
		PrepareDeadlineUnixNs: uint64(apptest.Start.Add(time.Minute).UnixNano()),
		Legs: []order.Leg{{
			Ledger: ledger, Payer: "wallet-a", Payee: "wallet-fxp", Currency: "CNY", AmountMinor: 1, PaidBy: order.NoLeg,
		}},
	}
}

// lone is such a settlement whose hold is ordered.
func lone(reference, ledger string) settlement.Settlement {
	body := loneBody(reference, ledger)
	run := settlement.New(body.Encode(), body, 1, settlement.Moment{Time: apptest.Start})
	run.Consent(0, make([]byte, 64))
	if err := run.Advance(settlement.Facts{}); err != nil {
		panic(err)
	}
	return run.Settlement
}

func bodyFrom(t *testing.T, s settlement.Settlement) order.Body {
	body, err := order.DecodeBody(s.Body)
	require.NoError(t, err)
	return body
}

// count is how many events of a type the last block has, its transactions' and its own.
func count(w *world, kind string) (n int) {
	for _, e := range w.chain.Last.Events {
		if e.Type == kind {
			n++
		}
	}
	for _, tx := range w.chain.Last.TxResults {
		for _, e := range tx.Events {
			if e.Type == kind {
				n++
			}
		}
	}
	return n
}

// open is how many settlements the list of open ones has.
func open(w *world) (n int) {
	request := &settlement.QuerySettlementsRequest{OpenOnly: true}
	for {
		response, err := settlement.NewQueryClient(w.chain.Conn()).Settlements(context.Background(), request)
		require.NoError(w.t, err)
		n += len(response.Settlements)
		if len(response.Pagination.NextKey) == 0 {
			return n
		}
		request.Pagination = page(response.Pagination.NextKey)
	}
}

func msgs(m ...sdk.Msg) []sdk.Msg { return m }

func second[T any](_ T, err error) error { return err }

func page(key []byte) *query.PageRequest { return &query.PageRequest{Key: key} }
