package keeper

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/currency"
)

type queryServer struct{ Keeper }

var _ currency.QueryServer = queryServer{}

// NewQueryServer answers the module's queries.
func NewQueryServer(k Keeper) currency.QueryServer { return queryServer{k} }

var errEmptyRequest = status.Error(codes.InvalidArgument, "empty request")

// Currency implements currency.QueryServer.
func (k queryServer) Currency(ctx context.Context, r *currency.QueryCurrencyRequest) (*currency.QueryCurrencyResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	c, err := k.Keeper.Currency(ctx, r.Code)
	if err != nil {
		return nil, err
	}
	return &currency.QueryCurrencyResponse{Currency: c}, nil
}

// Currencies implements currency.QueryServer.
func (k queryServer) Currencies(
	ctx context.Context, r *currency.QueryCurrenciesRequest,
) (*currency.QueryCurrenciesResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	all, page, err := query.CollectionPaginate(ctx, k.currencies, boundedPage(r.Pagination),
		func(_ string, c currency.Currency) (currency.Currency, error) { return c, nil })
	if err != nil {
		return nil, err
	}
	return &currency.QueryCurrenciesResponse{Currencies: all, Pagination: page}, nil
}

// Quote implements currency.QueryServer.
func (k queryServer) Quote(ctx context.Context, r *currency.QueryQuoteRequest) (*currency.QueryQuoteResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	id, err := order.ParseHash(r.QuoteId)
	if err != nil {
		return nil, currency.ErrInvalidQuote.Wrapf("quote id: %s", err)
	}
	view, err := k.view(ctx, id)
	if err != nil {
		return nil, err
	}
	return &currency.QueryQuoteResponse{Quote: view}, nil
}

// Quotes implements currency.QueryServer.
func (k queryServer) Quotes(ctx context.Context, r *currency.QueryQuotesRequest) (*currency.QueryQuotesResponse, error) {
	if r == nil {
		return nil, errEmptyRequest
	}
	if (r.PayCurrency == "") != (r.ReceiveCurrency == "") {
		return nil, currency.ErrInvalidPair.Wrapf("got %q and %q", r.PayCurrency, r.ReceiveCurrency)
	}
	var (
		quotes []currency.QuoteView
		page   *query.PageResponse
		err    error
	)
	if r.PayCurrency == "" {
		quotes, page, err = query.CollectionPaginate(ctx, k.quotes, boundedPage(r.Pagination),
			func(id []byte, _ currency.FirmQuote) (currency.QuoteView, error) { return k.view(ctx, order.Hash(id)) })
	} else {
		quotes, page, err = query.CollectionPaginate(ctx, k.ofPair, boundedPage(r.Pagination),
			func(key pairKey, _ collections.NoValue) (currency.QuoteView, error) {
				return k.view(ctx, order.Hash(key.K3()))
			},
			withPair(r.PayCurrency, r.ReceiveCurrency))
	}
	if err != nil {
		return nil, err
	}
	return &currency.QueryQuotesResponse{Quotes: quotes, Pagination: page}, nil
}

func withPair(pay, receive string) func(*query.CollectionsPaginateOptions[pairKey]) {
	return func(o *query.CollectionsPaginateOptions[pairKey]) {
		prefix := collections.TripleSuperPrefix[string, string, []byte](pay, receive)
		o.Prefix = &prefix
	}
}

// view is a quote as it stands at the block that is asked of.
func (k queryServer) view(ctx context.Context, id order.Hash) (currency.QuoteView, error) {
	f, terms, err := k.FirmQuote(ctx, id)
	if err != nil {
		return currency.QuoteView{}, err
	}
	return currency.QuoteView{
		QuoteId: id.String(), Quote: f, Terms: currency.Terms(terms),
		Usable: f.Usable(terms, sdk.UnwrapSDKContext(ctx).BlockTime()),
	}, nil
}

// boundedPage keeps a page within MaxPageLimit and never counts the whole collection.
func boundedPage(p *query.PageRequest) *query.PageRequest {
	bounded := query.PageRequest{Limit: currency.MaxPageLimit}
	if p != nil {
		bounded.Key, bounded.Offset, bounded.Reverse = p.Key, p.Offset, p.Reverse
		if p.Limit > 0 && p.Limit < bounded.Limit {
			bounded.Limit = p.Limit
		}
	}
	return &bounded
}
