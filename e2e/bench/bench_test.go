package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/x/settlement"
)

func TestMedians(t *testing.T) {
	for _, row := range []struct {
		values []float64
		want   spread
	}{
		{[]float64{3}, spread{3, 3, 3}},
		{[]float64{3, 1, 2}, spread{2, 1, 3}},
		{[]float64{4, 1, 3, 2}, spread{2.5, 1, 4}},
	} {
		require.Equal(t, row.want, spreadOf(row.values), "%v", row.values)
	}
}

func TestBICsAreDifferent(t *testing.T) {
	seen := map[string]bool{}
	for n := range 20_000 {
		require.False(t, seen[bic(n)], "%d: %s", n, bic(n))
		require.Len(t, bic(n), 8)
		seen[bic(n)] = true
	}
}

func TestTopLinesBeginWithTheColumns(t *testing.T) {
	out := "File: corridord\nType: cpu\n      flat  flat%   sum%        cum   cum%\n     160ms  5.63%  5.63%      160ms  5.63%  runtime.memmove\n"
	lines := topLines(out)
	require.Len(t, lines, 2)
	require.True(t, strings.HasSuffix(lines[1], "runtime.memmove"))
}

func TestLatencyIsFromTheLastConsentToSettled(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	swap := func(consented, committed, settled int64) settlement.SettlementView {
		var steps []settlement.Step
		for _, s := range []struct {
			name   string
			height int64
		}{{"proposed", consented}, {"consented", consented}, {"committed", committed}, {"settled", settled}} {
			steps = append(steps, settlement.Step{Name: s.name, Height: s.height, Time: start.Add(time.Duration(s.height) * time.Second / 4)})
		}
		return settlement.SettlementView{Settlement: settlement.Settlement{Timeline: steps}}
	}
	l := latencyOf([]settlement.SettlementView{swap(10, 11, 12), swap(20, 22, 23), swap(30, 31, 33)})
	require.Equal(t, spread{3, 2, 3}, l.Blocks)
	require.Equal(t, spread{1, 1, 2}, l.ToCommitted)
	require.Equal(t, spread{0.75, 0.5, 0.75}, l.Seconds)
	require.InDelta(t, 0.25, l.BlockInterval, 1e-9)
}

func TestFlags(t *testing.T) {
	for _, row := range []struct {
		args string
		want string
	}{
		{"", ""},
		{"--only localnet", ""},
		{"--only start", "none of throughput, localnet"},
		{"--accounts 1", "at least 2 accounts"},
		{"--runs 0", "1 of everything else"},
	} {
		_, err := parse(strings.Fields(row.args))
		if row.want == "" {
			require.NoError(t, err, row.args)
		} else {
			require.ErrorContains(t, err, row.want, row.args)
		}
	}
}

func TestASmallBenchmarkOfThroughputHasAllItsNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a chain: run it without -short")
	}
	bin := os.Getenv("CORRIDOR_BIN")
	if bin == "" {
		bin = t.TempDir()
		out, err := exec.Command("go", "build", "-o", bin, "../../cmd/corridord").CombinedOutput()
		require.NoError(t, err, string(out))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	o := options{bin: bin, only: "throughput", accounts: 10, sends: 40, settlements: 20, runs: 2, swaps: 1}
	r, err := measure(ctx, o)
	require.NoError(t, err)
	require.Len(t, r.Throughput.Runs, 4)
	require.Positive(t, r.Throughput.Ratio)
	require.Positive(t, r.Throughput.GasRatio)
	require.Len(t, r.Throughput.Cumulative, profileLines+1, "the columns and the lines")
	require.Empty(t, r.Swaps, "they were not asked for")
	var table bytes.Buffer
	r.write(&table)
	require.Contains(t, table.String(), "settlements per bank send")
}
