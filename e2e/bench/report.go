package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// report is everything that was measured; a part that was not is nil.
type report struct {
	Time       time.Time   `json:"time"`
	CPUs       int         `json:"cpus"`
	Go         string      `json:"go"`
	Load       string      `json:"load_average"` // when it began: 1, 5 and 15 minutes
	Throughput *throughput `json:"throughput,omitempty"`
	Start      *start      `json:"start,omitempty"`
	Swaps      []swapping  `json:"swaps,omitempty"`
}

// progress tells what is being done, apart from the result.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// measure does what the flags ask for, in a folder of its own.
func measure(ctx context.Context, o options) (*report, error) {
	r := &report{Time: time.Now().UTC().Truncate(time.Second), CPUs: runtime.NumCPU(), Go: runtime.Version(), Load: loadAverage()}
	var err error
	if o.bin, err = filepath.Abs(o.bin); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "corridor-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if strings.Contains(o.only, "throughput") {
		t, err := measureThroughput(ctx, dir, o)
		if err != nil {
			return nil, fmt.Errorf("throughput: %w", err)
		}
		r.Throughput = &t
	}
	if strings.Contains(o.only, "localnet") {
		s, swaps, err := measureLocalnet(ctx, dir, o)
		if err != nil {
			return nil, fmt.Errorf("localnet: %w", err)
		}
		if r.Throughput != nil {
			for i := range swaps {
				swaps[i].InFlight.ToSends = swaps[i].InFlight.PerSecond / r.Throughput.Sends
			}
		}
		r.Start, r.Swaps = &s, swaps
	}
	return r, nil
}

// loadAverage is proc_loadavg(5), or that it is not known.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(raw))
	if err != nil || len(fields) < 3 {
		return "unknown"
	}
	return strings.Join(fields[:3], " ")
}

// save writes the numbers as JSON, if a file is named.
func (r *report) save(file string) error {
	if file == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(raw, '\n'), 0o644)
}

// write shows the table.
func (r *report) write(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d CPUs, %s, load average %s when it began\n", r.CPUs, r.Go, r.Load)
	if t := r.Throughput; t != nil {
		fmt.Fprintf(w, "\nTHROUGHPUT\t1 validator, %d payers, median of %d\n", t.Accounts, len(t.Runs)/2)
		fmt.Fprintf(w, "bank sends\t%.0f a second, %.2f ms of the node's CPU each\n", t.Sends, t.SendCPU)
		fmt.Fprintf(w, "settlements of 2 hub legs\t%.0f a second, %.2f ms of the node's CPU each\n", t.Settlements, t.SettleCPU)
		fmt.Fprintf(w, "settlements per bank send\t%.3f; by the node's CPU %.3f, by gas %.3f\n", t.Ratio, t.CPURatio, t.GasRatio)
	}
	if s := r.Start; s != nil {
		fmt.Fprintf(w, "\nLOCALNET\t%d processes and their plugins\n", s.Processes)
		fmt.Fprintf(w, "up, until ready\t%.1f s\n", s.ReadySeconds)
		writeMemory(w, s)
	}
	for _, each := range r.Swaps {
		fmt.Fprintf(w, "\nSWAPS CNY→USD\tverify %s, the CBDC checks %s; from the last consent to SETTLED\n", each.Verify, each.OrderCheck)
		writeLatency(w, fmt.Sprintf("%d one after the other", each.AtRest.Swaps), each.AtRest)
		writeLatency(w, fmt.Sprintf("%d at once", each.InFlight.Swaps), each.InFlight.latency)
		fmt.Fprintf(w, "settled a second\t%.1f", each.InFlight.PerSecond)
		if each.InFlight.ToSends > 0 {
			fmt.Fprintf(w, "; to bank sends %.3f", each.InFlight.ToSends)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	if t := r.Throughput; t != nil {
		fmt.Fprintf(out, "\nPROFILE of the node during settlements: most time in itself\n%s\n", strings.Join(t.Profile, "\n"))
		fmt.Fprintf(out, "\nthe hub's own functions, with all that they call\n%s\n", strings.Join(t.Cumulative, "\n"))
	}
}

func writeLatency(w io.Writer, what string, l latency) {
	fmt.Fprintf(w, "%s\tmedian %g blocks (%g to %g), of which to COMMITTED %g; %.2f s (%.2f to %.2f); block interval %.3f s\n", what,
		l.Blocks.Median, l.Blocks.Min, l.Blocks.Max, l.ToCommitted.Median, l.Seconds.Median, l.Seconds.Min, l.Seconds.Max, l.BlockInterval)
}

func writeMemory(w io.Writer, s *start) {
	const mebi = 1 << 20
	var rss, pss, rssAfter, pssAfter uint64
	for i, m := range s.Memory {
		after := s.MemoryAfter[i]
		fmt.Fprintf(w, "memory of %d × %s\tRSS %d MiB, PSS %d MiB; after the swaps RSS %d MiB, PSS %d MiB\n",
			m.Processes, m.Program, m.RSSBytes/mebi, m.PSSBytes/mebi, after.RSSBytes/mebi, after.PSSBytes/mebi)
		rss, pss, rssAfter, pssAfter = rss+m.RSSBytes, pss+m.PSSBytes, rssAfter+after.RSSBytes, pssAfter+after.PSSBytes
	}
	fmt.Fprintf(w, "memory of all\tRSS %d MiB, PSS %d MiB; after the swaps RSS %d MiB, PSS %d MiB\n", rss/mebi, pss/mebi, rssAfter/mebi, pssAfter/mebi)
}

// spread is the middle and the ends of a series.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	return spread{Median: median(values), Min: slices.Min(values), Max: slices.Max(values)}
}

// median of an even number of values is the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
