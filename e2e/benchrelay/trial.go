package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/corridor-network/corridor/internal/ibcnet"
	"github.com/corridor-network/corridor/internal/localnet"
)

// What a run may take besides its load.
const (
	setUpPatience  = 2 * time.Minute
	singlePatience = time.Minute
)

// The messages that tell what a transaction did.
const (
	sendMsg = "/ibc.applications.transfer.v1.MsgTransfer"
	recvMsg = "/ibc.core.channel.v1.MsgRecvPacket"
	ackMsg  = "/ibc.core.channel.v1.MsgAcknowledgement"
)

// result is what one run came to. Seconds of processor time are of the time that Seconds counts.
type result struct {
	cell
	MaxMsgs      int      `json:"rly_max_msgs,omitempty"`
	Unfinished   int      `json:"packets_pending_when_cut,omitempty"`
	Seconds      float64  `json:"seconds"`
	PerSecond    float64  `json:"packets_per_second"`
	CPU          float64  `json:"relayer_cpu_seconds"`
	NodeA        float64  `json:"source_node_cpu_seconds"`
	NodeB        float64  `json:"destination_node_cpu_seconds"`
	MemoryMiB    float64  `json:"relayer_peak_memory_mib"`
	Txs          int      `json:"relayer_transactions"`
	FailedTxs    int      `json:"relayer_transactions_failed"`
	Failures     []string `json:"relayer_failures,omitempty"` // what the failed ones said
	GasPerPacket float64  `json:"relayer_gas_per_packet"`
	FirstBatch   float64  `json:"start_to_first_batch_seconds,omitempty"`  // preloaded: to the votes for the first block with a receipt
	SingleBlocks float64  `json:"single_packet_blocks,omitempty"`          // live: from the block that sent to the one that acknowledged, median
	Single       float64  `json:"single_packet_seconds,omitempty"`         // the same by block time
	SourceQuery  float64  `json:"source_node_cpu_milliseconds_per_packet"` // all of its work for a packet
	singles      []int64  // heights of the first chain after which single packets were sent
}

// once runs a relayer on fresh chains and ends everything.
func (b *bench) once(ctx context.Context, c cell, s setting) (r result, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.patience+setUpPatience)
	defer cancel()
	from := b.base
	if c.Load == preloaded {
		if from, err = b.backlog(ctx, c.Packets); err != nil {
			return r, err
		}
	}
	p, err := b.fresh(ctx, from, c.Block)
	defer func() { err = errors.Join(err, b.discard(ctx, p)) }()
	if err != nil {
		return r, err
	}
	argv, err := b.contender(c.Relayer).configure(ctx, p, s)
	if err != nil {
		return r, err
	}
	m := &trial{pair: p, argv: argv, patience: b.patience, perTx: b.perTxOf(live), result: result{cell: c, MaxMsgs: s.maxMsgs}}
	if c.Load == preloaded {
		err = m.preloaded(ctx)
	} else {
		err = m.live(ctx, b.singles)
	}
	for _, failure := range m.Failures {
		b.say("%s: %s", c, failure)
	}
	if err == nil {
		if m.Unfinished > 0 {
			b.say("%s: cut off with %d packets pending", c, m.Unfinished)
		}
		b.say("%s: %.2f s, %.0f packets/s, relayer %.2f CPU s, %.0f MiB, nodes %.2f + %.2f CPU s", c, m.Seconds, m.PerSecond, m.CPU, m.MemoryMiB, m.NodeA, m.NodeB)
	}
	return m.result, err
}

// trial is one run in progress.
type trial struct {
	*pair
	result
	argv     []string
	patience time.Duration
	perTx    int
	process  localnet.Process
}

func (m *trial) start() error {
	var err error
	m.process, err = localnet.Start(m.Relayer, m.argv, filepath.Join(m.dir, m.Relayer+".log"))
	return err
}

// times reads all three processes' processor times.
func (m *trial) times() (processorTimes, error) {
	t, err := m.nodes()
	if err == nil {
		t.relayer, err = ibcnet.CPU(m.process)
	}
	return t, err
}

// preloaded lets the relayer start on a backlog.
func (m *trial) preloaded(ctx context.Context) (err error) {
	from, err := m.heights(ctx)
	if err != nil {
		return err
	}
	before, err := m.nodes() // the relayer's own starts at 0
	if err != nil {
		return err
	}
	began := time.Now()
	if err := m.start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.process.Stop(context.WithoutCancel(ctx))) }()
	_, done, err := m.watch(ctx, 0, m.patience, alive(m.process))
	if err != nil {
		return err
	}
	if err := m.note(ctx, [2]time.Time{began, done}, before); err != nil {
		return err
	}
	return m.read(ctx, from, began)
}

