package hublight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/prometheus/client_golang/prometheus"
)

// How long a node is left alone.
const (
	lieRest     = 10 * time.Minute
	firstRest   = 500 * time.Millisecond // after a failure; doubled with each
	longestRest = 30 * time.Second
	behindAfter = 5 * time.Second // of hub time: a node whose newest header is that much older is asked last
)

// Health is what the client says of itself and of its nodes, as JSON.
type Health struct {
	ChainID    string       `json:"chain_id"`
	Height     int64        `json:"height"`               // newest believed header
	Hash       string       `json:"hash"`                 // of that header
	Time       time.Time    `json:"time"`                 // of that header
	TrustLeft  float64      `json:"trust_seconds_left"`   // until a person has to say again what to believe, if nothing new is believed
	NodeInUse  string       `json:"node_in_use"`          // asked first; empty: none can be used
	Problem    string       `json:"problem,omitempty"`    // why nothing is believed any more
	Nodes      []NodeHealth `json:"nodes"`                // as configured
	Distrusted []string     `json:"distrusted,omitempty"` // names of those that lied of late
}

// NodeHealth is what is known of one node.
type NodeHealth struct {
	Name   string    `json:"name"`
	State  string    `json:"state"`            // ok, behind, failing, distrusted, unknown
	Height int64     `json:"height,omitempty"` // its newest header seen
	Why    string    `json:"why,omitempty"`    // it is not ok
	Until  time.Time `json:"until,omitzero"`   // not asked before
}

// Health tells how things stand now.
func (c *Client) Health() Health {
	now := time.Now()
	_, err := c.Believed()
	c.mu.Lock()
	defer c.mu.Unlock()
	var inUse string
	if peers := c.orderLocked(c.newest.Height); len(peers) > 0 {
		inUse = peers[0].Name
	}
	h := Health{
		ChainID: c.config.ChainID, Height: c.newest.Height, Hash: c.newest.Hash().String(), Time: c.newest.Time,
		TrustLeft: max(0, c.newest.Time.Add(c.config.TrustingPeriod).Sub(now).Seconds()), NodeInUse: inUse,
	}
	if err != nil {
		h.Problem = err.Error()
	}
	for _, p := range c.peers {
		n := p.healthLocked(now, c.newest)
		if n.State == distrusted {
			h.Distrusted = append(h.Distrusted, p.Name)
		}
		h.Nodes = append(h.Nodes, n)
	}
	return h
}

const distrusted = "distrusted"

func (p *peer) healthLocked(now time.Time, newest *cmttypes.LightBlock) NodeHealth {
	n := NodeHealth{Name: p.Name, State: "ok", Height: p.height}
	switch {
	case now.Before(p.lieUntil):
		n.State, n.Why, n.Until = distrusted, p.lied.Error(), p.lieUntil
	case p.failed != nil:
		n.State, n.Why, n.Until = "failing", p.failed.Error(), p.downTill
	case p.height == 0:
		n.State, n.Why = "unknown", "it has not been asked yet"
	case p.isBehind(newest):
		n.State, n.Why = "behind", fmt.Sprintf("its newest header is %d of %s; others have %d", p.height, p.at.Format(time.RFC3339), newest.Height)
	}
	return n
}

// isBehind tells whether a node shows old headers only.
func (p *peer) isBehind(newest *cmttypes.LightBlock) bool {
	return p.height > 0 && newest.Time.Sub(p.at) > behindAfter
}

// nameBehindLocked names, once, each node that has stayed behind.
func (c *Client) nameBehindLocked() {
	for _, p := range c.peers {
		if behind := p.isBehind(c.newest); behind != p.named {
			if p.named = behind; behind {
				c.log.Warn("a hub node is behind: it shows old blocks only; others are asked before it", "node", p.Name, "height", p.height, "newest", c.newest.Height)
			}
		}
	}
}

// wellLocked tells whether a node answers and did not lie of late.
func (p *peer) wellLocked(now time.Time) bool {
	return !now.Before(p.lieUntil) && !now.Before(p.downTill)
}

// judge notes what came of asking a node. Somebody who stopped waiting says nothing about the node.
func (c *Client) judge(ctx context.Context, p *peer, err error) {
	if err != nil && ctx.Err() != nil && !errors.Is(err, ErrLie) {
		return
	}
	switch {
	case err == nil, isRefusal(err):
		c.well(p)
	case errors.Is(err, ErrLie):
		c.distrust(p, err)
	case errors.Is(err, ErrForked), errors.Is(err, ErrExpired): // not this node's fault
	default:
		c.failing(p, err)
	}
}

func (c *Client) well(p *peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.failed != nil {
		c.log.Info("the hub node answers again", "node", p.Name)
	}
	p.failed, p.failures, p.downTill = nil, 0, time.Time{}
}

func (c *Client) distrust(p *peer, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if !now.Before(p.lieUntil) {
		c.log.Error("ALARM: a hub node lies; it is not asked for a while, others are", "node", p.Name, "error", why, "for", lieRest.String())
		c.meters.lie(p.Name)
	}
	p.lied, p.lieUntil = why, now.Add(lieRest)
	for height, s := range c.seen { // what it alone has shown is not believed yet, and need not be
		if delete(s.by, p); s.by != nil && len(s.by) == 0 && height > c.newest.Height {
			delete(c.seen, height)
		}
	}
	c.noticeLocked()
}

func (c *Client) failing(p *peer, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if p.failed == nil {
		c.log.Warn("a hub node fails; others are asked before it", "node", p.Name, "error", why)
	}
	c.meters.failure(p.Name)
	p.failed = why
	if !now.Before(p.downTill) { // else one outage, however many questions it met
		p.downTill = now.Add(min(firstRest<<min(p.failures, 10), longestRest))
		p.failures++
	}
	c.noticeLocked()
}

func names(of map[*peer]bool) string {
	var all []string
	for p := range of {
		all = append(all, p.Name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// meters are the client's metrics.
type meters struct {
	height, at prometheus.Gauge
	lies       *prometheus.CounterVec
	failures   *prometheus.CounterVec
	forks      prometheus.Counter
}

func newMeters(registry prometheus.Registerer) *meters {
	m := &meters{
		height: prometheus.NewGauge(prometheus.GaugeOpts{Name: "corridor_hub_verified_height", Help: "Newest believed header of the hub."}),
		at:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "corridor_hub_verified_time_seconds", Help: "Hub time of that header, in Unix time."}),
		lies: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "corridor_hub_node_lies_total", Help: "Times that a hub node was found lying. Any is for a person.",
		}, []string{"node"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "corridor_hub_node_failures_total", Help: "Questions that a hub node did not answer.",
		}, []string{"node"}),
		forks: prometheus.NewCounter(prometheus.CounterOpts{Name: "corridor_hub_forks_total", Help: "Forks of the hub that were seen. Any stops everything."}),
	}
	if registry != nil {
		registry.MustRegister(m.height, m.at, m.lies, m.failures, m.forks)
	}
	return m
}

func (m *meters) believed(b *cmttypes.LightBlock) {
	m.height.Set(float64(b.Height))
	m.at.Set(float64(b.Time.Unix()))
}

func (m *meters) lie(node string)     { m.lies.WithLabelValues(node).Inc() }
func (m *meters) failure(node string) { m.failures.WithLabelValues(node).Inc() }
func (m *meters) fork()               { m.forks.Inc() }
