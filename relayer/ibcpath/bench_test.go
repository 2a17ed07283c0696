package ibcpath_test

import (
	"flag"
	"testing"
	"time"

	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"
	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/internal/testchain"
	"github.com/corridor-network/corridor/relayer/ibcpath"
	"github.com/corridor-network/corridor/relayer/ibcpath/link"
)

// packets and live are how much the benchmark relays, and when it is sent.
var (
	packets = flag.Int("packets", 300, "packets that a benchmark relays")
	live    = flag.Bool("live", false, "send them when the relayer runs, not before")
)

// BenchmarkRelaying tells how fast packets are relayed between two chains in this process, which share its processor: the numbers
// compare versions of this package on one machine, and nothing else. make bench-relay measures relayers as processes.
func BenchmarkRelaying(b *testing.B) {
	n := newNet(b, link.Spec{}, testchain.WithBlockTime(200*time.Millisecond))
	for b.Loop() {
		n.relayMany(b)
	}
}

func (n *net) relayMany(b *testing.B) {
	b.StopTimer()
	if !*live {
		n.submitMany(*packets)
	}
	var w watch
	p := n.path(w.observe)
	b.StartTimer()
	begun := time.Now()
	stop := n.run(b, p)
	if *live {
		n.submitMany(*packets)
	}
	require.Eventually(b, func() bool { return w.stage(ibcpath.Committed) > 0 }, 10*soon, checkEvery)
	first := time.Since(begun)
	require.Eventually(b, func() bool { return w.stage(ibcpath.Acknowledged) == *packets }, 10*soon, checkEvery)
	took := time.Since(begun)
	b.StopTimer()
	stop()
	b.ReportMetric(float64(*packets)/took.Seconds(), "packets/s")
	b.ReportMetric(first.Seconds(), "s-to-first")
	b.ReportMetric(float64(w.batches), "txs")
	b.ReportMetric(float64(w.refusals()), "refused")
	b.StartTimer()
}

// submitMany sends transfers in transactions of 100, from all users at once.
func (n *net) submitMany(count int) {
	for i := 0; count > 0; i++ {
		each := min(count, 100)
		last := count == each
		msgs := n.transfers(0, each, clienttypes.ZeroHeight())
		if last {
			n.nodes[0].Send(testchain.User(0), msgs...)
		} else {
			n.nodes[0].Submit(testchain.User(0), msgs...)
		}
		count -= each
	}
}
