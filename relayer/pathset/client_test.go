package pathset

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cosmos/ibc-go/v8/modules/core/exported"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

func TestAClientThatIsOfNoUseIsNotReady(t *testing.T) {
	now := time.Unix(1000, 0)
	frozen := fmt.Errorf("look: %w", &lightclient.Unusable{Client: "07-tendermint-0", Status: exported.Frozen})
	for _, row := range []struct {
		name  string
		state clientState
		want  string
	}{
		{"nothing heard yet", clientState{}, ""},
		{"a second before it expires", clientState{forecast: lightclient.Forecast{ExpiresAt: now.Add(time.Second)}}, ""},
		{"a look that failed says nothing", clientState{err: errors.New("silent")}, ""},
		{"expired", clientState{forecast: lightclient.Forecast{ExpiresAt: now}}, "it expired at"},
		{"frozen", clientState{err: frozen}, "is frozen"},
		{"of a chain that forked", clientState{forked: true}, "has forked"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.state.trouble(now)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.want)
		})
	}
}

// The file names chains by their names, packets' rules by their ids.
func TestAFiltersChainIsItsID(t *testing.T) {
	ends := [2]relayconfig.Chain{{Name: "a", ChainID: "a-1"}, {Name: "b", ChainID: "b-1"}}
	got := filter(relayconfig.Filter{
		Allow: []relayconfig.Rule{{Port: "transfer"}}, Deny: []relayconfig.Rule{{Chain: "b", Channel: "channel-7"}, {Sender: "x*", Denom: "y"}},
	}, ends)
	require.Equal(t, ibcpath.Filter{
		Allow: []ibcpath.Rule{{Port: "transfer"}}, Deny: []ibcpath.Rule{{Chain: "b-1", Channel: "channel-7"}, {Sender: "x*", Denom: "y"}},
	}, got)
}
