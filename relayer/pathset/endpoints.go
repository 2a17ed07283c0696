package pathset

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/corridor-network/corridor/relayer/chain"
)

// EndpointStatus is one node of a chain.
type EndpointStatus struct {
	Chain  string              `json:"chain"`
	Node   string              `json:"node"` // host:port
	State  chain.EndpointState `json:"state"`
	Height int64               `json:"height,omitempty"`
	Behind int64               `json:"blocks_behind"`
	Millis int64               `json:"milliseconds"` // for its last answer about itself
	Error  string              `json:"error,omitempty"`
	Since  time.Time           `json:"down_since,omitzero"`
}

// Endpoints are how an open chain's nodes are, under the name that the file gives it.
func Endpoints(name string, c *chain.Chain) []EndpointStatus {
	var all []EndpointStatus
	for _, e := range c.Endpoints() {
		each := EndpointStatus{Chain: name, Node: e.Name, State: e.State, Height: e.Height, Behind: e.Behind, Millis: e.Took.Milliseconds(), Since: e.Since}
		if e.Err != nil {
			each.Error = e.Err.Error()
		}
		all = append(all, each)
	}
	return all
}

// endpoints are the nodes of all chains that are open, by chain.
func (c *chains) endpoints() (all []EndpointStatus) {
	c.mu.Lock()
	open := make([]*shared, 0, len(c.all))
	for _, s := range c.all {
		open = append(open, s)
	}
	c.mu.Unlock()
	for _, s := range open {
		if !s.mu.TryLock() {
			continue // it is being opened, which may take a while
		}
		if s.chain != nil {
			all = append(all, Endpoints(s.config.Name, s.chain)...)
		}
		s.mu.Unlock()
	}
	slices.SortStableFunc(all, func(a, b EndpointStatus) int { return cmp.Compare(a.Chain, b.Chain) })
	return all
}

// silent names the chains of which no node has answered for the grace. Requests under way would tell later: they are more patient.
func silent(endpoints []EndpointStatus, now time.Time) (missing []error) {
	down, all := map[string]EndpointStatus{}, map[string]int{}
	for _, e := range endpoints {
		all[e.Chain]++
		if e.State == chain.Down && now.Sub(e.Since) >= readinessGrace {
			all[e.Chain]--
			down[e.Chain] = e
		}
	}
	for _, name := range slices.Sorted(maps.Keys(down)) {
		if e := down[name]; all[name] == 0 {
			missing = append(missing, fmt.Errorf("chain %s: no node has answered for %s: %s: %s", name, readinessGrace, e.Node, e.Error))
		}
	}
	return missing
}
