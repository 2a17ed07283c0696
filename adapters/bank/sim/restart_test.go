package sim_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/sim"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/internal/simkit/simkittest"
)

const configVariable = "CORRIDOR_TEST_BANK_CONFIG"

// TestMain lets the test binary be the server process that tests kill.
func TestMain(m *testing.M) {
	path := os.Getenv(configVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := sim.Run(ctx, path, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is the network as a process of its own.
type process struct {
	*simtest.Server
	cmd *exec.Cmd
	log *bytes.Buffer
}

func startProcess(t *testing.T, configPath, addrFile string) *process {
	require.NoError(t, os.RemoveAll(addrFile))
	p := &process{cmd: exec.Command(os.Args[0]), log: &bytes.Buffer{}}
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), configVariable+"="+configPath), p.log
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	var addr []byte
	require.Eventually(t, func() bool {
		var err error
		addr, err = os.ReadFile(addrFile)
		return err == nil
	}, 10*time.Second, 5*time.Millisecond, "it does not say where it listens")
	p.Server = &simtest.Server{Server: simkittest.Server{URL: "http://" + strings.TrimSpace(string(addr))}}
	return p
}

// A SIGKILL between the commit and the reply loses nothing, doubles nothing and seeds nothing again.
func TestAKillAtTheWorstMomentLeavesOneEffect(t *testing.T) {
	c := simtest.Config(t)
	config := simtest.WriteConfig(t, c)
	for i, m := range []struct{ operation, request, reply string }{
		{simkit.OpHold, "hold-request", "HELD"}, {simkit.OpPost, "post-request", "ACSC"},
	} {
		p := startProcess(t, config, c.AddrFile)
		p.Fault(t, simkit.Fault{Operation: m.operation, Mode: simkit.ModeWithhold, Count: 1})
		lost := make(chan error, 1)
		message := golden(t, m.request)
		go func() {
			r, err := http.NewRequest(http.MethodPost, p.URL+"/iso20022", strings.NewReader(message))
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+simtest.NotaryToken)
				r.Header.Set("Content-Type", "application/xml")
				_, err = http.DefaultClient.Do(r)
			}
			lost <- err
		}()
		require.Eventually(t, func() bool {
			var withheld []simkit.Withheld
			p.Admin(t, http.MethodGet, "/admin/withheld", nil, &withheld)
			return len(withheld) == 1 && withheld[0].EntryID == paidUETR
		}, 10*time.Second, 5*time.Millisecond)
		require.NoError(t, p.cmd.Process.Kill())
		require.Error(t, <-lost, "the reply must not come")
		require.Error(t, p.cmd.Wait())

		p = startProcess(t, config, c.AddrFile)
		require.Len(t, p.Entry(t, paidUETR).Journal, i+1, "one effect")
		require.Equal(t, m.reply, code(t, p.Server, message), "a second delivery")
		require.Len(t, p.Entry(t, paidUETR).Journal, i+1, "still one effect")
		require.EqualValues(t, simtest.Issued, p.Check(t).IssuedMinor, "seeded once")
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, p.cmd.Wait(), "SIGTERM ends it cleanly: %s", p.log)
	}
}

func TestASecondServerOnTheSameFolderIsRefused(t *testing.T) {
	c := simtest.Config(t)
	simtest.StartWith(t, c)
	_, err := sim.OpenBank(t.Context(), c)
	require.ErrorContains(t, err, "another server is running on it")
}

func TestAFolderOfAnotherNetworkIsRefused(t *testing.T) {
	c := simtest.Config(t)
	simtest.StartWith(t, c).Stop(t)
	c.Currency = "EUR"
	_, err := sim.OpenBank(t.Context(), c)
	require.ErrorContains(t, err, "it holds ledger bank-test in USD, the configuration says bank-test in EUR; name another folder")
}

func TestARunThatCanNotStartSaysWhy(t *testing.T) {
	c := simtest.Config(t)
	log := slog.New(slog.DiscardHandler)
	require.ErrorContains(t, sim.Run(t.Context(), "no-such-file.yaml", log), "configuration no-such-file.yaml: open")
	config := simtest.WriteConfig(t, c)
	require.NoError(t, os.Chmod(c.TokensFile, 0o666))
	require.ErrorContains(t, sim.Run(t.Context(), config, log), "chmod go-w")
}
