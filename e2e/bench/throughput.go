package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/corridor-network/corridor/adapters/order"
)

// throughput is what taking turns came to.
type throughput struct {
	Accounts    int         `json:"accounts"`
	Runs        []runResult `json:"runs"`
	Sends       float64     `json:"bank_sends_per_second"`      // median
	Settlements float64     `json:"hub_settlements_per_second"` // median
	Ratio       float64     `json:"settlements_per_bank_send"`  // of the medians
	SendCPU     float64     `json:"node_cpu_milliseconds_a_bank_send"`
	SettleCPU   float64     `json:"node_cpu_milliseconds_a_settlement"`
	CPURatio    float64     `json:"settlements_per_bank_send_by_node_cpu"`
	GasRatio    float64     `json:"settlements_per_bank_send_by_gas"`
	Profile     []string    `json:"profile_top_flat"`           // go tool pprof -top during settlements
	Cumulative  []string    `json:"profile_top_cumulative_hub"` // the hub's own functions, with what they call
}

// measureThroughput starts a chain, warms it, and lets both loads take turns on it.
func measureThroughput(ctx context.Context, dir string, o options) (t throughput, err error) {
	progress("throughput: a hub of one validator with %d payers", o.accounts)
	c, err := newChain(ctx, filepath.Join(dir, "chain"), o.bin, o.accounts)
	defer func() {
		if down := c.close(ctx); err == nil {
			err = down
		}
	}()
	if err != nil {
		return t, err
	}
	q, err := c.quote(ctx)
	if err != nil {
		return t, fmt.Errorf("quote: %w", err)
	}
	t.Accounts = o.accounts
	for run := range o.runs {
		for _, make := range []func() (load, error){
			func() (load, error) { return c.sends(ctx, o.sends) },
			func() (load, error) { return c.settlements(ctx, fmt.Sprintf("run%d", run), o.settlements, q) },
		} {
			if err := t.turn(ctx, c, make); err != nil {
				return t, err
			}
		}
	}
	t.sum()
	return t, t.profile(ctx, c, o, q)
}

// turn is one run of one load.
func (t *throughput) turn(ctx context.Context, c *chain, make func() (load, error)) error {
	l, err := make()
	if err != nil {
		return err
	}
	r, err := c.send(ctx, l)
	if err != nil {
		return err
	}
	if err := c.check(ctx, &r); err != nil {
		return err
	}
	progress("throughput: %d %s in %d blocks, %.2f s: %.0f a second, %.2f ms of the node's CPU each",
		r.Transactions, r.Load, r.Blocks, r.Seconds, r.PerSecond, r.NodeCPU)
	t.Runs = append(t.Runs, r)
	return nil
}

// sum makes medians of the runs.
func (t *throughput) sum() {
	rates, cpu, gas := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for _, r := range t.Runs {
		rates[r.Load] = append(rates[r.Load], r.PerSecond)
		cpu[r.Load] = append(cpu[r.Load], r.NodeCPU)
		gas[r.Load] = append(gas[r.Load], float64(r.GasUsed))
	}
	t.Sends, t.Settlements = median(rates[sendsLoad]), median(rates[settlementsLoad])
	t.SendCPU, t.SettleCPU = median(cpu[sendsLoad]), median(cpu[settlementsLoad])
	t.Ratio, t.CPURatio = t.Settlements/t.Sends, t.SendCPU/t.SettleCPU
	t.GasRatio = median(gas[sendsLoad]) / median(gas[settlementsLoad])
}

// profile samples the node during one more run of settlements, whose rate does not count.
func (t *throughput) profile(ctx context.Context, c *chain, o options, q order.Quote) error {
	l, err := c.settlements(ctx, "profiled", o.settlements, q)
	if err != nil {
		return err
	}
	progress("throughput: profiling the node during %d settlements", o.settlements)
	file := o.profile
	if file == "" {
		file = filepath.Join(c.net.Dir, "cpu.pprof")
	}
	t.Profile, t.Cumulative, err = c.profiled(ctx, file, float64(o.settlements)/t.Settlements, func() error {
		_, err := c.send(ctx, l)
		return err
	})
	return err
}
