package orderproof_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/orderproof"
)

// What a ledger pays for checking: decoding and verifying one batch, four validators, one step from the believed header.
func BenchmarkVerify(b *testing.B) {
	for _, count := range []int{1, 10, orderproof.MaxItems} {
		b.Run(fmt.Sprint("orders=", count), func(b *testing.B) {
			h := newHub()
			height := give(h, count)
			raw, err := h.Batch(ledger, 1, h.Path(1, height)).Encode()
			require.NoError(b, err)
			for b.Loop() {
				batch, err := orderproof.DecodeBatch(raw)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := batch.Verify(params, ledger, h.Root(1), now); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(raw)), "bytes")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/batch")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*count), "µs/order")
		})
	}
}
