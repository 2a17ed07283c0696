package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"github.com/corridor-network/corridor/relayer/pathset"
)

// How a terminal shows what runs.
const (
	redrawEvery     = 500 * time.Millisecond
	recentLines     = 5
	defaultWidth    = 120 // of a terminal that does not say
	shutdownTimeout = 5 * time.Second
)

// recentLogs keeps the newest lines of a log.
type recentLogs struct {
	mu    sync.Mutex
	lines []string
}

// Write takes one line.
func (r *recentLogs) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, strings.TrimSpace(string(line)))
	r.lines = r.lines[max(0, len(r.lines)-recentLines):]
	return len(line), nil
}

func (r *recentLogs) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// live redraws how the paths are in a terminal.
type live struct {
	out     *os.File
	set     *pathset.Set
	recent  *recentLogs
	address string
	file    string
	drawn   int // lines
}

func (l *live) run(ctx context.Context) {
	tick := time.NewTicker(redrawEvery)
	defer tick.Stop()
	for {
		l.draw(l.frame())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// draw replaces what was drawn before: up, clear to the end, write.
func (l *live) draw(frame string) {
	if l.drawn > 0 {
		fmt.Fprintf(l.out, "\x1b[%dA\x1b[J", l.drawn)
	}
	l.drawn = strings.Count(frame, "\n")
	fmt.Fprint(l.out, frame)
}

// frame is what is drawn. Lines that a terminal would wrap are cut, or the next frame would be drawn in the wrong place.
func (l *live) frame() string {
	var b bytes.Buffer
	now := l.set.Now()
	fmt.Fprintf(&b, "relaying %s, status at http://%s/status\nCtrl-C stops, kill -HUP %d reads the file again\n", l.file, l.address, os.Getpid())
	writePaths(&b, now.Paths)
	for _, line := range l.recent.all() {
		b.WriteString(line + "\n")
	}
	return cut(b.String(), l.width())
}

// width is the terminal's.
func (l *live) width() int {
	if width, _, err := term.GetSize(int(l.out.Fd())); err == nil && width > 0 {
		return width
	}
	return defaultWidth
}

// cut shortens lines that are longer than the terminal is wide.
func cut(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if runes := []rune(line); len(runes) > width {
			lines[i] = string(runes[:width-1]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// writePaths is a table of paths, with what is wrong below each.
func writePaths(out io.Writer, paths []pathset.PathStatus) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PATH\tSTATE\tFROM\tHEIGHT\tUNRECEIVED\tUNACKED\tASIDE\tRELAYED\tOLDEST\tCLIENT\tLASTS")
	for _, p := range paths {
		for i, end := range p.Ends {
			name, state := p.Name, p.State
			if i > 0 {
				name, state = "", ""
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", name, state, end.Chain, end.Height, end.Unreceived, end.Unacknowledged,
				end.Aside+end.Lost, end.Relayed, age(end.Oldest), orDash(end.Client), lasts(end))
		}
	}
	table.Flush()
	for _, p := range paths {
		for _, trouble := range p.Trouble {
			fmt.Fprintf(out, "%s: %s\n", p.Name, strings.ReplaceAll(trouble, "\n", " "))
		}
		for _, end := range p.Ends {
			if end.ClientError != "" {
				fmt.Fprintf(out, "%s: client on %s: %s\n", p.Name, end.Chain, strings.ReplaceAll(end.ClientError, "\n", " "))
			}
		}
	}
}

// age is how long ago something was.
func age(since time.Time) string {
	if since.IsZero() {
		return "-"
	}
	return time.Since(since).Round(time.Second).String()
}

// lasts is how long a client lasts if nobody updates it.
func lasts(end pathset.EndStatus) string {
	if end.ClientExpires.IsZero() {
		return "-"
	}
	return left(time.Until(end.ClientExpires))
}

// left is how long something lasts, as coarse as its length.
func left(d time.Duration) string {
	switch {
	case d <= 0:
		return "EXPIRED"
	case d < 2*time.Hour:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f hours", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
