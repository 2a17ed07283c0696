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
	took          time.Duration
}

// reading is one way in which orders are believed.
type reading struct {
	Verify     string `json:"verify"`      // by the notaries: light or node
	OrderCheck string `json:"order_check"` // by the CBDC: ledger or none
	flags      []string
}

// readings are the ways that are compared; the first is the default, whose start and memory are looked at.
var readings = []reading{
	{"light", "ledger", nil},
	{"node", "ledger", []string{"--verify", "node"}},
	{"node", "none", []string{"--verify", "node", "--unchecked"}},
}

// swapping is how swaps went on a localnet of one reading.
type swapping struct {
	reading
	AtRest   latency `json:"one_after_the_other"`
	InFlight flight  `json:"many_at_once"`
}

// measureLocalnet starts a localnet of each reading by its command, looks at the first one's memory, and runs swaps on it.
func measureLocalnet(ctx context.Context, dir string, o options) (s start, all []swapping, err error) {
	looked := &s
	for i, r := range readings {
		one, err := measureReading(ctx, filepath.Join(dir, fmt.Sprintf("localnet-%d", i)), o, r, looked)
		if err != nil {
			return s, all, fmt.Errorf("verify %s, order check %s: %w", r.Verify, r.OrderCheck, err)
		}
		all, looked = append(all, one), nil
	}
	return s, all, nil
}

// measureReading runs swaps on a localnet of one reading; s, if any, is what is looked at besides.
func measureReading(ctx context.Context, dir string, o options, r reading, s *start) (w swapping, err error) {
	progress("localnet: starting, verify %s, order check %s", r.Verify, r.OrderCheck)
	began := time.Now()
	args := append([]string{"localnet", "up", "--dir", dir, "--bin", o.bin}, r.flags...)
	if out, err := exec.CommandContext(ctx, filepath.Join(o.bin, "corridor"), args...).CombinedOutput(); err != nil {
		return w, fmt.Errorf("corridor localnet up: %w: %s", err, out)
	}
	ready := time.Since(began)
	defer func() {
		if down := localnet.Down(context.WithoutCancel(ctx), dir, true); err == nil {
			err = down
		}
	}()
	net, err := localnet.Open(dir)
	if err != nil {
		return w, err
	}
	if s != nil {
		s.Processes, s.ReadySeconds = len(net.Processes), ready.Seconds()
		if s.Memory, err = net.Memory(); err != nil {
			return w, err
		}
	}
	progress("localnet: ready in %.1f s; %d swaps one after the other, %d at once", ready.Seconds(), o.swaps, o.inFlight)
	w.reading = r
	if w.AtRest, w.InFlight, err = measureSwaps(ctx, net, o); err != nil || s == nil {
		return w, err
	}
	s.MemoryAfter, err = net.Memory()
	return w, err
}

// benchLine is one swap of CNY on the CBDC ledger for USD at the bank.
func benchLine(reference string) swap.Line {
	return swap.Line{
		Payer: "bank-a", Payee: "bank-b", Amount: "70.00", Currency: "CNY", ReceiveCurrency: "USD", Provider: "fxp", Reference: reference,
	}
}

// measureSwaps runs swaps one after the other, and then many at once.
func measureSwaps(ctx context.Context, net *localnet.Localnet, o options) (l latency, f flight, err error) {
	node := net.Nodes[0]
	client, err := hubclient.Dial(ctx, hubclient.Node{GRPC: node.GRPC, RPC: "http://" + node.RPC}, net.ChainID)
	if err != nil {
		return l, f, err
	}
	defer client.Close()
	hub, err := openHub(client, net)
	if err != nil {
		return l, f, err
	}
	if _, err := hub.Publish(ctx, swap.Offer{
		Provider: "fxp", Pay: "CNY", Receive: "USD", Rate: quoteRate, Size: "100000.00", Rounding: "down", Reference: "bench-quote",
		For: quoteLasts, Prepare: prepareTime,
	}); err != nil {
		return l, f, fmt.Errorf("quote: %w", err)
	}
	runner := &swap.Runner{Hub: hub, Prepare: time.Minute, Wait: time.Minute}
	var views []settlement.SettlementView
	for n := range o.swaps {
		r, err := runner.Run(ctx, benchLine(fmt.Sprintf("bench-%d", n)))
		if err != nil {
			return l, f, err
		}
		if r.Status != swap.Settled {
			return l, f, fmt.Errorf("swap %d: %s (%s)", n, r.Status, r.Message)
		}
		views = append(views, *r.Settlement)
	}
	f, err = measureFlight(ctx, hub, o.inFlight, "flight")
	return latencyOf(views), f, err
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
		if i == 0 || from.Height < first.Height {
			first = from
		}
		if to.Height > last.Height {
			last = to
		}
	}
	l := latency{Swaps: len(views), Blocks: spreadOf(blocks), ToCommitted: spreadOf(held), Seconds: spreadOf(seconds)}
	l.took = last.Time.Sub(first.Time)
	if n := last.Height - first.Height; n > 0 {
		l.BlockInterval = l.took.Seconds() / float64(n)
	}
	return l
}
