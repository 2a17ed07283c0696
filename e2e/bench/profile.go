package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// Bounds of a profile.
const (
	profileLines      = 5
	minProfileSeconds = 1
	maxProfileSeconds = 30
	maxProfileBytes   = 64 << 20
)

// profiled samples the node's processor time while work runs, for about as long as it will take. It gives the five functions that
// take most themselves, and the five of the hub that take most with what they call.
func (c *chain) profiled(ctx context.Context, file string, seconds float64, work func() error) (flat, cumulative []string, err error) {
	sampled := make(chan error, 1)
	go func() {
		sampled <- c.sample(ctx, min(max(int(seconds), minProfileSeconds), maxProfileSeconds), file)
	}()
	if err := work(); err != nil {
		return nil, nil, err
	}
	if err := <-sampled; err != nil {
		return nil, nil, fmt.Errorf("profile: %w", err)
	}
	if flat, err = top(ctx, file); err != nil {
		return nil, nil, err
	}
	// Only frames of the hub's own packages are shown; what they call is counted to them.
	cumulative, err = top(ctx, file, "-cum", "-show=corridor-network/corridor/x/.*keeper")
	return flat, cumulative, err
}

// sample has the node write a profile of the seconds to come.
func (c *chain) sample(ctx context.Context, seconds int, file string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", c.pprof, seconds)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(out, io.LimitReader(res.Body, maxProfileBytes)); err != nil {
		return err
	}
	return out.Close()
}

// top is what `go tool pprof -top` says of a profile: its header of columns and the first lines.
func top(ctx context.Context, file string, flags ...string) ([]string, error) {
	argv := append([]string{"tool", "pprof", "-top", fmt.Sprintf("-nodecount=%d", profileLines)}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(argv, file)...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go tool pprof: %w: %s", err, out)
	}
	return topLines(string(out)), nil
}

// topLines cuts the lines about the file away.
func topLines(out string) []string {
	var lines []string
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if len(lines) > 0 || strings.Contains(line, "flat%") {
			lines = append(lines, line)
		}
	}
	return lines
}
