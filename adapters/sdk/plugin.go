package sdk

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// ProtocolVersion is the version of the wire contract, corridor.adapter.v1. A host also speaks the one
// before it, once there is one.
const ProtocolVersion = 1

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
	return map[int]plugin.PluginSet{ProtocolVersion: {PluginName: &grpcPlugin{}}}
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
