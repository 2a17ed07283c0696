package ledgerlink

import (
	"time"

	"github.com/corridor-network/corridor/internal/config"
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

// HubConfig says where this notary's own hub node is.
type HubConfig struct {
	ChainID string `mapstructure:"chain_id" validate:"required"`
	GRPC    string `mapstructure:"grpc" validate:"required,hostname_port"`
	RPC     string `mapstructure:"rpc" validate:"required,http_url"`
	Verify  string `mapstructure:"verify" validate:"oneof=node"` // node: it is this notary's own and is believed
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

// LoadConfig reads a file. Its error names file, line and field of everything that is wrong.
func LoadConfig(file string) (Config, error) {
	c := Config{
		Hub: HubConfig{Verify: "node"}, Key: KeyConfig{Backend: "os"},
		Status: StatusConfig{Listen: "127.0.0.1:0"}, CallTimeout: 10 * time.Second,
	}
	err := config.Load(file, EnvPrefix, &c)
	return c, err
}
