package keeper

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/settlement"
)

type queryServer struct{ k Keeper }

// NewQueryServer makes the handler of the module's queries.
func NewQueryServer(k Keeper) settlement.QueryServer { return queryServer{k} }

// Settlement implements settlement.QueryServer.
func (q queryServer) Settlement(
	ctx context.Context, r *settlement.QuerySettlementRequest,
) (*settlement.QuerySettlementResponse, error) {
	s, err := q.byID(ctx, r.SettlementId)
	if err != nil {
		return nil, err
	}
	view, err := settlement.View(s)
	return &settlement.QuerySettlementResponse{Settlement: view}, err
}

// SettlementByReference implements settlement.QueryServer.
func (q queryServer) SettlementByReference(
	ctx context.Context, r *settlement.QuerySettlementByReferenceRequest,
) (*settlement.QuerySettlementByReferenceResponse, error) {
	if r.Proposer == "" || r.Reference == "" {
		return nil, status.Error(codes.InvalidArgument, "proposer and reference: both are needed")
	}
	id := order.SettlementID(chainID(ctx), r.Proposer, r.Reference)
	s, err := q.k.Settlement(ctx, id[:])
	if errors.Is(err, settlement.ErrNotFound) {
		return nil, status.Errorf(codes.NotFound, "%s has proposed no settlement with reference %q", r.Proposer, r.Reference)
	}
	if err != nil {
		return nil, err
	}
	view, err := settlement.View(s)
	return &settlement.QuerySettlementByReferenceResponse{Settlement: view}, err
}

// Settlements implements settlement.QueryServer.
func (q queryServer) Settlements(
	ctx context.Context, r *settlement.QuerySettlementsRequest,
) (*settlement.QuerySettlementsResponse, error) {
	index := q.k.settlements.Indexes.proposer
	if r.OpenOnly {
		index = q.k.settlements.Indexes.open
	}
	var options []func(*query.CollectionsPaginateOptions[place])
	if r.Proposer != "" {
		options = append(options, query.WithCollectionPaginationPairPrefix[string, uint64](r.Proposer))
	}
	views, page, err := query.CollectionPaginate(ctx, index.ids, bounded(r.Pagination, settlement.MaxPage),
		func(_ place, id []byte) (settlement.SettlementView, error) {
			s, err := q.k.Settlement(ctx, id)
			if err != nil {
				return settlement.SettlementView{}, err
			}
			return settlement.View(s)
		}, options...)
	if err != nil {
		return nil, err
	}
	return &settlement.QuerySettlementsResponse{Settlements: views, Pagination: page}, nil
}

// Order implements settlement.QueryServer.
func (q queryServer) Order(ctx context.Context, r *settlement.QueryOrderRequest) (*settlement.QueryOrderResponse, error) {
	s, err := q.byID(ctx, r.SettlementId)
	if err != nil {
		return nil, err
	}
	body, err := bodyOf(s)
	if err != nil {
		return nil, err
	}
	if int(r.Leg) >= len(body.Legs) {
		return nil, status.Errorf(codes.InvalidArgument, "leg: settlement %s has %d, counted from 0", r.SettlementId, len(body.Legs))
	}
	response := &settlement.QueryOrderResponse{}
	response.Body, response.Quote, response.Signature, err = q.k.orderOf(ctx, s, int(r.Leg))
	if err != nil {
		return nil, err
	}
	return response, nil
}

// Check implements settlement.QueryServer.
func (q queryServer) Check(ctx context.Context, r *settlement.QueryCheckRequest) (*settlement.QueryCheckResponse, error) {
	response := &settlement.QueryCheckResponse{}
	taken := quoteTotals{}
	_, page, err := query.CollectionPaginate(ctx, q.k.settlements.Indexes.proposer.ids, bounded(r.Pagination, settlement.MaxCheckPage),
		func(_ place, id []byte) (struct{}, error) {
			problems, err := q.k.problems(ctx, id, taken)
			response.Checked++
			response.Problems = append(response.Problems, problems...)
			return struct{}{}, err
		})
	if err != nil {
		return nil, err
	}
	if everything := r.Pagination == nil || len(r.Pagination.Key) == 0 && r.Pagination.Offset == 0; everything && len(page.NextKey) == 0 {
		problems, err := q.k.quoteProblems(ctx, taken)
		if err != nil {
			return nil, err
		}
		response.Problems = append(response.Problems, problems...)
	}
	response.Pagination = page
	return response, nil
}

func (q queryServer) byID(ctx context.Context, text string) (settlement.Settlement, error) {
	id, err := order.ParseHash(text)
	if err != nil {
		return settlement.Settlement{}, status.Errorf(codes.InvalidArgument, "settlement id: %v", err)
	}
	s, err := q.k.Settlement(ctx, id[:])
	if errors.Is(err, settlement.ErrNotFound) {
		return s, status.Errorf(codes.NotFound, "no settlement has the id %s", text)
	}
	return s, err
}

// bounded keeps a page within a limit and never counts everything.
func bounded(page *query.PageRequest, most uint64) *query.PageRequest {
	if page == nil {
		return &query.PageRequest{Limit: most}
	}
	within := *page
	within.CountTotal = false
	if within.Limit == 0 || within.Limit > most {
		within.Limit = most
	}
	return &within
}
