package sdk

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// ProtocolVersion is the version of the wire contract, corridor.adapter.v1, and PreviousProtocolVersion the one that a
// host speaks too. 2 added Book and Take: an adapter that needs neither is served in both, one whose ledger checks
// orders in 2 alone, so that a host that could never prove it an order does not even start it.
const (
	ProtocolVersion         = 2
	PreviousProtocolVersion = 1
)

// PluginName is the name under which an adapter serves its ledger.
const PluginName = "ledger"

// Handshake tells an adapter that an adapter's host started it. It is no secret and protects nothing:
// AutoMTLS does.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  ProtocolVersion,
	MagicCookieKey:   "CORRIDOR_ADAPTER",
	MagicCookieValue: "a-ledger-is-served-here",
}

// describePatience is how long an adapter that has just started may take to describe its ledger.
const describePatience = 10 * time.Second

// Plugins is what a host expects, by protocol version.
func Plugins() map[int]plugin.PluginSet {
	set := plugin.PluginSet{PluginName: &grpcPlugin{}}
	return map[int]plugin.PluginSet{ProtocolVersion: set, PreviousProtocolVersion: set}
}

// served is what an adapter offers, by protocol version. A ledger that can't say what it is fails in Register.
func served(ctx context.Context, l Ledger) map[int]plugin.PluginSet {
	set := plugin.PluginSet{PluginName: &grpcPlugin{ledger: l}}
	versions := map[int]plugin.PluginSet{ProtocolVersion: set}
	if d, err := l.Describe(ctx); err == nil && !slices.Contains(d.Optional, OptionalOrders) {
		versions[PreviousProtocolVersion] = set
	}
	return versions
}

// grpcPlugin is go-plugin's view of a ledger. The host's has no ledger, the adapter's has one.
type grpcPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	ledger Ledger
}

func (p *grpcPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	if p.ledger == nil {
		return errors.New("this side is the host and serves no ledger")
	}
	return Register(context.Background(), s, p.ledger)
}

func (p *grpcPlugin) GRPCClient(ctx context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, describePatience)
	defer cancel()
	return NewClient(ctx, conn)
}

// clientConfig is how an adapter is started: over gRPC alone, with certificates made for this one run, and
// with no environment but what cmd carries.
func clientConfig(cmd *exec.Cmd, logger hclog.Logger, stderr io.Writer) *plugin.ClientConfig {
	killWithParent(cmd)
	return &plugin.ClientConfig{
		HandshakeConfig:  Handshake,
		VersionedPlugins: Plugins(),
		Cmd:              cmd,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Stderr:           stderr,
		Logger:           logger,
	}
}
