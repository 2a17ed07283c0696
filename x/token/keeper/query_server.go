package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/x/token"
)

type queryServer struct{ Keeper }

var _ token.QueryServer = queryServer{}

// NewQueryServer answers the module's queries.
func NewQueryServer(k Keeper) token.QueryServer { return queryServer{k} }

// maxPageLimit bounds a page of a query.
const maxPageLimit = 200

var errEmptyRequest = status.Error(codes.InvalidArgument, "empty request")

// Issuer implements token.QueryServer.
func (k queryServer) Issuer(ctx context.Context, r *token.QueryIssuerRequest) (*token.QueryIssuerResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	issuer, err := k.Keeper.Issuer(ctx, r.Currency)
	if err != nil {
		return nil, err
	}
	return &token.QueryIssuerResponse{Issuer: issuer}, nil
}

// Issuers implements token.QueryServer.
func (k queryServer) Issuers(ctx context.Context, r *token.QueryIssuersRequest) (*token.QueryIssuersResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	all, page, err := query.CollectionPaginate(ctx, k.issuers, boundedPage(r.Pagination),
		func(_ string, i token.Issuer) (token.Issuer, error) { return i, nil })
	if err != nil {
		return nil, err
	}
	return &token.QueryIssuersResponse{Issuers: all, Pagination: page}, nil
}

// Hold implements token.QueryServer.
func (k queryServer) Hold(ctx context.Context, r *token.QueryHoldRequest) (*token.QueryHoldResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	hold, err := k.Keeper.Hold(ctx, r.EntryId)
	if err != nil {
		return nil, err
	}
	return &token.QueryHoldResponse{Hold: hold}, nil
}

// Supply implements token.QueryServer.
func (k queryServer) Supply(ctx context.Context, r *token.QuerySupplyRequest) (*token.QuerySupplyResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	supply, err := k.Keeper.Supply(ctx, r.Currency)
	if err != nil {
		return nil, err
	}
	return &token.QuerySupplyResponse{Supply: supply}, nil
}

// boundedPage keeps a page within maxPageLimit and never counts the whole collection.
func boundedPage(p *query.PageRequest) *query.PageRequest {
	bounded := query.PageRequest{Limit: maxPageLimit}
	if p != nil {
		bounded.Key, bounded.Offset, bounded.Reverse = p.Key, p.Offset, p.Reverse
		if p.Limit > 0 && p.Limit < bounded.Limit {
			bounded.Limit = p.Limit
		}
	}
	return &bounded
}
