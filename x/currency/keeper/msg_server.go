package keeper

import (
	"context"
	"errors"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
)

type msgServer struct{ Keeper }

var _ currency.MsgServer = msgServer{}

// NewMsgServer handles the module's messages.
func NewMsgServer(k Keeper) currency.MsgServer { return msgServer{k} }

// RegisterCurrency implements currency.MsgServer.
func (k msgServer) RegisterCurrency(
	ctx context.Context, m *currency.MsgRegisterCurrency,
) (*currency.MsgRegisterCurrencyResponse, error) {
	if m.Authority != k.authority {
		return nil, currency.ErrUnauthorized.Wrapf("%s; only governance, %s, may", m.Authority, k.authority)
	}
	if err := m.Currency.Validate(); err != nil {
		return nil, err
	}
	if err := k.currencies.Set(ctx, m.Currency.Code, m.Currency); err != nil {
		return nil, err
	}
	return &currency.MsgRegisterCurrencyResponse{}, emit(ctx, &currency.EventCurrencyRegistered{Code: m.Currency.Code})
}

// PublishQuote implements currency.MsgServer. The same quote again is answered with its id and changes nothing.
func (k msgServer) PublishQuote(ctx context.Context, m *currency.MsgPublishQuote) (*currency.MsgPublishQuoteResponse, error) {
	terms, err := order.DecodeQuote(m.Quote)
	if err != nil {
		return nil, currency.ErrInvalidQuote.Wrap(err.Error())
	}
	id := terms.ID()
	response := &currency.MsgPublishQuoteResponse{QuoteId: id[:]}
	if m.Provider != terms.Provider {
		return nil, currency.ErrUnauthorized.Wrapf("%s publishes a quote of %s", m.Provider, terms.Provider)
	}
	if exists, err := k.quotes.Has(ctx, id[:]); err != nil || exists {
		return response, err
	}
	if err := k.checkQuote(ctx, terms); err != nil {
		return nil, err
	}
	if err := k.checkSignature(ctx, terms, m.Signature); err != nil {
		return nil, err
	}
	open, err := k.openQuotes(ctx, terms.Provider)
	if err != nil {
		return nil, err
	}
	if open >= currency.MaxOpenQuotes {
		return nil, currency.ErrTooManyQuotes.Wrapf("%s has %d; withdraw some or let them expire", terms.Provider, open)
	}
	if err := k.insert(ctx, currency.NewFirmQuote(m.Quote, terms, m.Signature), terms); err != nil {
		return nil, err
	}
	return response, emit(ctx, &currency.EventQuotePublished{
		QuoteId: id.String(), Provider: terms.Provider,
		PayCurrency: terms.PayCurrency, ReceiveCurrency: terms.ReceiveCurrency, SizeMinor: terms.SizeMinor,
	})
}

// checkQuote verifies what a quote says against what the hub knows.
func (k msgServer) checkQuote(ctx context.Context, terms order.Quote) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if terms.ChainID != sdkCtx.ChainID() {
		return currency.ErrWrongChain.Wrapf("it is for %q, this is %q", terms.ChainID, sdkCtx.ChainID())
	}
	provider, err := k.participants.ByAddress(ctx, terms.Provider)
	if errors.Is(err, compliance.ErrUnknownParticipant) || err == nil && !provider.HasRole(compliance.ROLE_PROVIDER) {
		return currency.ErrNotProvider.Wrapf("%s has not the role %s", terms.Provider, compliance.ROLE_PROVIDER)
	}
	if err != nil {
		return err
	}
	// At its expiry a quote can still be used, but one that is published then never could be.
	if terms.ExpiryUnixNs <= currency.UnixNs(sdkCtx.BlockTime()) {
		return currency.ErrExpired.Wrapf("it expires at %s, hub time is %s",
			currency.At(terms.ExpiryUnixNs), currency.At(currency.UnixNs(sdkCtx.BlockTime())))
	}
	if err := currency.CheckAhead(terms, sdkCtx.BlockTime()); err != nil {
		return err
	}
	if err := k.SettlesOn(ctx, terms.PayCurrency, terms.ReceivingLedger); err != nil {
		return err
	}
	if err := k.SettlesOn(ctx, terms.ReceiveCurrency, terms.PayingLedger); err != nil {
		return err
	}
	if _, err := k.heldBy(ctx, provider.Id, accountIn{terms.ReceivingLedger, terms.ReceivingAccount, terms.PayCurrency}); err != nil {
		return err
	}
	_, err = k.heldBy(ctx, provider.Id, payingAccount(terms))
	return err
}

