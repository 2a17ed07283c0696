package world

import (
	"os"
	"path/filepath"

	"github.com/corridor-network/corridor/relayer/pluginhost"
)

// Hub is the hub as one notary sees it.
type Hub struct {
	ChainID string
	Verify  string // light or node
	Nodes   []Node // the notary's own first; the others are witnesses
}

// Node is where one hub node answers.
type Node struct {
	Name string
	GRPC string // host:port
	RPC  string // http://host:port
}

// Adapter is the binary that serves a ledger.
type Adapter struct {
	Binary     string // path
	LedgerURL  string // http://host:port of the simulated ledger
	Currency   string
	OrderCheck string // what the ledger checks itself: ledger or none
}

func (n Notary) tokenFile() string { return filepath.Join(n.Dir, "token") }

// ConfigFile is what `corridor ledger run` reads.
func (n Notary) ConfigFile() string { return filepath.Join(n.Dir, "link.yaml") }

// TrustFile holds the newest header that the notary believes.
func (n Notary) TrustFile() string { return filepath.Join(n.Dir, "trust.json") }

// StatusFile holds the address of the notary's status server, once it runs.
func (n Notary) StatusFile() string { return filepath.Join(n.Dir, "status.addr") }

// WriteNotary writes the two files of a notary: its link's and its adapter's.
func (w *World) WriteNotary(n Notary, hub Hub, a Adapter) error {
	sum, err := pluginhost.FileSHA256(a.Binary)
	if err != nil {
		return err
	}
	adapter := filepath.Join(n.Dir, "adapter.yaml")
	if err := writeYAML(adapter, map[string]any{
		"ledger": n.Ledger, "currency": a.Currency, "url": a.LedgerURL, "token_file": "token", "order_check": a.OrderCheck,
	}); err != nil {
		return err
	}
	return writeYAML(n.ConfigFile(), map[string]any{
		"hub":          n.hub(hub),
		"ledger":       n.Ledger,
		"notary":       n.ID,
		"key":          map[string]any{"name": n.ID, "backend": "test", "dir": filepath.Join(n.Dir, "keys")},
		"adapter":      map[string]any{"path": a.Binary, "sha256": sum, "config": adapter},
		"run_dir":      filepath.Join(n.Dir, "run"),
		"status":       map[string]any{"listen": "127.0.0.1:0", "addr_file": n.StatusFile()},
		"call_timeout": "10s",
	})
}

// hub is the part of a link's file that says how the hub is read.
func (n Notary) hub(h Hub) map[string]any {
	if h.Verify == "node" {
		return map[string]any{"chain_id": h.ChainID, "verify": "node", "grpc": h.Nodes[0].GRPC, "rpc": h.Nodes[0].RPC}
	}
	var nodes []map[string]any
	for _, node := range h.Nodes {
		nodes = append(nodes, map[string]any{"name": node.Name, "grpc": node.GRPC, "rpc": node.RPC})
	}
	return map[string]any{"chain_id": h.ChainID, "verify": h.Verify, "nodes": nodes, "trust": map[string]any{"file": n.TrustFile()}}
}

// ClientFile is what the commands of participants read.
func (w *World) ClientFile() string { return filepath.Join(w.Dir, "client.yaml") }

// WriteClient writes the participants' client configuration.
func (w *World) WriteClient(chainID string, hub Node) error {
	if err := os.MkdirAll(w.Dir, 0o700); err != nil {
		return err
	}
	return writeYAML(w.ClientFile(), map[string]any{
		"hub":     map[string]any{"chain_id": chainID, "grpc": hub.GRPC, "rpc": hub.RPC},
		"keyring": map[string]any{"backend": "test", "dir": w.participantKeys},
	})
}
