package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// summary is the median of a cell's runs.
type summary struct {
	cell
	Runs         int     `json:"runs"`
	MaxMsgs      int     `json:"rly_max_msgs,omitempty"`
	Unfinished   float64 `json:"packets_pending_when_cut,omitempty"`
	PerSecond    float64 `json:"packets_per_second"`
	Slowest      float64 `json:"packets_per_second_slowest_run"`
	Fastest      float64 `json:"packets_per_second_fastest_run"`
	CPU          float64 `json:"relayer_cpu_seconds"`
	NodeA        float64 `json:"source_node_cpu_seconds"`
	NodeB        float64 `json:"destination_node_cpu_seconds"`
	MemoryMiB    float64 `json:"relayer_peak_memory_mib"`
	Txs          float64 `json:"relayer_transactions"`
	FailedTxs    float64 `json:"relayer_transactions_failed"`
	GasPerPacket float64 `json:"relayer_gas_per_packet"`
	FirstBatch   float64 `json:"start_to_first_batch_seconds,omitempty"`
	SingleBlocks float64 `json:"single_packet_blocks,omitempty"`
	Single       float64 `json:"single_packet_seconds,omitempty"`
}

func (b *bench) summaries() []summary {
	var all []summary
	for _, r := range b.results {
		if !slices.ContainsFunc(all, func(s summary) bool { return s.cell == r.cell }) {
			all = append(all, b.summarise(r.cell))
		}
	}
	return all
}

func (b *bench) summarise(c cell) summary {
	s := summary{cell: c}
	of := func(field func(result) float64) []float64 {
		var values []float64
		for _, r := range b.results {
			if r.cell == c {
				values = append(values, field(r))
				s.MaxMsgs = r.MaxMsgs
			}
		}
		return values
	}
	rates := of(func(r result) float64 { return r.PerSecond })
	s.Runs, s.PerSecond, s.Slowest, s.Fastest = len(rates), median(rates), slices.Min(rates), slices.Max(rates)
	s.Unfinished = median(of(func(r result) float64 { return float64(r.Unfinished) }))
	s.CPU = median(of(func(r result) float64 { return r.CPU }))
	s.NodeA = median(of(func(r result) float64 { return r.NodeA }))
	s.NodeB = median(of(func(r result) float64 { return r.NodeB }))
	s.MemoryMiB = median(of(func(r result) float64 { return r.MemoryMiB }))
	s.Txs = median(of(func(r result) float64 { return float64(r.Txs) }))
	s.FailedTxs = median(of(func(r result) float64 { return float64(r.FailedTxs) }))
	s.GasPerPacket = median(of(func(r result) float64 { return r.GasPerPacket }))
	s.FirstBatch = median(of(func(r result) float64 { return r.FirstBatch }))
	s.SingleBlocks = median(of(func(r result) float64 { return r.SingleBlocks }))
	s.Single = median(of(func(r result) float64 { return r.Single }))
	return s
}

func (b *bench) report(out io.Writer) error {
	all := b.summaries()
	ratios := b.ratios(all)
	if b.output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(map[string]any{
			"load_when_begun": b.load, "medians": all, "ratios": ratios, "ceilings": b.ceils, "runs": b.results,
		})
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "load average when begun: %s\n\n", b.load)
	fmt.Fprintln(table, "blocks\tload\tpackets\trelayer\truns\tpackets/s\tCPU s\tpeak MiB\tnode CPU s\ttxs (failed)\tgas/packet\tfirst batch s\tone packet")
	for _, s := range all {
		name := s.Relayer
		if s.Unfinished > 0 {
			name += fmt.Sprintf(", cut off with %.0f pending", s.Unfinished)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%d\t%.0f (%.0f–%.0f)\t%.2f\t%.0f\t%.2f + %.2f\t%.0f (%.0f)\t%.0fk\t%s\t%s\n",
			s.Block, s.Load, s.Packets, name, s.Runs, s.PerSecond, s.Slowest, s.Fastest, s.CPU, s.MemoryMiB, s.NodeA, s.NodeB,
			s.Txs, s.FailedTxs, s.GasPerPacket/1000, orNothing("%.2f", s.FirstBatch), single(s))
	}
	for _, c := range b.ceils {
		fmt.Fprintf(table, "%s\tceiling\t%d\t-\t1\t%.0f\t-\t-\t%.2f + %.2f\tall at once in %.2f s\n",
			c.Block, c.Packets, c.PerSecond(), c.NodeA, c.NodeB, c.Seconds)
	}
	if len(ratios) > 0 {
		fmt.Fprintln(table, "\nblocks\tload\tpackets\tratio\tmeasured\tgoal\treached")
	}
	for _, r := range ratios {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%.2f\t%s %g\t%s\n", r.Block, r.Load, r.Packets, r.Name, r.Measured, r.sign(), r.Goal, r.verdict())
	}
	return table.Flush()
}

func orNothing(format string, value float64) string {
	if value == 0 {
		return "-"
	}
	return fmt.Sprintf(format, value)
}

func single(s summary) string {
	if s.SingleBlocks == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f blocks, %.2f s", s.SingleBlocks, s.Single)
}
