package ledgerlink

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/orderproof"
	"github.com/corridor-network/corridor/relayer/hublight"
	"github.com/corridor-network/corridor/x/bridge"
)

// proveLedger proves what the hub knows of a ledger; it is empty where it proves to know none.
func proveLedger(ctx context.Context, s *hublight.State, id string) (led bridge.Ledger, err error) {
	m, err := s.Prove(ctx, bridge.StoreKey, append(bridge.LedgersPrefix.Bytes(), id...))
	if errors.Is(err, hublight.ErrAbsent) {
		return led, nil
	}
	if err != nil {
		return led, fmt.Errorf("ledger %s: %w", id, err)
	}
	return led, led.Unmarshal(m.Value)
}

// proveNumber proves how many records a ledger's outbox has.
func proveNumber(ctx context.Context, s *hublight.State, ledger string) (uint64, error) {
	m, err := s.Prove(ctx, bridge.StoreKey, append(bridge.HeadsPrefix.Bytes(), ledger...))
	if errors.Is(err, hublight.ErrAbsent) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("number of the newest record: %w", err)
	}
	if len(m.Value) != 8 {
		return 0, fmt.Errorf("number of the newest record: %X is none: update this relayer", m.Value)
	}
	return binary.BigEndian.Uint64(m.Value), nil
}

// readRecord reads a proven record and the chained hash up to it.
func readRecord(m orderproof.Membership) (r bridge.Record, hash order.Hash, err error) {
	if err = r.Unmarshal(m.Value); err != nil {
		return r, hash, err
	}
	if len(r.ChainHash) != len(hash) {
		return r, hash, fmt.Errorf("its chained hash has %d bytes", len(r.ChainHash))
	}
	return r, order.Hash(r.ChainHash), nil
}

// beforeOf is the chained hash of the record before a number, as a node claims it: what is chained on it shows whether it is true.
func beforeOf(ctx context.Context, s *hublight.State, ledger string, number uint64) (order.Hash, error) {
	if number <= 1 {
		return order.OutboxStart(s.Header.ChainID, ledger), nil
	}
	before, err := records(ctx, s, ledger, number-1, number-1)
	if err != nil {
		return order.Hash{}, err
	}
	if len(before[0].ChainHash) != len(order.Hash{}) {
		return order.Hash{}, hublight.Lief("record %d of ledger %s: its chained hash has %d bytes", number-1, ledger, len(before[0].ChainHash))
	}
	return order.Hash(before[0].ChainHash), nil
}

// records asks for records by number. They are not verified.
func records(ctx context.Context, s *hublight.State, ledger string, from, to uint64) (all []bridge.Record, err error) {
	for next := from; next <= to; {
		var page bridge.QueryRecordsResponse
		limit := min(to-next+1, bridge.MaxPageSize)
		if err := s.Query(ctx, "/corridor.bridge.v1.Query/Records",
			&bridge.QueryRecordsRequest{Ledger: ledger, From: next, Limit: uint32(limit)}, &page); err != nil {
			return nil, err
		}
		if n := uint64(len(page.Records)); n == 0 || n > limit {
			return nil, hublight.Lief("asked for %d records of ledger %s from %d, it gave %d", limit, ledger, next, n)
		}
		all = append(all, page.Records...)
		next += uint64(len(page.Records))
	}
	return all, nil
}

// noAbsence makes a proved absence a lie: the same state proves that there is something.
func noAbsence(err error) error {
	if errors.Is(err, hublight.ErrAbsent) {
		return errors.New("the state contradicts itself: there is a number without a record")
	}
	return err
}
