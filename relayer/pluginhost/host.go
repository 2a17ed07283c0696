package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/sony/gobreaker/v2"
)

// Config says which adapter serves which ledger. Fields without a default are required.
type Config struct {
	Path       string   // the adapter binary
	SHA256     string   // its hash in hex, from where it was built (FileSHA256)
	ConfigPath string   // the adapter's own configuration file
	LedgerID   string   // what the adapter must say it serves
	Needs      []string // optional parts of the contract that must be there, as sdk.OptionalOrders
	RunDir     string   // for the copy and the lock; nobody else may write it. It is made if missing
	Logger     *slog.Logger

	CallTimeout time.Duration // bounds each call; default 20 s
	PingEvery   time.Duration // how often the adapter is asked whether it lives; default 5 s
	RestartMin  time.Duration // first pause before a restart; default 100 ms, doubling
	RestartMax  time.Duration // longest pause before a restart; default 30 s
}

// Defaults of Config, and the breaker's terms.
const (
	defaultCallTimeout = 20 * time.Second
	defaultPingEvery   = 5 * time.Second
	defaultRestartMin  = 100 * time.Millisecond
	defaultRestartMax  = 30 * time.Second

	lockPatience    = 3 * time.Second
	breakerFailures = 5               // failures in a row that open the breaker
	breakerPause    = 2 * time.Second // how long it stays open before one call may try
)

// Host is a ledger served by an adapter plugin that is started again when it dies. It is safe for
// concurrent use and implements sdk.Ledger, sdk.BalanceReader and sdk.OrderBook.
type Host struct {
	config  Config
	binary  string // the private copy
	log     *slog.Logger
	lock    *os.File
	stop    context.CancelFunc
	stopped chan struct{} // closed when the supervisor has ended and nothing runs

	mu       sync.RWMutex
	now      *serving // nil while nothing serves
	failure  error    // why nothing serves
	restarts int
}

// serving is one run of the adapter. A new run is not charged with the failures of the one before.
type serving struct {
	*sdk.Process
	breaker *gobreaker.CircuitBreaker[any]
}

