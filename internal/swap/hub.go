package swap

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/corridor-network/corridor/relayer/hubclient"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
)

// pageSize is how much one query asks for.
const pageSize = 100

// Hub is a hub node and the keys of those who act through it.
type Hub struct {
	Client *hubclient.Client
	Keys   keyring.Keyring

	exponents map[string]uint32
}

// missingError says what is not there, and where to look.
type missingError string

// Error is the message.
func (e missingError) Error() string { return string(e) }

// missing makes a message of a query's NotFound, and passes other errors on.
func missing(err error, format string, args ...any) error {
	if status.Code(err) == codes.NotFound {
		return missingError(fmt.Sprintf(format, args...))
	}
	return err
}

// nodeFailed tells whether the hub node did not answer, which says nothing about a payment.
func nodeFailed(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return true
	}
	return false
}

// Participant looks up by the short name.
func (h *Hub) Participant(ctx context.Context, id string) (compliance.Participant, error) {
	res, err := compliance.NewQueryClient(h.Client.Conn()).Participant(ctx, &compliance.QueryParticipantRequest{Id: id})
	if err != nil {
		return compliance.Participant{}, missing(err, "%q is not a registered participant: see `corridor participant show`, or have it admitted with `corridor participant add`", id)
	}
	return res.Participant, nil
}

// ByAddress looks up by the hub address.
func (h *Hub) ByAddress(ctx context.Context, address string) (compliance.Participant, error) {
	res, err := compliance.NewQueryClient(h.Client.Conn()).ParticipantByAddress(ctx, &compliance.QueryParticipantByAddressRequest{Address: address})
	if err != nil {
		return compliance.Participant{}, missing(err, "%s is no participant's address", address)
	}
	return res.Participant, nil
}

// Holder is the participant that holds an account.
func (h *Hub) Holder(ctx context.Context, ledger, account string) (compliance.Participant, error) {
	res, err := compliance.NewQueryClient(h.Client.Conn()).Holder(ctx, &compliance.QueryHolderRequest{Ledger: ledger, Account: account})
	if err != nil {
		return compliance.Participant{}, missing(err, "nobody is registered as the holder of %s on %s", account, ledger)
	}
	return res.Participant, nil
}

// Exponent is the currency's number of decimal places.
func (h *Hub) Exponent(ctx context.Context, code string) (uint32, error) {
	if e, ok := h.exponents[code]; ok {
		return e, nil
	}
	res, err := currency.NewQueryClient(h.Client.Conn()).Currency(ctx, &currency.QueryCurrencyRequest{Code: code})
	if err != nil {
		return 0, missing(err, "%q is not a currency that settles on this hub: `corridord query currency currencies` lists them", code)
	}
	if h.exponents == nil {
		h.exponents = map[string]uint32{}
	}
	h.exponents[code] = res.Currency.Exponent
	return res.Currency.Exponent, nil
}

// Money writes minor units for people.
func (h *Hub) Money(ctx context.Context, minor uint64, code string) string {
	e, err := h.Exponent(ctx, code)
	if err != nil {
		return fmt.Sprintf("%d minor units of %s", minor, code)
	}
	return FormatAmount(minor, code, e)
}

// Quote looks one quote up.
func (h *Hub) Quote(ctx context.Context, id string) (currency.QuoteView, error) {
	res, err := currency.NewQueryClient(h.Client.Conn()).Quote(ctx, &currency.QueryQuoteRequest{QuoteId: id})
	if err != nil {
		return currency.QuoteView{}, missing(err, "there is no quote %q: `corridor quote list` shows them", id)
	}
	return res.Quote, nil
}

// Quotes lists the quotes of a pair; of all pairs where both are empty.
func (h *Hub) Quotes(ctx context.Context, pay, receive string) ([]currency.QuoteView, error) {
	var all []currency.QuoteView
	var next []byte
	for {
		res, err := currency.NewQueryClient(h.Client.Conn()).Quotes(ctx, &currency.QueryQuotesRequest{
			PayCurrency: pay, ReceiveCurrency: receive, Pagination: &query.PageRequest{Key: next, Limit: pageSize},
		})
		if err != nil {
			return nil, err
		}
		all = append(all, res.Quotes...)
		if next = res.Pagination.GetNextKey(); len(next) == 0 {
			return all, nil
		}
	}
}

// Settlement looks up by id, 64 hex digits.
func (h *Hub) Settlement(ctx context.Context, id string) (settlement.SettlementView, error) {
	res, err := settlement.NewQueryClient(h.Client.Conn()).Settlement(ctx, &settlement.QuerySettlementRequest{SettlementId: id})
	if err != nil {
		return settlement.SettlementView{}, missing(err, "there is no settlement %q: `corridor swap list` shows them", id)
	}
	return res.Settlement, nil
}

// ByReference looks up by proposer and reference; found is false where there is none.
func (h *Hub) ByReference(ctx context.Context, proposer, reference string) (v settlement.SettlementView, found bool, err error) {
	res, err := settlement.NewQueryClient(h.Client.Conn()).SettlementByReference(ctx,
		&settlement.QuerySettlementByReferenceRequest{Proposer: proposer, Reference: reference})
	if status.Code(err) == codes.NotFound {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	return res.Settlement, true, nil
}

// longestPrepare is the longest prepare time that every one of the ledgers allows.
func (h *Hub) longestPrepare(ctx context.Context, ledgers ...string) (time.Duration, error) {
	var longest time.Duration
	for i, id := range ledgers {
		res, err := bridge.NewQueryClient(h.Client.Conn()).Ledger(ctx, &bridge.QueryLedgerRequest{Id: id})
		if err != nil {
			return 0, missing(err, "there is no ledger %q", id)
		}
		if d := res.Ledger.LongestPrepare; i == 0 || d < longest {
			longest = d
		}
	}
	return longest, nil
}
