package keeper

import (
	"context"
	"encoding/binary"
	"errors"

	"cosmossdk.io/collections"
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/x/bridge"
)

// queryServer answers queries.
type queryServer struct{ k *Keeper }

var _ bridge.QueryServer = queryServer{}

// NewQueryServer answers the module's queries.
func NewQueryServer(k *Keeper) bridge.QueryServer { return queryServer{k} }

// Ledger is one ledger, and the change of its notaries that waits.
func (q queryServer) Ledger(ctx context.Context, r *bridge.QueryLedgerRequest) (*bridge.QueryLedgerResponse, error) {
	l, err := q.ledger(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	answer := &bridge.QueryLedgerResponse{Ledger: l}
	stall, err := q.k.stalls.Get(ctx, r.Id)
	if err == nil {
		answer.Stall = &stall
	} else if !errors.Is(err, collections.ErrNotFound) {
		return nil, err
	}
	p, err := q.k.pending.Get(ctx, r.Id)
	if errors.Is(err, collections.ErrNotFound) {
		return answer, nil
	}
	answer.Pending = &p
	return answer, err
}

// Ledgers are all ledgers, by id.
func (q queryServer) Ledgers(ctx context.Context, r *bridge.QueryLedgersRequest) (*bridge.QueryLedgersResponse, error) {
	ledgers, page, err := query.CollectionPaginate(ctx, q.k.ledgers, bounded(r.Pagination),
		func(_ string, l bridge.Ledger) (bridge.Ledger, error) { return l, nil })
	return &bridge.QueryLedgersResponse{Ledgers: ledgers, Pagination: page}, err
}

// Head is the newest record's number and chain hash.
func (q queryServer) Head(ctx context.Context, r *bridge.QueryHeadRequest) (*bridge.QueryHeadResponse, error) {
	if _, err := q.ledger(ctx, r.Ledger); err != nil {
		return nil, err
	}
	number, hash, err := q.k.head(ctx, r.Ledger)
	return &bridge.QueryHeadResponse{Number: number, ChainHash: hash[:]}, err
}

// Instruction is one record with its tracking and its votes.
func (q queryServer) Instruction(ctx context.Context, r *bridge.QueryInstructionRequest) (*bridge.QueryInstructionResponse, error) {
	record, err := q.k.record(ctx, r.Ledger, r.Number)
	if err != nil {
		return nil, notFound(err)
	}
	tracking, err := q.k.trackings.Get(ctx, collections.Join(r.Ledger, r.Number))
	if err != nil {
		return nil, err
	}
	answer := &bridge.QueryInstructionResponse{Record: record, Tracking: tracking}
	d, err := q.k.dispatches.Get(ctx, collections.Join(r.Ledger, r.Number))
	if err == nil {
		answer.Dispatch = &d
	} else if !errors.Is(err, collections.ErrNotFound) {
		return nil, err
	}
	rng := collections.NewSuperPrefixedTripleRange[string, uint64, string](r.Ledger, r.Number)
	err = q.k.votes.Walk(ctx, rng, func(_ voteKey, v bridge.Vote) (bool, error) {
		answer.Votes = append(answer.Votes, v)
		return len(answer.Votes) == bridge.MaxVotesShown, nil
	})
	return answer, err
}

// Records are records of a ledger's outbox, by number from the one asked for.
func (q queryServer) Records(ctx context.Context, r *bridge.QueryRecordsRequest) (*bridge.QueryRecordsResponse, error) {
	if _, err := q.ledger(ctx, r.Ledger); err != nil {
		return nil, err
	}
	limit := int(r.Limit)
	if limit == 0 || limit > bridge.MaxPageSize {
		limit = bridge.MaxPageSize
	}
	answer := &bridge.QueryRecordsResponse{}
	rng := collections.NewPrefixedPairRange[string, uint64](r.Ledger).StartInclusive(r.From)
	err := q.k.records.Walk(ctx, rng, func(_ collections.Pair[string, uint64], record bridge.Record) (bool, error) {
		answer.Records = append(answer.Records, record)
		return len(answer.Records) == limit, nil
	})
	return answer, err
}

// Work are the open instructions of a ledger that a notary has not given its word on, oldest first. The page key is
// the number to go on from.
func (q queryServer) Work(ctx context.Context, r *bridge.QueryWorkRequest) (*bridge.QueryWorkResponse, error) {
	if _, err := q.ledger(ctx, r.Ledger); err != nil {
		return nil, err
	}
	page := bounded(r.Pagination)
	if page.Offset != 0 || page.Reverse || (len(page.Key) != 0 && len(page.Key) != 8) {
		return nil, status.Error(codes.InvalidArgument, "work is paged by the next key of the page before, oldest first, and not by offset")
	}
	from := uint64(0)
	if len(page.Key) != 0 {
		from = binary.BigEndian.Uint64(page.Key)
	}
	numbers, err := q.k.unappliedFrom(ctx, r.Ledger, from, bridge.MaxWorkLookedAt+1)
	if err != nil {
		return nil, err
	}
	answer := &bridge.QueryWorkResponse{Pagination: &query.PageResponse{}}
	for i, n := range numbers {
		if uint64(len(answer.Records)) == page.Limit || i == bridge.MaxWorkLookedAt {
			answer.Pagination.NextKey = binary.BigEndian.AppendUint64(nil, n)
			break
		}
		todo, err := q.k.isWork(ctx, r.Ledger, n, r.Notary)
		if err != nil {
			return nil, err
		}
		if !todo {
			continue
		}
		record, err := q.k.record(ctx, r.Ledger, n)
		if err != nil {
			return nil, err
		}
		answer.Records = append(answer.Records, record)
	}
	return answer, nil
}

// isWork tells whether an instruction is open and, if a notary is given, without its word.
func (k *Keeper) isWork(ctx context.Context, ledger string, number uint64, notary string) (bool, error) {
	t, err := k.trackings.Get(ctx, collections.Join(ledger, number))
	if err != nil || t.Progress != bridge.PROGRESS_OPEN || notary == "" {
		return err == nil && t.Progress == bridge.PROGRESS_OPEN, err
	}
	voted, err := k.votes.Has(ctx, collections.Join3(ledger, number, notary))
	return !voted, err
}

// Suspensions are the notaries that were suspended on a ledger, with the evidence.
func (q queryServer) Suspensions(ctx context.Context, r *bridge.QuerySuspensionsRequest) (*bridge.QuerySuspensionsResponse, error) {
	if _, err := q.ledger(ctx, r.Ledger); err != nil {
		return nil, err
	}
	found, page, err := query.CollectionPaginate(ctx, q.k.suspensions, bounded(r.Pagination),
		func(_ collections.Pair[string, string], s bridge.Suspension) (bridge.Suspension, error) {
			return s, nil
		},
		query.WithCollectionPaginationPairPrefix[string, string](r.Ledger))
	return &bridge.QuerySuspensionsResponse{Suspensions: found, Pagination: page}, err
}

// Failing are the instructions whose outcome could not be applied yet, the next to be tried first.
func (q queryServer) Failing(ctx context.Context, r *bridge.QueryFailingRequest) (*bridge.QueryFailingResponse, error) {
	found, page, err := query.CollectionPaginate(ctx, q.k.trackings.Indexes.due, bounded(r.Pagination),
		func(key dueKey, _ collections.NoValue) (bridge.Tracking, error) {
			return q.k.trackings.Get(ctx, collections.Join(key.K2(), key.K3()))
		})
	return &bridge.QueryFailingResponse{Trackings: found, Pagination: page}, err
}

func (q queryServer) ledger(ctx context.Context, id string) (bridge.Ledger, error) {
	l, err := q.k.Ledger(ctx, id)
	return l, notFound(err)
}

// notFound gives what is missing the code that clients expect.
func notFound(err error) error {
	if errors.Is(err, bridge.ErrUnknownLedger) || errors.Is(err, bridge.ErrUnknownInstruction) {
		return status.Error(codes.NotFound, err.Error())
	}
	return err
}

// bounded is the page asked for, of at most MaxPageSize, without a count of everything.
func bounded(p *query.PageRequest) *query.PageRequest {
	if p == nil {
		return &query.PageRequest{Limit: bridge.MaxPageSize}
	}
	page := *p
	page.CountTotal = false
	if page.Limit == 0 || page.Limit > bridge.MaxPageSize {
		page.Limit = bridge.MaxPageSize
	}
	return &page
}
