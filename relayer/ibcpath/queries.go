package ibcpath

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cosmos/cosmos-sdk/types/query"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"
	host "github.com/cosmos/ibc-go/v8/modules/core/24-host"
)

// Bounds of what is asked for.
const (
	pageSize = 1000 // packets, or channels, in one answer
	maxPages = 1000 // of one listing
)

// channelsAt asks a chain once for channels.
func channelsAt(chain Reader, height int64) channeltypes.QueryClient {
	return channeltypes.NewQueryClient(chain.At(height))
}

// paged calls ask for page after page until there is no next one.
func paged(ask func(*query.PageRequest) (*query.PageResponse, error)) error {
	page := &query.PageRequest{Limit: pageSize}
	for range maxPages {
		got, err := ask(page)
		if err != nil {
			return err
		}
		if got == nil || len(got.NextKey) == 0 {
			return nil
		}
		page = &query.PageRequest{Limit: pageSize, Key: got.NextKey}
	}
	return fmt.Errorf("more than %d answers: too many to list", maxPages*pageSize)
}

// commitmentsOf are the sequences of the packets that a channel end sent and whose commitments are there, lowest first.
func commitmentsOf(ctx context.Context, chain Reader, end ChannelEnd, height int64) ([]uint64, error) {
	var sequences []uint64
	err := paged(func(page *query.PageRequest) (*query.PageResponse, error) {
		got, err := channelsAt(chain, height).PacketCommitments(ctx, &channeltypes.QueryPacketCommitmentsRequest{
			PortId: end.Port, ChannelId: end.Channel, Pagination: page,
		})
		if err != nil {
			return nil, fmt.Errorf("list packets that %s/%s sent on %s: %w", end.Port, end.Channel, chain.ID(), err)
		}
		for _, each := range got.Commitments {
			sequences = append(sequences, each.Sequence)
		}
		return got.Pagination, nil
	})
	slices.Sort(sequences)
	return sequences, err
}

// unreceivedOf are those of the sequences that a channel end has not received. At most a page of them is asked for.
func unreceivedOf(ctx context.Context, chain Reader, end ChannelEnd, sequences []uint64, height int64) (map[uint64]bool, error) {
	got, err := channelsAt(chain, height).UnreceivedPackets(ctx, &channeltypes.QueryUnreceivedPacketsRequest{
		PortId: end.Port, ChannelId: end.Channel, PacketCommitmentSequences: sequences,
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s which packets %s/%s has not received: %w", chain.ID(), end.Port, end.Channel, err)
	}
	return setOf(got.Sequences), nil
}

// committedOf are those of the sequences whose commitments are still there.
func committedOf(ctx context.Context, chain Reader, end ChannelEnd, sequences []uint64, height int64) (map[uint64]bool, error) {
	got, err := channelsAt(chain, height).UnreceivedAcks(ctx, &channeltypes.QueryUnreceivedAcksRequest{
		PortId: end.Port, ChannelId: end.Channel, PacketAckSequences: sequences,
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s which packets of %s/%s have not ended: %w", chain.ID(), end.Port, end.Channel, err)
	}
	return setOf(got.Sequences), nil
}

// ackedOf are those of the sequences for which a channel end has written acknowledgements.
func ackedOf(ctx context.Context, chain Reader, end ChannelEnd, sequences []uint64, height int64) (map[uint64]bool, error) {
	got, err := channelsAt(chain, height).PacketAcknowledgements(ctx, &channeltypes.QueryPacketAcknowledgementsRequest{
		PortId: end.Port, ChannelId: end.Channel, PacketCommitmentSequences: sequences,
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s which packets %s/%s has acknowledged: %w", chain.ID(), end.Port, end.Channel, err)
	}
	acked := map[uint64]bool{}
	for _, each := range got.Acknowledgements {
		acked[each.Sequence] = true
	}
	return acked, nil
}

func setOf(sequences []uint64) map[uint64]bool {
	set := make(map[uint64]bool, len(sequences))
	for _, sequence := range sequences {
		set[sequence] = true
	}
	return set
}

// counter reads one of a channel's counters; 0 where there is none.
func counter(ctx context.Context, chain Reader, key []byte, height int64) (uint64, error) {
	value, err := chain.Value(ctx, key, height)
	if err != nil || len(value) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(value), nil
}

// nextReceived is the next sequence that an ordered channel end takes.
func nextReceived(ctx context.Context, chain Reader, end ChannelEnd, height int64) (uint64, error) {
	return counter(ctx, chain, host.NextSequenceRecvKey(end.Port, end.Channel), height)
}
