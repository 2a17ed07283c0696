package sdk

import (
	"context"
	"errors"
	"os/exec"

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
	return NewClient(ctx, conn)
}

// ClientConfig is how a host starts an adapter: over gRPC alone, with certificates made for this one
// run, and with no environment but what cmd carries.
func ClientConfig(cmd *exec.Cmd, logger hclog.Logger) *plugin.ClientConfig {
	killWithParent(cmd)
	return &plugin.ClientConfig{
		HandshakeConfig:  Handshake,
		VersionedPlugins: Plugins(),
		Cmd:              cmd,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Logger:           logger,
	}
}

// Dispense gives the ledger of a started adapter.
func Dispense(c *plugin.Client) (Ledger, error) {
	protocol, err := c.Client()
	if err != nil {
		return nil, &Error{Code: Unavailable, Message: "the adapter did not start", Err: err}
	}
	raw, err := protocol.Dispense(PluginName)
	if err != nil {
		return nil, &Error{Code: Unavailable, Message: "the adapter serves no ledger", Err: err}
	}
	ledger, ok := raw.(Ledger)
	if !ok {
		return nil, Errorf(Invalid, "the adapter serves a %T, want a ledger", raw)
	}
	return ledger, nil
}

// Process is a started adapter without a host around it: for tests and for tools that ask one question.
// A notary uses relayer/pluginhost, which verifies the binary and starts it again when it dies.
type Process struct {
	Ledger
	client *plugin.Client
	cmd    *exec.Cmd
}

// Start runs an adapter binary with its configuration file and waits until it serves.
func Start(path, configPath string, logger hclog.Logger) (*Process, error) {
	cmd := exec.Command(path, "--config", configPath)
	c := plugin.NewClient(ClientConfig(cmd, logger))
	ledger, err := Dispense(c)
	if err != nil {
		c.Kill()
		return nil, err
	}
	return &Process{Ledger: ledger, client: c, cmd: cmd}, nil
}

// Balance passes the question on; an adapter that does not read balances answers Denied.
func (p *Process) Balance(ctx context.Context, a Account) (Balance, error) {
	if r, ok := p.Ledger.(BalanceReader); ok {
		return r.Balance(ctx, a)
	}
	return Balance{}, Errorf(Denied, "this adapter does not read balances")
}

// Close asks the adapter to end, and kills it if it does not.
func (p *Process) Close() { p.client.Kill() }

// Kill ends the adapter with SIGKILL, as a crash would.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	p.client.Kill() // collects the process and removes its socket
	return nil
}
