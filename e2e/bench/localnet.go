package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/corridor-network/corridor/internal/localnet"
	"github.com/corridor-network/corridor/internal/swap"
	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/settlement"
)

// start is how a localnet comes up and what it takes.
type start struct {
	Processes    int               `json:"processes"` // that corridor started; plugins are theirs
	ReadySeconds float64           `json:"ready_seconds"`
	Memory       []localnet.Memory `json:"memory"`       // when it was ready
	MemoryAfter  []localnet.Memory `json:"memory_after"` // after the swaps
}

// latency is how long swaps took from the last consent to SETTLED, by blocks and by hub time.
type latency struct {
	Swaps         int     `json:"swaps"`
	Blocks        spread  `json:"blocks"`
	ToCommitted   spread  `json:"blocks_to_committed"` // the part until every leg was held
	Seconds       spread  `json:"seconds"`
	BlockInterval float64 `json:"block_interval_seconds"` // mean while the swaps ran
}

// measureLocalnet starts a localnet by its command, looks at its memory, and runs swaps on it.
func measureLocalnet(ctx context.Context, dir string, o options) (s start, l latency, err error) {
	dir = filepath.Join(dir, "localnet")
	progress("localnet: starting")
	began := time.Now()
	cmd := exec.CommandContext(ctx, filepath.Join(o.bin, "corridor"), "localnet", "up", "--dir", dir, "--bin", o.bin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return s, l, fmt.Errorf("corridor localnet up: %w: %s", err, out)
	}
	s.ReadySeconds = time.Since(began).Seconds()
	defer func() {
		if down := localnet.Down(context.WithoutCancel(ctx), dir, true); err == nil {
			err = down
		}
	}()
	net, err := localnet.Open(dir)
	if err != nil {
		return s, l, err
	}
	s.Processes = len(net.Processes)
	if s.Memory, err = net.Memory(); err != nil {
		return s, l, err
	}
	progress("localnet: ready in %.1f s; %d swaps", s.ReadySeconds, o.swaps)
	if l, err = measureLatency(ctx, net, o.swaps); err != nil {
		return s, l, err
	}
	s.MemoryAfter, err = net.Memory()
	return s, l, err
}

// measureLatency runs swaps of CNY on the CBDC ledger for USD at the bank, one after the other.
func measureLatency(ctx context.Context, net *localnet.Localnet, swaps int) (latency, error) {
	node := net.Nodes[0]
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: node.GRPC, RPC: "http://" + node.RPC}, net.ChainID)
	if err != nil {
		return latency{}, err
	}
	defer client.Close()
	hub, err := openHub(client, net)
	if err != nil {
		return latency{}, err
	}
	if _, err := hub.Publish(ctx, swap.Offer{
		Provider: "fxp", Pay: "CNY", Receive: "USD", Rate: quoteRate, Size: "100000.00", Rounding: "down", Reference: "bench-quote",
		For: quoteLasts, Prepare: prepareTime,
	}); err != nil {
		return latency{}, fmt.Errorf("quote: %w", err)
	}
	runner := &swap.Runner{Hub: hub, Prepare: time.Minute, Wait: time.Minute}
	var views []settlement.SettlementView
	for n := range swaps {
		r, err := runner.Run(ctx, swap.Line{
			Payer: "bank-a", Payee: "bank-b", Amount: "700.00", Currency: "CNY", ReceiveCurrency: "USD", Provider: "fxp",
			Reference: fmt.Sprintf("bench-%d", n),
		})
		if err != nil {
			return latency{}, err
		}
		if r.Status != swap.Settled {
			return latency{}, fmt.Errorf("swap %d: %s (%s)", n, r.Status, r.Message)
		}
		views = append(views, *r.Settlement)
	}
	return latencyOf(views), nil
}

// latencyOf reads the timelines.
func latencyOf(views []settlement.SettlementView) latency {
	var blocks, held, seconds []float64
	var first, last settlement.Step
	for i, v := range views {
		var from, committed, to settlement.Step
		for _, step := range v.Settlement.Timeline {
			switch step.Name {
			case "consented":
				from = step
			case "committed":
				committed = step
			case "settled":
				to = step
			}
		}
		blocks = append(blocks, float64(to.Height-from.Height))
		held = append(held, float64(committed.Height-from.Height))
		seconds = append(seconds, to.Time.Sub(from.Time).Seconds())
		if last = to; i == 0 {
			first = from
		}
	}
	l := latency{Swaps: len(views), Blocks: spreadOf(blocks), ToCommitted: spreadOf(held), Seconds: spreadOf(seconds)}
	if n := last.Height - first.Height; n > 0 {
		l.BlockInterval = last.Time.Sub(first.Time).Seconds() / float64(n)
	}
	return l
}
