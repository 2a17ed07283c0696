package localnet

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Memory is what the processes of one program take. What several of them share, such as the program's text, is in RSS
// once for each and in PSS in equal parts: the sum of PSS is what the machine gives.
type Memory struct {
	Program   string `json:"program"`
	Processes int    `json:"processes"`
	RSSBytes  uint64 `json:"rss_bytes"`
	PSSBytes  uint64 `json:"pss_bytes"`
}

// Memory adds up what every process of the localnet takes now, by program in alphabetical order; plugins too.
func (l *Localnet) Memory() ([]Memory, error) {
	var all []Memory
	for _, p := range l.Processes {
		for _, pid := range p.members() {
			program, rollup, err := readMemory(pid)
			if err != nil {
				return nil, fmt.Errorf("memory of %s (pid %d): %w", p.Name, pid, err)
			}
			i := slices.IndexFunc(all, func(m Memory) bool { return m.Program == program })
			if i < 0 {
				i, all = len(all), append(all, Memory{Program: program})
			}
			all[i].Processes++
			all[i].RSSBytes += rollup["Rss"]
			all[i].PSSBytes += rollup["Pss"]
		}
	}
	slices.SortFunc(all, func(a, b Memory) int { return strings.Compare(a.Program, b.Program) })
	return all, nil
}

// readMemory reads the sums of proc_pid_smaps_rollup(5), in bytes.
func readMemory(pid int) (program string, sums map[string]uint64, err error) {
	argv, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", nil, err
	}
	name, _, _ := strings.Cut(string(argv), "\x00")
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return "", nil, err
	}
	sums = map[string]uint64{}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[2] != "kB" {
			continue
		}
		kilobytes, err := strconv.ParseUint(fields[1], 10, 64)
		if err != nil {
			return "", nil, fmt.Errorf("smaps_rollup: %q: %w", line, err)
		}
		sums[strings.TrimSuffix(fields[0], ":")] = kilobytes << 10
	}
	return filepath.Base(name), sums, nil
}
