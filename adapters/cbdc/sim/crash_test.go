package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc/sim"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/internal/simkit/simkittest"
	"github.com/corridor-network/corridor/adapters/order"
)

// serveEnv makes the test's own binary serve a ledger instead of running tests.
const serveEnv = "CORRIDOR_CBDC_TEST_CONFIG"

const patience = 20 * time.Second

func TestMain(m *testing.M) {
	config := os.Getenv(serveEnv)
	if config == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := sim.Run(ctx, config, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is a ledger in a process of its own.
type process struct {
	*simtest.Server
	cmd *exec.Cmd
	log *bytes.Buffer // read only after the process has ended
}

func startProcess(t *testing.T, c sim.Config) *process {
	require.NoError(t, os.RemoveAll(c.AddrFile))
	p := &process{cmd: exec.Command(os.Args[0]), log: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), serveEnv+"="+simtest.WriteConfig(t, c))
	p.cmd.Stderr = p.log
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	require.Eventually(t, func() bool {
		addr, err := os.ReadFile(c.AddrFile)
		p.Server = &simtest.Server{Server: simkittest.Server{URL: "http://" + strings.TrimSpace(string(addr))}}
		return err == nil
	}, patience, 5*time.Millisecond, "the ledger never said where it listens")
	return p
}

// end sends the signal and waits until the process is gone.
func (p *process) end(t *testing.T, s os.Signal) error {
	require.NoError(t, p.cmd.Process.Signal(s))
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		require.FailNow(t, "the ledger did not end", s.String())
		return nil
	}
}

func TestATerminatedLedgerEndsCleanlyAndStartsAgainWithoutIssuingTwice(t *testing.T) {
	c := simtest.Config(t)
	p := startProcess(t, c)
	one := pay("R1", simtest.Rich, simtest.Payee, 700)
	held := p.Hold(t, one.Hold())
	require.NoError(t, p.end(t, syscall.SIGTERM), "%s", p.log)
	require.NotContains(t, p.log.String(), simtest.NotaryToken, "a token is never logged")

	p = startProcess(t, c)
	require.EqualValues(t, simtest.Issued, p.Check(t).IssuedMinor)
	require.Equal(t, held, p.Hold(t, one.Hold()))
	require.NoError(t, p.end(t, syscall.SIGTERM))
}

func TestALedgerKilledBetweenCommitAndReplyKeepsExactlyOneEffect(t *testing.T) {
	c := simtest.Config(t)
	p := startProcess(t, c)
	one := pay("R1", simtest.Rich, simtest.Payee, 700)
	p.Fault(t, simkit.Fault{Operation: simkit.OpHold, Mode: simkit.ModeWithhold, Count: 1})
	gone := make(chan error, 1)
	go func() { gone <- put(p.URL, one) }()
	require.Eventually(t, func() bool {
		var list []simkit.Withheld
		p.Admin(t, http.MethodGet, "/admin/withheld", nil, &list)
		return len(list) == 1 && list[0].EntryID == one.ID().String() && list[0].Operation == simkit.OpHold
	}, patience, 5*time.Millisecond)
	require.Error(t, p.end(t, syscall.SIGKILL))
	require.Error(t, <-gone, "the notary never got a reply")

	p = startProcess(t, c)
	require.Equal(t, []string{"hold"}, kinds(p.Entry(t, one.ID().String())))
	require.Equal(t, "HELD", p.Hold(t, one.Hold()).State)
	require.Equal(t, "POSTED", p.Post(t, one).State)
	require.Equal(t, []string{"hold", "post"}, kinds(p.Entry(t, one.ID().String())))
	p.Check(t)
	require.NoError(t, p.end(t, syscall.SIGTERM))
}

// put sends a hold and gives the error of a reply that did not come.
func put(url string, p simtest.Payment) error {
	raw, err := json.Marshal(simtest.OrderJSON(p.Hold()))
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPut, url+"/v1/entries/"+p.ID().String(), bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+simtest.NotaryToken)
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if _, err := io.Copy(io.Discard, reply.Body); err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", reply.StatusCode)
	}
	return nil
}

func TestALedgerKilledUnderLoadKeepsWhatItAcknowledgedAndFinishesTheRest(t *testing.T) {
	const notaries, each, killAfter = 4, 40, 50
	c := simtest.Config(t)
	p := startProcess(t, c)
	var mu sync.Mutex
	acknowledged := map[order.EntryID]bool{}
	enough := make(chan struct{})
	var running sync.WaitGroup
	for n := range notaries {
		running.Go(func() {
			for i := range each {
				one := pay(fmt.Sprintf("N%d-%d", n, i), simtest.Rich, simtest.Payee, 10)
				if put(p.URL, one) != nil {
					return // killed
				}
				mu.Lock()
				acknowledged[one.ID()] = true
				if len(acknowledged) == killAfter {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	require.Error(t, p.end(t, syscall.SIGKILL))
	running.Wait()

	p = startProcess(t, c)
	p.Check(t)
	for id := range acknowledged {
		require.Equal(t, "HELD", p.Entry(t, id.String()).State, "acknowledged, then lost")
	}
	for n := range notaries {
		for i := range each {
			one := pay(fmt.Sprintf("N%d-%d", n, i), simtest.Rich, simtest.Payee, 10)
			require.Equal(t, "HELD", p.Hold(t, one.Hold()).State)
		}
	}
	require.EqualValues(t, notaries*each*10, p.Check(t).HeldMinor, "each payment is held once")
	require.NoError(t, p.end(t, syscall.SIGTERM))
}

func TestTwoServersOnOneFolderAreRefused(t *testing.T) {
	c := simtest.Config(t)
	simtest.StartWith(t, c)
	_, err := sim.Open(context.Background(), c)
	require.ErrorContains(t, err, "another server is running")
}
