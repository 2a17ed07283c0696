package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "cosmossdk.io/store/types"

	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/testutil"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/settlement/keeper"
)

// panickingBridge is a bridge with a bug: whatever is asked of it panics.
type panickingBridge struct{ keeper.Bridge }

func (panickingBridge) Append(context.Context, string, order.Instruction) (uint64, error) {
	panic("a bug")
}

func (panickingBridge) DispatchLocal(context.Context) error { panic("another bug") }

func TestAPanicAtTheEndOfABlockIsPutOffLikeAnyFailure(t *testing.T) {
	keys := storetypes.NewKVStoreKeys(settlement.StoreKey)
	due := apptest.Start.Add(time.Minute + 1)
	ctx := testutil.DefaultContextWithKeys(keys, nil, nil).WithChainID(apptest.ChainID).WithBlockTime(due).WithBlockHeight(7)
	k := keeper.New(codectestutil.CodecOptions{}.NewCodec(), runtime.NewKVStoreService(keys[settlement.StoreKey]),
		keeper.Neighbours{Bridge: panickingBridge{}})
	stuck := lone("stuck", "cny")
	require.NoError(t, k.InitGenesis(ctx, settlement.GenesisState{
		ChainId: apptest.ChainID, Settlements: []settlement.Settlement{stuck}, Due: []settlement.DueItem{{Id: stuck.Id, Time: due}},
	}))
	require.NotPanics(t, func() { k.EndBlock(ctx) })
	after, err := k.ExportGenesis(ctx)
	require.NoError(t, err)
	require.Equal(t, settlement.STATE_PREPARING, after.Settlements[0].State)
	require.Equal(t, uint32(1), after.Due[0].Attempts)
	require.Equal(t, due.Add(settlement.QuarantineBase), after.Due[0].Time)
}

func TestAPageNeverCountsEverything(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.quote("q1", "cny", "usd", 30_000, time.Hour))
	for _, reference := range []string{"r0", "r1", "r2"} {
		_, err := w.propose(w.body(reference, 10*time.Minute, w.swapLegs("cny", "usd", "q1", 7_000)...))
		require.NoError(t, err)
	}
	response, err := settlement.NewQueryClient(w.chain.Conn()).Settlements(context.Background(),
		&settlement.QuerySettlementsRequest{Pagination: &query.PageRequest{Limit: 1, CountTotal: true}})
	require.NoError(t, err)
	require.Len(t, response.Settlements, 1)
	require.Zero(t, response.Pagination.Total)
}
