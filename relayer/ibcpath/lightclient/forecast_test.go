package lightclient

import (
	"errors"
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	ibctm "github.com/cosmos/ibc-go/v8/modules/light-clients/07-tendermint"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAForecastFollowsFromTheNewestConsensusState(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name      string
		part      float64
		now       time.Time
		refreshAt time.Time
		daysLeft  float64
		due       bool
	}{
		{"fresh", 0, noon, noon.Add(10 * day), 15, false},
		{"a third left", 0, noon.Add(10 * day), noon.Add(10 * day), 5, true},
		{"just before", 0, noon.Add(10*day - 1), noon.Add(10 * day), 5, false},
		{"another part", 0.2, noon.Add(3 * day), noon.Add(3 * day), 12, true},
		{"a part that is none", 1, noon, noon.Add(10 * day), 15, false},
		{"expired", 0, noon.Add(16 * day), noon.Add(10 * day), -1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Foresee(noon, 15*day, test.part, test.now)
			require.Equal(t, noon.Add(15*day), got.ExpiresAt)
			require.Equal(t, test.refreshAt, got.RefreshAt)
			require.InDelta(t, test.daysLeft, got.DaysLeft, 0.001)
			require.Equal(t, test.due, got.Due(test.now))
		})
	}
}

func TestAClientIsLookedAtWhenItIsDueAndAtLeastHourly(t *testing.T) {
	at := func(d time.Duration) Forecast { return Forecast{RefreshAt: noon.Add(d)} }
	require.Equal(t, time.Hour, pause(at(48*time.Hour), nil, noon))
	require.Equal(t, time.Minute, pause(at(time.Minute), nil, noon))
	require.Equal(t, atMostEvery, pause(at(-time.Minute), nil, noon), "due already: something hinders it, and it is not tried in a tight loop")
	require.Equal(t, afterError, pause(Forecast{}, errors.New("away"), noon))
}

func TestAClientsStatusIsWhatItsChainWouldSay(t *testing.T) {
	state := ibctm.ClientState{ChainId: "chain-b", TrustingPeriod: time.Hour}
	frozen := state
	frozen.FrozenHeight = clienttypes.NewHeight(0, 1)
	newest := &ibctm.ConsensusState{Timestamp: noon}
	for _, test := range []struct {
		name   string
		client Client
		now    time.Time
		want   exported.Status
		words  string
	}{
		{"active", Client{State: &state, Newest: newest}, noon.Add(time.Hour - 1), exported.Active, ""},
		{"expired", Client{State: &state, Newest: newest}, noon.Add(time.Hour), exported.Expired, "has expired at 2026-03-01T13:00:00Z"},
		{"pruned", Client{State: &state}, noon, exported.Expired, "has expired"},
		{"frozen", Client{State: &frozen, Newest: newest}, noon, exported.Frozen, "is frozen"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, test.client.Status(test.now))
			err := test.client.Usable(test.now)
			if test.words == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.words)
			require.ErrorContains(t, err, "corridor relay client substitute")
		})
	}
}
