package localnet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How long a process has to end before it is killed, and how often it is looked at.
const (
	stopPatience = 10 * time.Second
	lookEvery    = 50 * time.Millisecond
)

// Process is one that this localnet started. Its start time tells it from another that got the same pid later.
type Process struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"` // hub, far, ledger, notary or relayer
	PID        int    `json:"pid"`
	StartTicks uint64 `json:"start_ticks"` // /proc/PID/stat, field 22
	Log        string `json:"log"`
}

// command is what to start.
type command struct {
	name, kind string
	argv       []string
	log        string
}

// start starts a process in a session of its own, so that it outlives this one; both outputs go to the log.
func start(c command) (Process, error) {
	if err := os.MkdirAll(filepath.Dir(c.log), 0o700); err != nil {
		return Process{}, err
	}
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return Process{}, err
	}
	defer log.Close()
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Process{}, fmt.Errorf("%s: %w", c.name, err)
	}
	go cmd.Wait() //nolint:errcheck // only so that it is no zombie while this program lives
	p := Process{Name: c.name, Kind: c.kind, PID: cmd.Process.Pid, Log: c.log}
	stat, err := readStat(p.PID)
	if err != nil || stat.dead() {
		return p, fmt.Errorf("%s ended at once: %s", c.name, lastLines(c.log))
	}
	p.StartTicks = stat.started
	return p, nil
}

// Alive tells whether the process still runs.
func (p Process) Alive() bool {
	stat, err := readStat(p.PID)
	return err == nil && stat.started == p.StartTicks && !stat.dead()
}

// Kill ends the process and whatever it started at once (SIGKILL), and waits until all are gone.
func (p Process) Kill(ctx context.Context) error {
	for _, pid := range p.members() {
		if err := send(pid, syscall.SIGKILL); err != nil {
			return fmt.Errorf("%s (pid %d): %w", p.Name, pid, err)
		}
	}
	return until(ctx, p.Name+" to end", func() (bool, error) { return len(p.members()) == 0, nil })
}

// Stop asks the process to end, and kills what is left of it and its children when its time is over.
func (p Process) Stop(ctx context.Context) error {
	if p.Alive() {
		if err := send(p.PID, syscall.SIGTERM); err != nil {
			return fmt.Errorf("%s (pid %d): %w", p.Name, p.PID, err)
		}
		patient, cancel := context.WithTimeout(ctx, stopPatience)
		defer cancel()
		// Not ended in time is no error yet: Kill follows.
		_ = until(patient, p.Name+" to end", func() (bool, error) { return !p.Alive(), nil })
	}
	return p.Kill(ctx)
}

// members are the living processes of the session that start made: the process and whatever it started.
func (p Process) members() []int {
	if leader, err := readStat(p.PID); err == nil && leader.started != p.StartTicks {
		return nil // the pid is another process's by now; the system reuses it only when nothing of the session is left
	}
	var pids []int
	for pid, stat := range allStats() {
		if stat.session == p.PID && stat.started >= p.StartTicks && !stat.dead() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// send sends a signal; that the process is gone already is no error.
func send(pid int, s syscall.Signal) error {
	if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// until waits for a condition. An error of the condition ends the wait.
func until(ctx context.Context, what string, done func() (bool, error)) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		ok, err := done()
		if err != nil {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
}

// lastLines is the end of a log, for an error message.
func lastLines(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
