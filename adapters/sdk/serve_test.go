package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/stretchr/testify/require"
)

// This test binary is an adapter itself where the variable says so: one that prints where it should not.
const adapterVariable = "SDK_TEST_ADAPTER"

func TestMain(m *testing.M) {
	if os.Getenv(adapterVariable) != "" {
		sdk.Serve(func(path string) (sdk.Ledger, error) {
			fmt.Println("a line that would break the handshake")
			if os.Getenv(adapterVariable) == checksOrders {
				return checking(goodBook()), nil
			}
			return memory.Open(path)
		})
	}
	os.Exit(m.Run())
}

// checksOrders makes the test binary an adapter whose ledger checks orders.
const checksOrders = "checks-orders"

const memoryConfig = "ledger: mem\naccounts:\n- {id: a, currency: USD, balance_minor: 7}\n"

func adapter(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{adapterVariable + "=1"}
	return cmd
}

func TestServeIsAnAdaptersWholeMain(t *testing.T) {
	p, err := sdk.StartCommand(adapter("--config", written(t, memoryConfig)), hclog.NewNullLogger())
	require.NoError(t, err)
	defer p.Close()
	d, err := p.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, "mem", d.Ledger)
	b, err := p.Balance(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, sdk.Balance{Account: "a", Currency: "USD", AvailableMinor: 7}, b)
	_, err = p.Balance(t.Context(), "b")
	require.Equal(t, sdk.NotFound, sdk.CodeOf(err))
}

func TestAnAdapterIsServedInEveryProtocolVersionThatDoesForIt(t *testing.T) {
	for _, c := range []struct {
		name, ledger, host string
		starts             bool
	}{
		{"of a ledger that checks nothing, by a host of now", "1", "1,2", true},
		{"of a ledger that checks nothing, by the host before", "1", "1", true},
		{"of a ledger that checks orders, by a host of now", checksOrders, "1,2", true},
		{"of a ledger that checks orders, by the host before", checksOrders, "1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := adapter("--config", written(t, memoryConfig))
			cmd.Env = []string{adapterVariable + "=" + c.ledger}
			p, err := startAs(cmd, c.host)
			if !c.starts {
				require.ErrorContains(t, err, "incompatible API version")
				return
			}
			require.NoError(t, err)
			defer p.Kill()
			protocol, err := p.Client()
			require.NoError(t, err)
			l, err := protocol.Dispense(sdk.PluginName)
			require.NoError(t, err)
			_, checks := l.(sdk.OrderBook)
			require.Equal(t, c.ledger == checksOrders, checks)
		})
	}
}

// startAs starts an adapter as a host that speaks these versions would.
func startAs(cmd *exec.Cmd, versions string) (*plugin.Client, error) {
	spoken := map[int]plugin.PluginSet{}
	for v, set := range sdk.Plugins() {
		if strings.Contains(versions, strconv.Itoa(v)) {
			spoken[v] = set
		}
	}
	c := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: sdk.Handshake, VersionedPlugins: spoken, Cmd: cmd, SkipHostEnv: true, AutoMTLS: true,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: hclog.NewNullLogger(),
	})
	_, err := c.Start()
	if err != nil {
		c.Kill()
	}
	return c, err
}

func TestAnAdapterEndsWhenItIsAskedOrKilled(t *testing.T) {
	for name, end := range map[string]func(p *sdk.Process){
		"asked":           func(p *sdk.Process) { p.Close() },
		"killed":          func(p *sdk.Process) { _ = p.Kill() },
		"killed by other": func(p *sdk.Process) { _ = syscall.Kill(p.PID(), syscall.SIGKILL) },
	} {
		t.Run(name, func(t *testing.T) {
			p, err := sdk.StartCommand(adapter("--config", written(t, memoryConfig)), hclog.NewNullLogger())
			require.NoError(t, err)
			end(p)
			select {
			case <-p.Done():
			case <-time.After(20 * time.Second):
				t.Fatal("the adapter goes on")
			}
			p.Close()
		})
	}
}

func TestAnAdapterThatCannotOpenItsLedgerSaysWhy(t *testing.T) {
	_, err := sdk.StartCommand(adapter("--config", written(t, "ledger: mem\n")), hclog.NewNullLogger())
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	require.ErrorContains(t, err, `accounts: breaks the rule "required"`)
	_, err = sdk.StartCommand(exec.Command("/nonexistent/adapter"), hclog.NewNullLogger())
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	_, err = sdk.StartCommand(exec.Command("/bin/true"), hclog.NewNullLogger())
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "a program that is no adapter")
}

func TestAnAdapterRunByHandExplainsItself(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		exit   int
		stdout string
		stderr string
	}{
		{"described", []string{"--config", written(t, memoryConfig), "--describe"}, 0, `"Ledger": "mem"`, "a line that would break"},
		{"described without a configuration", []string{"--describe"}, 1, "", "--config FILE"},
		{"run as it is", nil, 2, "", "corridor ledger run"},
		{"an unknown flag", []string{"--colour"}, 2, "", "-colour"},
		{"an argument", []string{"now"}, 2, "", `unexpected argument "now"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := adapter(c.args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			require.Equal(t, c.exit, cmd.ProcessState.ExitCode())
			require.Contains(t, stderr.String(), c.stderr)
			require.Contains(t, stdout.String(), c.stdout)
			if c.exit == 0 {
				require.NoError(t, json.Unmarshal(stdout.Bytes(), &sdk.Description{}), "nothing but the description is on standard output")
			} else {
				require.Empty(t, stdout.String())
			}
		})
	}
}
