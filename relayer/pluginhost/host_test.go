package pluginhost

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/memory"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// hostConfigVariable makes this test binary a host of its own, for the tests that kill one.
const hostConfigVariable = "PLUGINHOST_TEST_CONFIG"

// adapterBinary is the real memory adapter, built once.
var adapterBinary string

func TestMain(m *testing.M) {
	if raw := os.Getenv(hostConfigVariable); raw != "" {
		os.Exit(beHost(raw))
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pluginhost")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) // a temporary directory
	adapterBinary = filepath.Join(dir, "corridor-adapter-memory")
	out, err := exec.Command("go", "build", "-o", adapterBinary, "github.com/corridor-network/corridor/adapters/cmd/corridor-adapter-memory").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "building the memory adapter: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// beHost starts a host, says which process its plugin is, and waits to be killed.
func beHost(raw string) int {
	var c Config
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	h, err := Start(context.Background(), c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(h.PID())
	select {}
}

// world is a ledger's configuration, with its state and control directory.
type world struct {
	Config
	control string
	sent    int
}

func newWorld(t *testing.T) *world {
	dir := t.TempDir()
	w := &world{control: filepath.Join(dir, "control")}
	require.NoError(t, os.Mkdir(w.control, 0o700))
	account := func(id string, balance int) map[string]any {
		return map[string]any{
			"id": id, "currency": "USD", "balance_minor": balance,
			"consent_key": fmt.Sprintf("%x", conformance.NewKey(id).Public().Bytes),
		}
	}
	closed := account("closed", 0)
	closed["closed"] = true
	file, err := json.Marshal(map[string]any{
		"ledger": "mem", "state_file": filepath.Join(dir, "state.json"), "control_dir": w.control,
		"accounts": []any{
			account("rich", 1_000_000_000), account("payee", 0), account("poor", 10), account("doomed", 0), closed,
		},
	})
	require.NoError(t, err)
	sum, err := FileSHA256(adapterBinary)
	require.NoError(t, err)
	w.Config = Config{
		Path: adapterBinary, SHA256: sum, ConfigPath: filepath.Join(dir, "memory.yaml"), LedgerID: "mem",
		Needs: []string{sdk.OptionalBalances}, RunDir: filepath.Join(dir, "run"),
	}
	require.NoError(t, os.WriteFile(w.ConfigPath, file, 0o600))
	return w
}

// start runs a host until the end of the test.
func (w *world) start(t *testing.T) *Host {
	w.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h, err := Start(t.Context(), w.Config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return h
}

func (w *world) send(t testing.TB, c memory.Control) {
	w.sent++
	require.NoError(t, c.Send(w.control, w.sent))
}

// settlement is a new settlement on the ledger, known by its reference.
func settlement(reference string) order.Body {
	return order.Body{
		ChainID: "corridor-test-1", Proposer: "corridor1host", Reference: reference,
		Legs:                  []order.Leg{{Ledger: "mem", Payer: "rich", Payee: "payee", Currency: "USD", AmountMinor: 5, PaidBy: order.NoLeg}},
		PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
	}
}

func holdOrder(b order.Body) sdk.HoldOrder {
	return sdk.HoldOrder{Instruction: order.NewInstruction(order.Hold, b, 0), Body: b.Encode()}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 10*time.Millisecond, what)
}

func alive(pid int) bool {
	state := processState(pid)
	return state != "" && state != "Z" // a zombie is dead, whoever has yet to collect it
}

func TestAHostIsTheLedgerThatItsAdapterServes(t *testing.T) {
	h := newWorld(t).start(t)
	b := settlement("one")
	e, err := h.Hold(t.Context(), holdOrder(b))
	require.NoError(t, err)
	require.Equal(t, order.EntryHeld, e.State)
	balance, err := h.Balance(t.Context(), "rich")
	require.NoError(t, err)
	require.Equal(t, uint64(5), balance.HeldMinor)
	e, err = h.Post(t.Context(), sdk.PostOrder{Instruction: order.NewInstruction(order.Post, b, 0)})
	require.NoError(t, err)
	require.Equal(t, order.EntryPosted, e.State)
	_, err = h.Void(t.Context(), sdk.VoidOrder{Instruction: order.NewInstruction(order.Void, b, 0)})
	require.Equal(t, sdk.Conflict, sdk.CodeOf(err), "the ledger's own error comes through: %v", err)
	e, err = h.Refuse(t.Context(), holdOrder(settlement("two")))
	require.NoError(t, err)
	require.Equal(t, order.EntryTombstoned, e.State)
	key, err := h.ConsentKey(t.Context(), "rich")
	require.NoError(t, err)
	require.Equal(t, conformance.NewKey("rich").Public(), key)
}

func TestAKilledAdapterStartsAgainAndKnowsWhatItDid(t *testing.T) {
	h := newWorld(t).start(t)
	b := settlement("one")
	_, err := h.Hold(t.Context(), holdOrder(b))
	require.NoError(t, err)
	first := h.PID()
	require.NoError(t, syscall.Kill(first, syscall.SIGKILL))
	eventually(t, "the adapter was not started again", func() bool { return h.PID() != 0 && h.PID() != first })
	e, err := h.Lookup(t.Context(), b.EntryID(0))
	require.NoError(t, err)
	require.Equal(t, order.EntryHeld, e.State)
	require.Equal(t, 1, h.Restarts())
}

func TestACallThatWasUnderWayWhenTheAdapterDiedIsUnknown(t *testing.T) {
	w := newWorld(t)
	h := w.start(t)
	w.repeat(t, 1, memory.Fault{Op: memory.OpHold, Kind: memory.Slow, Delay: time.Hour})
	w.repeat(t, 1, memory.Fault{Op: memory.OpLookup, Kind: memory.Slow, Delay: time.Hour})
	b := settlement("one")
	held, looked := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := h.Hold(t.Context(), holdOrder(b))
		held <- err
	}()
	eventually(t, "the hold did not take effect", func() bool {
		balance, err := h.Balance(t.Context(), "rich")
		return err == nil && balance.HeldMinor == 5
	})
	go func() {
		_, err := h.Lookup(t.Context(), b.EntryID(0))
		looked <- err
	}()
	require.NoError(t, syscall.Kill(h.PID(), syscall.SIGKILL))
	require.Equal(t, sdk.Unknown, sdk.CodeOf(<-held))
	<-looked // answered or Unavailable, by how the kill and the call crossed; it must only end
	eventually(t, "the lookup after the crash does not tell the truth", func() bool {
		e, err := h.Lookup(t.Context(), b.EntryID(0))
		return err == nil && e.State == order.EntryHeld
	})
}

func TestAnAdapterThatAnswersNoPingIsKilledAndStartedAgain(t *testing.T) {
	w := newWorld(t)
	w.PingEvery, w.CallTimeout = 200*time.Millisecond, 300*time.Millisecond
	h := w.start(t)
	first := h.PID()
	require.NoError(t, syscall.Kill(first, syscall.SIGSTOP))
	eventually(t, "the adapter did not stop", func() bool { return processState(first) == "T" })
	began := time.Now()
	_, err := h.Hold(t.Context(), holdOrder(settlement("one")))
	require.Contains(t, []sdk.Code{sdk.Unknown, sdk.Unavailable}, sdk.CodeOf(err), "%v", err)
	require.Less(t, time.Since(began), 10*time.Second, "the call outlived its deadline")
	eventually(t, "a stuck adapter was not replaced", func() bool { return h.PID() != 0 && h.PID() != first && !alive(first) })
}

// processState is the one letter that proc_pid_stat(5) has for a process's state; a signal takes effect later than it is sent.
func processState(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	state, _, _ := strings.Cut(rest, " ")
	return state
}

func TestAnAdapterEndsWithItsHost(t *testing.T) {
	for name, before := range map[string]func(t *testing.T, pid int){
		"one that runs": func(*testing.T, int) {},
		"one that is stopped and cannot notice": func(t *testing.T, pid int) {
			require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			raw, err := json.Marshal(w.Config)
			require.NoError(t, err)
			host := exec.CommandContext(t.Context(), os.Args[0])
			host.Env = append(os.Environ(), hostConfigVariable+"="+string(raw))
			host.Stderr = t.Output()
			out, err := host.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, host.Start())
			said, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			plugin, err := strconv.Atoi(strings.TrimSpace(said))
			require.NoError(t, err)
			require.True(t, alive(plugin))
			before(t, plugin)

			require.NoError(t, host.Process.Kill())
			require.Error(t, host.Wait())
			eventually(t, "the adapter outlived its host", func() bool { return !alive(plugin) })
			w.start(t) // and the ledger is free for the next host
		})
	}
}

