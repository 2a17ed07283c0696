package ledgerlink

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
)

var proofTime = time.Unix(1_000_000, 0)

// written is an outbox as the hub writes it: so many records, and the chained hash up to each.
func written(count int) (records []bridge.Record, heads []order.Hash) {
	hash := order.OutboxStart("hub-1", usd)
	heads = append(heads, hash)
	for n := uint64(1); n <= uint64(count); n++ {
		raw := fmt.Appendf(nil, "instruction %d", n)
		hash = order.OutboxNext(hash, n, raw)
		records = append(records, bridge.Record{Ledger: usd, Number: n, Instruction: raw, ChainHash: hash[:], Time: proofTime.Add(-time.Minute)})
		heads = append(heads, hash)
	}
	return records, heads
}

func TestOnlyWhatChainsToTheProvenHeadIsTaken(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(r []bridge.Record, before, head *order.Hash) []bridge.Record
		want   string
	}{
		{"as the hub wrote it", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record { return r }, ""},
		{"another instruction", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record {
			r[2].Instruction = []byte("pay me")
			return r
		}, "chain to"},
		{"one left out", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record { return append(r[:2:2], r[3:]...) }, "record 7 comes where 6 should"},
		{"one too few", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record { return r[:4] }, "chain to"},
		{"two exchanged", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record { r[0], r[1] = r[1], r[0]; return r }, "comes where"},
		{"two exchanged, with their numbers", func(r []bridge.Record, _, _ *order.Hash) []bridge.Record {
			r[0].Instruction, r[1].Instruction = r[1].Instruction, r[0].Instruction
			return r
		}, "chain to"},
		{"a false beginning", func(r []bridge.Record, before, _ *order.Hash) []bridge.Record { before[0] ^= 1; return r }, "chain to"},
		{"another head", func(r []bridge.Record, _, head *order.Hash) []bridge.Record { head[0] ^= 1; return r }, "chain to"},
		{"none", func([]bridge.Record, *order.Hash, *order.Hash) []bridge.Record { return nil }, "chain to"},
	} {
		t.Run(row.name, func(t *testing.T) {
			records, heads := written(8)
			before, head := heads[3], heads[8]
			o, err := chained(row.change(records[3:], &before, &head), 4, before, head, proofTime)
			if row.want != "" {
				require.ErrorContains(t, err, row.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []uint64{4, 8}, []uint64{o.from, o.last()})
			p, ok := o.at(5)
			require.True(t, ok)
			require.Equal(t, "instruction 5", string(p.raw))
			for _, outside := range []uint64{0, 3, 9} {
				_, ok = o.at(outside)
				require.False(t, ok)
			}
		})
	}
}

func TestARecordIsNeverYoungerThanItsProof(t *testing.T) {
	records, heads := written(1)
	records[0].Time = proofTime.Add(time.Hour) // else this notary would wait for ever for its turn
	o, err := chained(records, 1, heads[0], heads[1], proofTime)
	require.NoError(t, err)
	require.Equal(t, proofTime, o.records[0].since)
}

func TestAnOutboxGrowsAtBothEndsAndForgetsItsOldest(t *testing.T) {
	const all = keptRecords + 100
	records, heads := written(all)
	run := func(from, to int) outbox {
		o, err := chained(records[from-1:to], uint64(from), heads[from-1], heads[to], proofTime)
		require.NoError(t, err)
		return o
	}
	o := outbox{}.join(run(50, 60))
	o = o.join(run(61, 70)).join(run(40, 49))
	require.Equal(t, []uint64{40, 70}, []uint64{o.from, o.last()})
	require.Equal(t, heads[70], o.head())
	require.Equal(t, o, o.join(run(80, 90)), "what does not meet it is not added")
	o = o.join(run(71, all))
	require.Equal(t, []uint64{all - keptRecords + 1, all}, []uint64{o.from, o.last()})
	require.Equal(t, heads[o.from-1], o.before)
	p, ok := o.at(o.from)
	require.True(t, ok)
	require.Equal(t, heads[o.from], p.chain)
}
