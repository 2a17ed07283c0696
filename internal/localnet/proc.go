package localnet

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// procStat is a part of what proc_pid_stat(5) says of a process.
type procStat struct {
	state   string
	session int
	started uint64 // clock ticks since boot
}

// dead: a zombie runs no more, it only waits for its parent to look.
func (s procStat) dead() bool { return s.state == "Z" || s.state == "X" }

// Places of the fields behind the name's closing parenthesis.
const (
	statState   = 0
	statSession = 3
	statStarted = 19
)

func readStat(pid int) (procStat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, err
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:])) // the name may hold anything
	if len(fields) <= statStarted {
		return procStat{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	session, err := strconv.Atoi(fields[statSession])
	if err != nil {
		return procStat{}, fmt.Errorf("/proc/%d/stat: session: %w", pid, err)
	}
	started, err := strconv.ParseUint(fields[statStarted], 10, 64)
	if err != nil {
		return procStat{}, fmt.Errorf("/proc/%d/stat: start time: %w", pid, err)
	}
	return procStat{state: fields[statState], session: session, started: started}, nil
}

// allStats reads every process there is; those that end meanwhile are left out.
func allStats() map[int]procStat {
	all := map[int]procStat{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return all
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if stat, err := readStat(pid); err == nil {
			all[pid] = stat
		}
	}
	return all
}
