package ledgerlink

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/config"
	"github.com/corridor-network/corridor/relayer/hublight"
)

// EnvPrefix starts the variables that override a link's file: hub.grpc is CORRIDOR_LEDGER_HUB_GRPC.
const EnvPrefix = "CORRIDOR_LEDGER"

// Config is one notary's link, as `corridor ledger run` reads it from a file. Keys and tokens are never in it.
type Config struct {
	Hub         HubConfig     `mapstructure:"hub"`
	Ledger      string        `mapstructure:"ledger" validate:"required"` // ledger id, as registered on the hub
	Notary      string        `mapstructure:"notary" validate:"required"` // this notary's id, as registered on the hub
	Key         KeyConfig     `mapstructure:"key"`
	Adapter     AdapterConfig `mapstructure:"adapter"`
	RunDir      string        `mapstructure:"run_dir" validate:"required"` // for locks and the private copy of the adapter
	Status      StatusConfig  `mapstructure:"status"`
	CallTimeout time.Duration `mapstructure:"call_timeout" validate:"min=100ms,max=5m"`
}

// How the hub is read.
const (
	VerifyLight = "light" // by its headers and proofs; no node is believed
	VerifyNode  = "node"  // one node, this notary's own, is believed
)

// HubConfig says where the hub is and what of it is believed.
type HubConfig struct {
	ChainID string       `mapstructure:"chain_id" validate:"required"`
	Verify  string       `mapstructure:"verify" validate:"oneof=light node"`
	Nodes   []NodeConfig `mapstructure:"nodes" validate:"max=16,dive"` // light: in the order of preference, each a witness of the others
	Trust   TrustConfig  `mapstructure:"trust"`                        // light
	GRPC    string       `mapstructure:"grpc" validate:"omitempty,hostname_port"`
	RPC     string       `mapstructure:"rpc" validate:"omitempty,http_url"`
}

// NodeConfig is one node of the hub.
type NodeConfig struct {
	Name string `mapstructure:"name" validate:"required"` // in logs and status
	GRPC string `mapstructure:"grpc" validate:"required,hostname_port"`
	RPC  string `mapstructure:"rpc" validate:"required,http_url"`
}

// TrustConfig is what the light client begins with. The periods have defaults.
type TrustConfig struct {
	File          string        `mapstructure:"file"` // made by `corridor trust init`
	Period        time.Duration `mapstructure:"period" validate:"min=1m"`
	MaxClockDrift time.Duration `mapstructure:"max_clock_drift" validate:"min=100ms,max=10m"`
}

// Check implements config.Checker: what each way of reading the hub needs.
func (c *Config) Check(problem func(field, message string)) {
	h := c.Hub
	if h.Verify == VerifyNode {
		if h.GRPC == "" {
			problem("hub.grpc", "is missing; verify: node believes one node: give its address")
		}
		if h.RPC == "" {
			problem("hub.rpc", "is missing; verify: node believes one node: give its address")
		}
		if len(h.Nodes) > 0 {
			problem("hub.nodes", "is for verify: light; with verify: node the one node of grpc and rpc is believed")
		}
		return
	}
	for _, f := range []struct{ field, value string }{{"hub.grpc", h.GRPC}, {"hub.rpc", h.RPC}} {
		if f.value != "" {
			problem(f.field, "is for verify: node, where that node is believed; for verify: light name it among nodes")
		}
	}
	if h.Trust.File == "" {
		problem("hub.trust.file", "is missing; `corridor trust init --help` says how it is made")
	}
	if len(h.Nodes) < 2 {
		problem("hub.nodes", fmt.Sprintf("has %d; verify: light needs at least two: add a node that somebody else runs, as a witness of the first", len(h.Nodes)))
	}
	seen := map[string]int{}
	for i, n := range h.Nodes {
		for _, key := range []string{n.Name, n.RPC} {
			if first, again := seen[key]; again {
				problem(fmt.Sprintf("hub.nodes[%d]", i), fmt.Sprintf("%q is node %d's too; a witness has to be another node", key, first))
			}
			seen[key] = i
		}
	}
}

// KeyConfig names the notary's key: it signs attestations and the transactions that carry them.
type KeyConfig struct {
	Name    string `mapstructure:"name" validate:"required"`
	Backend string `mapstructure:"backend" validate:"oneof=os file test kwallet pass keyctl"` // of the SDK keyring; test is for tests only
	Dir     string `mapstructure:"dir" validate:"required"`
}

// AdapterConfig names the adapter plugin.
type AdapterConfig struct {
	Path   string `mapstructure:"path" validate:"required"`
	SHA256 string `mapstructure:"sha256" validate:"required,len=64,hexadecimal"` // of the binary; another one is not started
	Config string `mapstructure:"config" validate:"required"`                    // the adapter's own file
}

// StatusConfig says where /livez, /readyz, /status and /metrics are served.
type StatusConfig struct {
	Listen   string `mapstructure:"listen" validate:"tcp_addr"` // port 0 takes a free one
	AddrFile string `mapstructure:"addr_file"`                  // the actual address is written there
}

// LoadConfig reads a file; a trust file is found beside it. Its error names file, line and field of everything that is wrong.
func LoadConfig(file string) (Config, error) {
	c := Config{
		Hub:    HubConfig{Verify: VerifyLight, Trust: TrustConfig{Period: hublight.DefaultTrustingPeriod, MaxClockDrift: hublight.DefaultMaxClockDrift}},
		Key:    KeyConfig{Backend: "os"},
		Status: StatusConfig{Listen: "127.0.0.1:0"}, CallTimeout: 10 * time.Second,
	}
	if err := config.Load(file, EnvPrefix, &c); err != nil {
		return c, err
	}
	if f := c.Hub.Trust.File; f != "" && !filepath.IsAbs(f) {
		c.Hub.Trust.File = filepath.Join(filepath.Dir(file), f)
	}
	return c, nil
}
