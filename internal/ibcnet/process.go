package ibcnet

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
)

const (
	stop = syscall.SIGSTOP
	cont = syscall.SIGCONT
)

// ticksPerSecond is Linux's USER_HZ, the same on every platform that Go knows.
const ticksPerSecond = 100

func signal(p localnet.Process, s syscall.Signal) error {
	if !p.Alive() {
		return fmt.Errorf("%s (pid %d) has ended", p.Name, p.PID)
	}
	return syscall.Kill(p.PID, s)
}

// CPU is the processor time that a process has had.
func CPU(p localnet.Process) (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:])) // from the third on
	var ticks uint64
	for _, field := range fields[11:13] { // utime and stime, fields 14 and 15 of proc_pid_stat(5)
		n, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("processor time of %s: %w", p.Name, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}

// PeakMemory is the most resident memory that a process has had at once, in bytes.
func PeakMemory(p localnet.Process) (uint64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		rest, ok := strings.CutPrefix(line, "VmHWM:")
		if !ok {
			continue
		}
		kilobytes, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		return kilobytes << 10, err
	}
	return 0, fmt.Errorf("/proc/%d/status has no VmHWM", p.PID)
}