func TestOneLedgerHasOneAdapter(t *testing.T) {
	w := newWorld(t)
	h := w.start(t)
	_, err := lockLedger(w.RunDir, w.LedgerID, 0)
	require.ErrorIs(t, err, ErrLocked)
	other, err := lockLedger(w.RunDir, "other", 0)
	require.NoError(t, err, "another ledger is not concerned")
	require.NoError(t, other.Close())
	require.NoError(t, h.Close())
	free, err := lockLedger(w.RunDir, w.LedgerID, 0)
	require.NoError(t, err)
	require.NoError(t, free.Close())
}

func TestTheAdapterSeesNothingOfTheHostsEnvironment(t *testing.T) {
	t.Setenv("SECRET_OF_THE_HOST", "do not tell")
	h := newWorld(t).start(t)
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", h.PID()))
	require.NoError(t, err)
	require.NotEmpty(t, environment)
	require.NotContains(t, string(environment), "SECRET_OF_THE_HOST")
	require.NotContains(t, string(environment), "HOME=")
}

func TestASickLedgerIsLeftAloneForAMoment(t *testing.T) {
	w := newWorld(t)
	h := w.start(t)
	for range breakerFailures {
		w.repeat(t, 1, memory.Fault{Op: memory.OpLookup, Kind: memory.TurnedAway})
	}
	id := settlement("one").EntryID(0)
	for range breakerFailures {
		_, err := h.Lookup(t.Context(), id)
		require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
		require.NotContains(t, err.Error(), "left alone")
	}
	_, err := h.Lookup(t.Context(), id)
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	require.Contains(t, err.Error(), "left alone")
	eventually(t, "the ledger is well again and still left alone", func() bool {
		_, err := h.Lookup(t.Context(), id)
		return sdk.CodeOf(err) == sdk.NotFound
	})
	require.Zero(t, h.Restarts())
}