// accountIn is an account on a ledger and the currency that it is to hold.
type accountIn struct{ ledger, account, currency string }

func payingAccount(q order.Quote) accountIn {
	return accountIn{q.PayingLedger, q.PayingAccount, q.ReceiveCurrency}
}

// heldBy is the account, if that participant holds it in that currency; else ErrNotHolder.
func (k msgServer) heldBy(ctx context.Context, id string, a accountIn) (compliance.Account, error) {
	holder, account, err := k.participants.Holder(ctx, a.ledger, a.account)
	if errors.Is(err, compliance.ErrUnknownAccount) {
		return account, currency.ErrNotHolder.Wrapf("account %s on ledger %s is registered to nobody", a.account, a.ledger)
	}
	if err != nil {
		return account, err
	}
	if holder.Id != id || !account.Holds(a.currency) {
		return account, currency.ErrNotHolder.Wrapf("account %s on ledger %s is registered to %s in %s, not to %s in %s",
			a.account, a.ledger, holder.Id, account.Currency, id, a.currency)
	}
	return account, nil
}

// checkSignature verifies the provider's consent with the key of the account that pays. The hub's copy of the key saves
// everyone a settlement that the ledger's notaries, who have the ledger's own copy, would refuse.
func (k msgServer) checkSignature(ctx context.Context, terms order.Quote, signature []byte) error {
	_, account, err := k.participants.Holder(ctx, terms.PayingLedger, terms.PayingAccount)
	if err != nil {
		return err
	}
	key := secp256k1.PubKey{Key: account.ConsentKey}
	if !key.VerifySignature(order.QuoteSignBytes(terms.ChainID, terms.ID()), signature) {
		return currency.ErrSignature.Wrapf("quote %s: want the consent key of %s on %s, key %x",
			terms.ID(), terms.PayingAccount, terms.PayingLedger, account.ConsentKey)
	}
	return nil
}

// WithdrawQuote implements currency.MsgServer. Withdrawing again changes nothing.
func (k msgServer) WithdrawQuote(
	ctx context.Context, m *currency.MsgWithdrawQuote,
) (*currency.MsgWithdrawQuoteResponse, error) {
	if len(m.QuoteId) != len(order.Hash{}) {
		return nil, currency.ErrInvalidQuote.Wrapf("quote id: want %d bytes, got %d", len(order.Hash{}), len(m.QuoteId))
	}
	id := order.Hash(m.QuoteId)
	f, terms, err := k.FirmQuote(ctx, id)
	if err != nil {
		return nil, err
	}
	if terms.Provider != m.Provider {
		return nil, currency.ErrUnauthorized.Wrapf("quote %s is of %s, not of %s", id, terms.Provider, m.Provider)
	}
	if f.Withdrawn {
		return &currency.MsgWithdrawQuoteResponse{}, nil
	}
	f.Withdrawn = true
	if err := k.quotes.Set(ctx, f.Id, f); err != nil {
		return nil, err
	}
	// One that waits for its expiry to be worked on counts as open; an expired one that was worked on does not.
	counted, err := k.due.Has(ctx, dueAtExpiry(terms))
	if err != nil {
		return nil, err
	}
	if counted {
		if err := k.closeQuote(ctx, terms.Provider); err != nil {
			return nil, err
		}
	}
	return &currency.MsgWithdrawQuoteResponse{}, emit(ctx, &currency.EventQuoteWithdrawn{QuoteId: id.String()})
}
