package pathset

import (
	"context"
	"fmt"
	"time"

	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/lightclient"
	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// Status is a relayer at one moment, as /status answers and `corridor relay status` prints.
type Status struct {
	Running   bool             `json:"running"` // false: asked of the chains, because no relayer runs here
	Since     time.Time        `json:"since,omitzero"`
	NotReady  string           `json:"not_ready,omitempty"`
	Paths     []PathStatus     `json:"paths"`
	Endpoints []EndpointStatus `json:"endpoints,omitempty"`
	Balances  []Balance        `json:"balances,omitempty"`
}

// States of a path.
const (
	Relaying  = "relaying"
	Linked    = "linked" // and not running
	NotLinked = "not linked"
	InTrouble = "in trouble"
	Starting  = "starting"
)

// PathStatus is one path.
type PathStatus struct {
	Name     string          `json:"name"`
	State    string          `json:"state"`
	Trouble  []string        `json:"trouble,omitempty"`
	Ends     [2]EndStatus    `json:"ends"`
	Channels []ChannelStatus `json:"channels,omitempty"`
	Batches  int             `json:"batches"` // under way
}

// EndStatus is one end of a path. Packets are counted at the end that sent them.
type EndStatus struct {
	Chain          string    `json:"chain"`
	ChainID        string    `json:"chain_id"`
	Client         string    `json:"client,omitempty"`
	Connection     string    `json:"connection,omitempty"`
	Height         int64     `json:"height,omitempty"`
	Relayed        uint64    `json:"relayed"` // packets of this end that ended since the start
	Unreceived     int       `json:"unreceived"`
	Unacknowledged int       `json:"unacknowledged"`
	Aside          int       `json:"set_aside"` // of these
	Lost           int       `json:"lost"`      // of these
	Oldest         time.Time `json:"oldest,omitzero"`
	ClientExpires  time.Time `json:"client_expires,omitzero"`
	ClientRefresh  time.Time `json:"client_refresh,omitzero"`
	ClientDaysLeft float64   `json:"client_days_left,omitempty"`
	ClientError    string    `json:"client_error,omitempty"`
}

// ChannelStatus is one channel: its ends, and whether they are closed.
type ChannelStatus struct {
	A       string `json:"a"` // port/channel
	B       string `json:"b"`
	Ordered bool   `json:"ordered,omitempty"`
	Closed  bool   `json:"closed,omitempty"`
}

// Status is what the set knows now. It asks nobody.
func (s *Set) Status() any { return s.Now() }

// Now is what the set knows now. It asks nobody.
func (s *Set) Now() Status {
	status := Status{Running: true, Since: s.started}
	if err := s.Ready(); err != nil {
		status.NotReady = err.Error()
	}
	for _, r := range s.sorted() {
		status.Paths = append(status.Paths, r.status(time.Now()))
	}
	status.Balances, status.Endpoints = s.chains.held(), s.chains.endpoints()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.unlinked {
		status.Paths = append(status.Paths, bare(p, [2]relayconfig.Chain{{Name: p.A.Chain}, {Name: p.B.Chain}}, NotLinked))
	}
	return status
}

// bare is a path of which the file alone is known.
func bare(p relayconfig.Path, chains [2]relayconfig.Chain, state string) PathStatus {
	status := PathStatus{Name: p.Name, State: state}
	for i, end := range []relayconfig.End{p.A, p.B} {
		status.Ends[i] = EndStatus{Chain: end.Chain, ChainID: chains[i].ChainID, Client: end.Client, Connection: end.Connection}
	}
	return status
}

func (r *runner) status(now time.Time) PathStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	status := bare(r.path, r.chains, Relaying)
	for i, c := range r.clients {
		status.Ends[i].client(c.forecast, c.err, now)
	}
	switch {
	case r.running == nil && r.failed == nil:
		status.State = Starting
		return status
	case r.running == nil:
		status.State, status.Trouble = InTrouble, []string{r.failed.Error()}
		return status
	}
	path := r.running.Status()
	status.Batches = path.Batches
	for i := range status.Ends {
		status.Ends[i].Height, status.Ends[i].Relayed = path.Ends[i].Head.Height, path.Ends[i].Ended
	}
	for _, ch := range path.Channels {
		status.Channels = append(status.Channels, ChannelStatus{
			A: ch.Ends[0].Port + "/" + ch.Ends[0].Channel, B: ch.Ends[1].Port + "/" + ch.Ends[1].Channel, Ordered: ch.Ordered,
			Closed: ch.Closed[0] || ch.Closed[1],
		})
		for i := range status.Ends {
			status.Ends[i].add(ch.Sent[i])
		}
	}
	for _, t := range path.Trouble {
		status.State = InTrouble
		status.Trouble = append(status.Trouble, fmt.Sprintf("%s: %s since %s: %v", t.Chain, t.What, t.Since.UTC().Format(time.TimeOnly), t.Err))
	}
	return status
}

// client notes how long the end's client lasts.
func (e *EndStatus) client(f lightclient.Forecast, err error, now time.Time) {
	if err != nil {
		e.ClientError = err.Error()
	}
	if !f.ExpiresAt.IsZero() {
		e.ClientExpires, e.ClientRefresh, e.ClientDaysLeft = f.ExpiresAt, f.RefreshAt, f.ExpiresAt.Sub(now).Hours()/24
	}
}

// add counts what waits on one channel.
func (e *EndStatus) add(s ibcpath.StreamStatus) {
	e.Unreceived += s.Unreceived
	e.Unacknowledged += s.Unacknowledged
	e.Aside += s.Aside
	e.Lost += s.Lost
	if !s.Oldest.IsZero() && (e.Oldest.IsZero() || s.Oldest.Before(e.Oldest)) {
		e.Oldest = s.Oldest
	}
}

// Ask asks the chains how a path is that no relayer runs here.
func Ask(ctx context.Context, p relayconfig.Path, chains [2]relayconfig.Chain, ends [2]ibcpath.End, path *ibcpath.Path) PathStatus {
	status := bare(p, chains, Linked)
	for i, end := range ends {
		client, err := lightclient.Look(ctx, end.Chain, end.ClientID)
		forecast := lightclient.Forecast{}
		if err == nil {
			err = client.Usable(time.Now())
		}
		if client.Newest != nil && client.State != nil {
			forecast = lightclient.Foresee(client.Newest.Timestamp, client.State.TrustingPeriod, 0, time.Now())
		}
		status.Ends[i].client(forecast, err, time.Now())
		if head, err := ibcpath.Newest(ctx, end.Chain, 1); err == nil {
			status.Ends[i].Height = head.Height
		}
	}
	pending, err := path.Pending(ctx)
	if err != nil {
		status.State, status.Trouble = InTrouble, []string{err.Error()}
		return status
	}
	for _, each := range pending {
		for i := range ends {
			if ends[i].Chain.ID() == each.Chain {
				status.Ends[i].Unreceived += len(each.Unreceived)
				status.Ends[i].Unacknowledged += len(each.Unacknowledged)
			}
		}
	}
	return status
}