func TestAClosedHostIsUnavailableAndItsAdapterGone(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := newWorld(t).start(t)
	pid := h.PID()
	require.NoError(t, h.Close())
	goleak.VerifyNone(t, before)
	require.NoError(t, h.Close(), "closing twice is no error")
	require.False(t, alive(pid))
	_, err := h.Describe(t.Context())
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err))
	require.True(t, errors.Is(err, errClosed))
	require.Zero(t, h.PID())
}

func TestAStartThatFailsSaysWhatIsWrongAndLeavesNothingBehind(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, w *world)
		is    error
		says  string
	}{
		"no hash":      {func(_ *testing.T, w *world) { w.SHA256 = "" }, nil, "sha256 is not set"},
		"no binary":    {func(_ *testing.T, w *world) { w.Path += "x" }, os.ErrNotExist, "adapter binary"},
		"another hash": {func(_ *testing.T, w *world) { w.SHA256 = strings.Repeat("0", 64) }, ErrChecksum, "configure the new hash"},
		"a symbolic link": {func(t *testing.T, w *world) {
			link := filepath.Join(t.TempDir(), "adapter")
			require.NoError(t, os.Symlink(w.Path, link))
			w.Path = link
		}, ErrSymlink, "configure that path"},
		"a link on the way": {func(t *testing.T, w *world) {
			link := filepath.Join(t.TempDir(), "bin")
			require.NoError(t, os.Symlink(filepath.Dir(w.Path), link))
			w.Path = filepath.Join(link, filepath.Base(w.Path))
		}, ErrSymlink, "configure that path"},
		"a directory": {func(t *testing.T, w *world) { w.Path = t.TempDir() }, nil, "no regular file"},
		"a run directory for anybody": {func(t *testing.T, w *world) {
			require.NoError(t, os.Mkdir(w.RunDir, 0o700))
			require.NoError(t, os.Chmod(w.RunDir, 0o777))
		}, ErrRunDir, "chmod 700"},
		"another ledger":               {func(_ *testing.T, w *world) { w.LedgerID = "rtgs" }, nil, `serves ledger "mem", configured is "rtgs"`},
		"a part that it does not have": {func(_ *testing.T, w *world) { w.Needs = []string{"time-travel"} }, nil, `does not have "time-travel"`},
		"no configuration file":        {func(_ *testing.T, w *world) { w.ConfigPath += "x" }, nil, "no such file"},
		"a bad configuration file": {func(t *testing.T, w *world) {
			require.NoError(t, os.WriteFile(w.ConfigPath, []byte("ledger: mem\ncolour: red\n"), 0o600))
		}, nil, "line 2: colour: there is no such field"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.spoil(t, w)
			_, err := Start(t.Context(), w.Config)
			require.Error(t, err)
			require.Contains(t, err.Error(), c.says)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			if errors.Is(err, ErrRunDir) || w.SHA256 == "" {
				return // nothing was touched
			}
			free, err := lockLedger(w.RunDir, w.LedgerID, 0)
			require.NoError(t, err, "the lock was left behind")
			require.NoError(t, free.Close())
		})
	}
}

func TestACopyThatWasChangedIsNotExecuted(t *testing.T) {
	w := newWorld(t)
	w.RestartMin = time.Millisecond
	h := w.start(t)
	require.NoError(t, os.Remove(h.binary)) // the running one cannot be written to, but replaced
	require.NoError(t, os.WriteFile(h.binary, []byte("#!/bin/sh\n"), 0o500))
	require.NoError(t, syscall.Kill(h.PID(), syscall.SIGKILL))
	eventually(t, "the changed copy was not noticed", func() bool {
		_, err := h.Describe(t.Context())
		return errors.Is(err, ErrChecksum)
	})
	require.Zero(t, h.PID())
}