// live starts the relayer, sends single packets, and then the load.
func (m *trial) live(ctx context.Context, singles int) (err error) {
	txs, err := m.transfers(ctx, m.Packets, m.perTx)
	if err != nil {
		return err
	}
	if err := m.start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.process.Stop(context.WithoutCancel(ctx))) }()
	for i := range singles + 1 { // the first one shows that the relayer is ready
		if err := m.one(ctx, i > 0); err != nil {
			return err
		}
	}
	next, err := m.a.NextSequenceSend(ctx, port, channel)
	if err != nil {
		return err
	}
	from, err := m.heights(ctx)
	if err != nil {
		return err
	}
	before, err := m.times()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := m.a.Submit(ctx, txs...); err != nil {
		return err
	}
	first, done, err := m.watch(ctx, next+uint64(m.Packets)-1, m.patience, alive(m.process))
	if err != nil {
		return err
	}
	if err := m.note(ctx, [2]time.Time{first, done}, before); err != nil {
		return err
	}
	if err := m.latency(ctx, from[0]); err != nil {
		return err
	}
	return m.read(ctx, from, began)
}

// one has a single packet relayed from end to end.
func (m *trial) one(ctx context.Context, counts bool) error {
	height, err := m.a.Height(ctx)
	if err != nil {
		return err
	}
	next, err := m.a.NextSequenceSend(ctx, port, channel)
	if err != nil {
		return err
	}
	tx, err := m.single(ctx)
	if err != nil {
		return err
	}
	if err := m.a.Submit(ctx, tx...); err != nil {
		return err
	}
	if counts {
		m.singles = append(m.singles, height)
	}
	_, done, err := m.watch(ctx, next, singlePatience, alive(m.process))
	if err == nil && done.IsZero() {
		err = fmt.Errorf("a single packet was not relayed within %s", singlePatience)
	}
	return err
}

// heights are both chains' newest.
func (p *pair) heights(ctx context.Context) (h [2]int64, err error) {
	if h[0], err = p.a.Height(ctx); err == nil {
		h[1], err = p.b.Height(ctx)
	}
	return h, err
}

// note takes down what the processes used from the first time to the second; if that is zero, until now, with packets left.
func (m *trial) note(ctx context.Context, between [2]time.Time, before processorTimes) error {
	after, err := m.times()
	if err != nil {
		return err
	}
	peak, err := ibcnet.PeakMemory(m.process)
	if err != nil {
		return err
	}
	if between[1].IsZero() {
		between[1] = time.Now()
		if err := m.cut(ctx); err != nil {
			return err
		}
	}
	took := between[1].Sub(between[0])
	used := after.minus(before)
	m.Seconds, m.PerSecond = took.Seconds(), float64(m.Packets-m.Unfinished)/took.Seconds()
	m.CPU, m.NodeA, m.NodeB = used.relayer.Seconds(), used.a.Seconds(), used.b.Seconds()
	m.SourceQuery = m.NodeA * 1000 / float64(m.Packets)
	m.MemoryMiB = float64(peak) / (1 << 20)
	return nil
}

// chokedFor is how long a node may need to work off the queries of a relayer that was cut off.
const chokedFor = 2 * time.Minute

// cut ends the relayer and counts what it left.
func (m *trial) cut(ctx context.Context) error {
	if err := m.process.Stop(ctx); err != nil {
		return err
	}
	var err error
	m.Unfinished, err = backoff.Retry(ctx, func() (int, error) {
		asking, cancel := context.WithTimeout(ctx, askPatience)
		defer cancel()
		return m.a.PendingCount(asking, port, channel)
	}, backoff.WithMaxElapsedTime(chokedFor))
	return err
}

// read counts the relayer's transactions in the blocks after the heights.
func (m *trial) read(ctx context.Context, after [2]int64, began time.Time) error {
	to, err := m.heights(ctx)
	if err != nil {
		return err
	}
	gas := int64(0)
	for i, chain := range []*ibcnet.Chain{m.a, m.b} {
		txs, err := chain.Txs(ctx, after[i], to[i])
		if err != nil {
			return err
		}
		for _, tx := range txs {
			if tx.Messages[sendMsg] > 0 {
				continue
			}
			m.Txs++
			gas += tx.GasUsed
			if tx.Failed {
				m.FailedTxs++
				m.Failures = append(m.Failures, fmt.Sprintf("%s block %d: %s", chain.ID, tx.Height, tx.Log))
			} else if m.Load == preloaded && tx.Messages[recvMsg] > 0 && m.FirstBatch == 0 {
				voted, err := chain.Voted(ctx, tx.Height)
				if err != nil {
					return err
				}
				m.FirstBatch = voted.Sub(began).Seconds()
			}
		}
	}
	m.GasPerPacket = float64(gas) / float64(m.Packets)
	return nil
}

// latency finds out how many blocks the single packets took.
func (m *trial) latency(ctx context.Context, last int64) error {
	if len(m.singles) == 0 {
		return nil
	}
	txs, err := m.a.Txs(ctx, m.singles[0], last)
	if err != nil {
		return err
	}
	var blocks, took []float64
	var sent *ibcnet.Tx
	for i, tx := range txs {
		if tx.Messages[sendMsg] > 0 {
			sent = &txs[i]
		}
		if tx.Messages[ackMsg] > 0 && !tx.Failed && sent != nil {
			blocks = append(blocks, float64(tx.Height-sent.Height))
			took = append(took, tx.Time.Sub(sent.Time).Seconds())
			sent = nil
		}
	}
	m.SingleBlocks, m.Single = median(blocks), median(took)
	return nil
}

// median of no numbers is 0.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