// Start verifies and starts the adapter and waits until it serves the right ledger. It fails where that
// fails; a plugin that dies later is started again until Close. ctx bounds the start alone.
func Start(ctx context.Context, c Config) (*Host, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := privateDir(c.RunDir); err != nil {
		return nil, err
	}
	lock, err := lockLedger(c.RunDir, c.LedgerID, lockPatience)
	if err != nil {
		return nil, err
	}
	binary, err := copyVerified(c.Path, c.SHA256, c.RunDir, c.LedgerID)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	h := &Host{config: c, binary: binary, log: c.Logger.With("ledger", c.LedgerID), lock: lock, stopped: make(chan struct{})}
	var life context.Context
	life, h.stop = context.WithCancel(context.Background())
	first := make(chan error, 1)
	go h.supervise(life, first)
	select {
	case err = <-first:
	case <-ctx.Done():
		err = fmt.Errorf("the adapter of ledger %s did not serve in time: %w", c.LedgerID, ctx.Err())
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (c Config) withDefaults() (Config, error) {
	for _, f := range []struct{ name, value string }{
		{"path", c.Path}, {"sha256", c.SHA256}, {"config path", c.ConfigPath}, {"ledger id", c.LedgerID}, {"run directory", c.RunDir},
	} {
		if f.value == "" {
			return c, fmt.Errorf("adapter: %s is not set", f.name)
		}
	}
	for _, d := range []struct {
		value     *time.Duration
		byDefault time.Duration
	}{
		{&c.CallTimeout, defaultCallTimeout}, {&c.PingEvery, defaultPingEvery}, {&c.RestartMin, defaultRestartMin}, {&c.RestartMax, defaultRestartMax},
	} {
		if *d.value <= 0 {
			*d.value = d.byDefault
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	var err error
	if c.ConfigPath, err = filepath.Abs(c.ConfigPath); err == nil {
		c.RunDir, err = filepath.Abs(c.RunDir)
	}
	return c, err
}

// supervise starts the adapter and starts it again when it dies, until life ends. It keeps its thread, for
// the kernel's parent-death signal is bound to the thread that starts a process.
func (h *Host) supervise(life context.Context, first chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(h.stopped)
	p, err := h.start(life)
	h.serve(p, err) // first: whom Start lets go may call at once
	first <- err
	if err != nil {
		return
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = h.config.RestartMin, h.config.RestartMax, 2
	for {
		if p != nil {
			h.serve(p, nil)
			began := time.Now()
			err = h.watch(life, p)
			h.serve(nil, err)
			h.end(p, life.Err() == nil)
			if time.Since(began) > h.config.RestartMax {
				pauses.Reset()
			}
		}
		if life.Err() != nil {
			return
		}
		pause := pauses.NextBackOff()
		h.log.Error("adapter is not serving; it will be started again", "error", err, "pause", pause)
		if !wait(life, pause) {
			return
		}
		if p, err = h.start(life); err != nil {
			h.serve(nil, err)
		}
	}
}

// start runs the private copy, whose hash is verified again each time, and checks that it serves the ledger it
// should. Later changes of the original are the next Start's business. A life that ends kills what starts.
func (h *Host) start(life context.Context) (*serving, error) {
	if err := verify(h.binary, h.config.SHA256); err != nil {
		return nil, err
	}
	starting, kill := context.WithCancel(context.Background())
	defer context.AfterFunc(life, kill)()
	cmd := exec.CommandContext(starting, h.binary, "--config", h.config.ConfigPath)
	cmd.ExtraFiles = []*os.File{h.lock} // the lock lasts as long as any of host and plugin
	p, err := sdk.StartCommand(cmd, pluginLogger(h.log))
	if err != nil {
		return nil, err
	}
	if err := h.isExpected(p); err != nil {
		return nil, errors.Join(err, p.Kill())
	}
	h.log.Info("adapter serves", "pid", p.PID())
	return &serving{p, h.newBreaker()}, nil
}

func (h *Host) newBreaker() *gobreaker.CircuitBreaker[any] {
	return gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: h.config.LedgerID, MaxRequests: 1, Timeout: breakerPause,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= breakerFailures },
		IsSuccessful: healthy,
		OnStateChange: func(_ string, from, to gobreaker.State) {
			h.log.Warn("adapter breaker", "from", from.String(), "to", to.String())
		},
	})
}

func (h *Host) isExpected(p *sdk.Process) error {
	ctx, cancel := context.WithTimeout(context.Background(), h.config.CallTimeout)
	defer cancel()
	d, err := p.Describe(ctx)
	if err != nil {
		return fmt.Errorf("the adapter of ledger %s does not describe it: %w", h.config.LedgerID, err)
	}
	if d.Ledger != h.config.LedgerID {
		return sdk.Errorf(sdk.Invalid, "the adapter %s serves ledger %q, configured is %q: correct its configuration %s",
			h.config.Path, d.Ledger, h.config.LedgerID, h.config.ConfigPath)
	}
	for _, need := range h.config.Needs {
		if !slices.Contains(d.Optional, need) {
			return sdk.Errorf(sdk.Invalid, "the adapter %s (%s) does not have %q, which ledger %s needs", h.config.Path, d.Name, need, d.Ledger)
		}
	}
	return nil
}

// watch returns why the adapter does not serve any more: it ended, it answers no ping, or life ended.
func (h *Host) watch(life context.Context, p *serving) error {
	ticker := time.NewTicker(h.config.PingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-life.Done():
			return errClosed
		case <-p.Done():
			return fmt.Errorf("the adapter, process %d, ended by itself", p.PID())
		case <-ticker.C:
			ctx, cancel := context.WithTimeout(life, h.config.PingEvery)
			_, err := p.Describe(ctx)
			cancel()
			if err != nil && life.Err() == nil {
				return fmt.Errorf("the adapter, process %d, answers no ping: %w", p.PID(), err)
			}
		}
	}
}

func (h *Host) end(p *serving, atOnce bool) {
	if !atOnce {
		p.Close()
		return
	}
	if err := p.Kill(); err != nil {
		h.log.Error("adapter could not be killed", "pid", p.PID(), "error", err)
	}
}

func (h *Host) serve(p *serving, failure error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p != nil && h.failure != nil {
		h.restarts++
	}
	h.now, h.failure = p, failure
}

// PID is the process id of the adapter that serves now; 0 if none does.
func (h *Host) PID() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.now == nil {
		return 0
	}
	return h.now.PID()
}

// Restarts is how often the adapter was started again.
func (h *Host) Restarts() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.restarts
}

// Close ends the adapter and waits until it is gone. It may be called more than once.
func (h *Host) Close() error {
	h.stop()
	<-h.stopped
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lock == nil {
		return nil
	}
	err := h.lock.Close()
	h.lock = nil
	return err
}

// wait pauses for d and tells whether life still goes on then.
func wait(life context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-life.Done():
		return false
	case <-timer.C:
		return true
	}
}
