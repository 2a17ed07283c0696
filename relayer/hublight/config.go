package hublight

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Defaults of a hub whose unbonding time is the SDK's three weeks.
const (
	DefaultTrustingPeriod = 14 * 24 * time.Hour
	DefaultMaxClockDrift  = 10 * time.Second
)

// MaxNodes bounds how many nodes are asked for each block.
const MaxNodes = 16

// Node is one node of the hub.
type Node struct {
	Name string // in logs and status
	RPC  string // http://host:port, CometBFT's RPC
}

// Config says whom to ask and what to believe.
type Config struct {
	ChainID        string
	Nodes          []Node // in the order of preference; each is a witness of the others
	TrustFile      string
	TrustingPeriod time.Duration // 0: the default
	MaxClockDrift  time.Duration // 0: the default
	Log            *slog.Logger  // nil: nothing is logged
	Metrics        prometheus.Registerer
}

func (c Config) withDefaults() (Config, error) {
	switch {
	case c.ChainID == "":
		return c, errors.New("light client: no chain id")
	case len(c.Nodes) == 0 || len(c.Nodes) > MaxNodes:
		return c, fmt.Errorf("light client: %d nodes, want 1 to %d", len(c.Nodes), MaxNodes)
	}
	if c.TrustingPeriod == 0 {
		c.TrustingPeriod = DefaultTrustingPeriod
	}
	if c.MaxClockDrift == 0 {
		c.MaxClockDrift = DefaultMaxClockDrift
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
