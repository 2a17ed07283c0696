package pathset

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/relayer/chain"
)

func TestAChainIsSilentWhenAllItsNodesHaveBeenDownForTheGrace(t *testing.T) {
	now := time.Now()
	long, short := now.Add(-readinessGrace), now.Add(-readinessGrace/2)
	node := func(of string, state chain.EndpointState, since time.Time) EndpointStatus {
		return EndpointStatus{Chain: of, Node: "n:1", State: state, Since: since, Error: "refused"}
	}
	for name, test := range map[string]struct {
		nodes  []EndpointStatus
		silent string
	}{
		"all well":               {nodes: []EndpointStatus{node("a", chain.Well, time.Time{})}},
		"down for a moment":      {nodes: []EndpointStatus{node("a", chain.Down, short)}},
		"one of two down":        {nodes: []EndpointStatus{node("a", chain.Down, long), node("a", chain.Slow, time.Time{})}},
		"one of two a while":     {nodes: []EndpointStatus{node("a", chain.Down, long), node("a", chain.Down, short)}},
		"the only one":           {nodes: []EndpointStatus{node("a", chain.Down, long), node("b", chain.Well, time.Time{})}, silent: "chain a: no node"},
		"both":                   {nodes: []EndpointStatus{node("b", chain.Down, long), node("b", chain.Down, long)}, silent: "chain b: no node"},
		"nothing is open as yet": {},
	} {
		t.Run(name, func(t *testing.T) {
			missing := silent(test.nodes, now)
			if test.silent == "" {
				require.Empty(t, missing)
				return
			}
			require.Len(t, missing, 1)
			require.ErrorContains(t, missing[0], test.silent)
		})
	}
}
