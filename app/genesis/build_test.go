package genesis_test

import (
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log"

	"github.com/cosmos/cosmos-sdk/client/flags"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/app/apptest"
	"github.com/corridor-network/corridor/app/genesis"
)

type options map[string]any

func (o options) Get(key string) any { return o[key] }

func TestABadSpecIsRefusedBeforeANodeStarts(t *testing.T) {
	hub := app.New(log.NewNopLogger(), dbm.NewMemDB(), nil, true, options{flags.FlagHome: t.TempDir()})
	for _, test := range []struct {
		name  string
		spoil func(*apptest.Genesis)
		want  string
	}{
		{"no chain id", func(g *apptest.Genesis) { g.ChainID = "" }, "chain id is empty"},
		{"no time", func(g *apptest.Genesis) { g.Time = time.Time{} }, "genesis time is not set"},
		{"no validator", func(g *apptest.Genesis) { g.Validators = nil }, "want 1 to 100 validators"},
		{"a validator without a name", func(g *apptest.Genesis) { g.Validators[0].Moniker = "" }, "moniker, operator and consensus key"},
		{"a negative voting period", func(g *apptest.Genesis) { g.VotingPeriod = -1 }, "voting period"},
		{"another chain's address", func(g *apptest.Genesis) {
			g.Balances = []banktypes.Balance{{Address: "cosmos1xyz", Coins: sdk.NewCoins()}}
		}, `address "cosmos1xyz"`},
		{"a participant twice", func(g *apptest.Genesis) { g.Participant(apptest.Governor) }, apptest.Governor},
		{"a ledger with too low a threshold", func(g *apptest.Genesis) { g.Ledger("cny", 4, 2) }, "more than half"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := apptest.NewGenesis()
			test.spoil(g)
			_, err := genesis.Build(hub, g.Spec)
			require.ErrorContains(t, err, test.want)
		})
	}
	doc, err := genesis.Build(hub, apptest.NewGenesis().Spec)
	require.NoError(t, err)
	require.NoError(t, doc.ValidateAndComplete())
}
