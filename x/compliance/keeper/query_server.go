package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/x/compliance"
)

type queryServer struct{ Keeper }

var _ compliance.QueryServer = queryServer{}

// NewQueryServer answers the module's queries.
func NewQueryServer(k Keeper) compliance.QueryServer { return queryServer{k} }

var errEmptyRequest = status.Error(codes.InvalidArgument, "empty request")

// Participant implements compliance.QueryServer.
func (k queryServer) Participant(
	ctx context.Context, r *compliance.QueryParticipantRequest,
) (*compliance.QueryParticipantResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	p, err := k.Keeper.Participant(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return &compliance.QueryParticipantResponse{Participant: p}, nil
}

// ParticipantByAddress implements compliance.QueryServer.
func (k queryServer) ParticipantByAddress(
	ctx context.Context, r *compliance.QueryParticipantByAddressRequest,
) (*compliance.QueryParticipantByAddressResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	p, err := k.ByAddress(ctx, r.Address)
	if err != nil {
		return nil, err
	}
	return &compliance.QueryParticipantByAddressResponse{Participant: p}, nil
}

// Holder implements compliance.QueryServer.
func (k queryServer) Holder(ctx context.Context, r *compliance.QueryHolderRequest) (*compliance.QueryHolderResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	p, _, err := k.Keeper.Holder(ctx, r.Ledger, r.Account)
	if err != nil {
		return nil, err
	}
	return &compliance.QueryHolderResponse{Participant: p}, nil
}

// Participants implements compliance.QueryServer.
func (k queryServer) Participants(
	ctx context.Context, r *compliance.QueryParticipantsRequest,
) (*compliance.QueryParticipantsResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	all, page, err := query.CollectionPaginate(ctx, k.participants, boundedPage(r.Pagination),
		func(_ string, p compliance.Participant) (compliance.Participant, error) { return p, nil })
	if err != nil {
		return nil, err
	}
	return &compliance.QueryParticipantsResponse{Participants: all, Pagination: page}, nil
}

// Params implements compliance.QueryServer.
func (k queryServer) Params(ctx context.Context, r *compliance.QueryParamsRequest) (*compliance.QueryParamsResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	p, err := k.Keeper.Params(ctx)
	if err != nil {
		return nil, err
	}
	return &compliance.QueryParamsResponse{Params: p}, nil
}

// boundedPage keeps a page within MaxPageLimit and never counts the whole collection.
func boundedPage(p *query.PageRequest) *query.PageRequest {
	bounded := query.PageRequest{Limit: compliance.MaxPageLimit}
	if p != nil {
		bounded.Key, bounded.Offset, bounded.Reverse = p.Key, p.Offset, p.Reverse
		if p.Limit > 0 && p.Limit < bounded.Limit {
			bounded.Limit = p.Limit
		}
	}
	return &bounded
}
