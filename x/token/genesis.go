package token

import "github.com/corridor-network/corridor/adapters/order"

// DefaultGenesis has no issuers.
func DefaultGenesis() *GenesisState { return &GenesisState{} }

// Validate checks every record and that none is there twice. Whether holds and balances agree is checked when the bank's
// are there too.
func (g GenesisState) Validate() error {
	issuers, holds := map[string]bool{}, map[string]bool{}
	for _, i := range g.Issuers {
		if err := i.Validate(); err != nil {
			return err
		}
		if issuers[i.Currency] {
			return ErrInvalidGenesis.Wrapf("currency %s has two issuers", i.Currency)
		}
		issuers[i.Currency] = true
	}
	for _, h := range g.Holds {
		if err := h.Validate(); err != nil {
			return err
		}
		if holds[h.EntryId] {
			return ErrInvalidGenesis.Wrapf("entry %s is there twice", h.EntryId)
		}
		if h.State == HOLD_STATE_HELD && !issuers[h.Currency] {
			return ErrInvalidGenesis.Wrapf("entry %s holds %s, which has no issuer", h.EntryId, h.Currency)
		}
		holds[h.EntryId] = true
	}
	return nil
}

// Validate checks everything about an issuer that needs no knowledge of others.
func (i Issuer) Validate() error {
	if i.Currency == "" || i.Address == "" {
		return ErrNotIssuer.Wrapf("want a currency and an address, got %q and %q", i.Currency, i.Address)
	}
	if i.AllowanceMinor > order.MaxAmountMinor {
		return ErrInvalidAmount.Wrapf("allowance: want at most %d minor units, got %d", uint64(order.MaxAmountMinor), i.AllowanceMinor)
	}
	return nil
}
