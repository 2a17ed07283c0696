package compliance

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/jacoelho/banking/bic"
	"github.com/jacoelho/banking/iso3166"

	"cosmossdk.io/core/address"

	"github.com/corridor-network/corridor/adapters/order"
)

// Limits of a participant's record.
const (
	MinIDBytes     = 2
	MaxIDBytes     = 32
	MaxNameBytes   = 128
	MaxAccounts    = 64
	MaxReasonBytes = 256
	// ConsentKeyBytes is the size of a compressed secp256k1 point (SEC 1, 2.3.3).
	ConsentKeyBytes = 33
	// MaxPageLimit bounds a page of a query.
	MaxPageLimit = 200
)

// hubLedger is the ledger id of the hub itself; an account there is a bech32 address. The bridge, which this module does
// not know, owns the word.
const hubLedger = "hub"

// HasRole tells whether the participant has a role.
func (p Participant) HasRole(r Role) bool { return slices.Contains(p.Roles, r) }

// Holds tells whether the account can hold a currency.
func (a Account) Holds(currency string) bool { return a.Currency == "" || a.Currency == currency }

// Validate checks everything about a participant that needs no knowledge of others. The order of the checks is the order
// of precedence.
func (p Participant) Validate(addresses address.Codec) error {
	if !validID(p.Id) {
		return ErrInvalidParticipant.Wrapf("id %q: want %d to %d of a-z, 0-9 and '-'", p.Id, MinIDBytes, MaxIDBytes)
	}
	if err := validateAddress(addresses, p.Address); err != nil {
		return ErrInvalidParticipant.Wrapf("%s: address %q: %s", p.Id, p.Address, err)
	}
	if !plain(p.Name, MaxNameBytes) {
		return ErrInvalidParticipant.Wrapf("%s: name: want 1 to %d printable bytes", p.Id, MaxNameBytes)
	}
	if err := ValidateLEI(p.Lei); err != nil {
		return ErrInvalidParticipant.Wrapf("%s: %s", p.Id, err)
	}
	if err := validateBIC(p.Bic, p.needsBIC()); err != nil {
		return ErrInvalidParticipant.Wrapf("%s: %s", p.Id, err)
	}
	if !iso3166.IsCountryCode(p.Jurisdiction) {
		return ErrInvalidParticipant.Wrapf("%s: jurisdiction %q is no ISO 3166-1 alpha-2 code", p.Id, p.Jurisdiction)
	}
	if err := validateRoles(p.Roles); err != nil {
		return ErrInvalidParticipant.Wrapf("%s: %s", p.Id, err)
	}
	if p.Frozen != (p.FrozenReason != "") || len(p.FrozenReason) > MaxReasonBytes {
		return ErrInvalidParticipant.Wrapf("%s: frozen and its reason, of at most %d bytes, come together", p.Id, MaxReasonBytes)
	}
	return p.validateAccounts()
}

// needsBIC: whoever moves money is addressed by its BIC; a relayer or a supervisor may have none.
func (p Participant) needsBIC() bool {
	return p.HasRole(ROLE_BANK) || p.HasRole(ROLE_PROVIDER) || p.HasRole(ROLE_ISSUER)
}

func (p Participant) validateAccounts() error {
	if len(p.Accounts) > MaxAccounts {
		return ErrInvalidAccount.Wrapf("%s: at most %d accounts, got %d", p.Id, MaxAccounts, len(p.Accounts))
	}
	for i, a := range p.Accounts {
		if err := a.validate(p); err != nil {
			return ErrInvalidAccount.Wrapf("%s: account %d: %s", p.Id, i, err)
		}
		same := func(o Account) bool { return o.Ledger == a.Ledger && o.Account == a.Account }
		if slices.ContainsFunc(p.Accounts[:i], same) {
			return ErrInvalidAccount.Wrapf("%s: account %d: %s on ledger %s is named twice", p.Id, i, a.Account, a.Ledger)
		}
	}
	return nil
}

func (a Account) validate(p Participant) error {
	switch {
	case !plain(a.Ledger, order.MaxTextBytes):
		return fmt.Errorf("ledger: want 1 to %d printable bytes", order.MaxTextBytes)
	case !plain(a.Account, order.MaxTextBytes):
		return fmt.Errorf("account: want 1 to %d printable bytes", order.MaxTextBytes)
	case a.Ledger == hubLedger && a.Account != p.Address:
		return fmt.Errorf("on the ledger %s a participant holds its own address %s alone, not %s", hubLedger, p.Address, a.Account)
	case !currencyCode(a.Currency) && (a.Ledger != hubLedger || a.Currency != ""):
		return fmt.Errorf("currency %q: want three capital letters", a.Currency)
	}
	return ValidateConsentKey(a.ConsentKey)
}

// ValidateConsentKey checks that key is a compressed secp256k1 point: a key that no signature can match would make an
// account that can never pay.
func ValidateConsentKey(key []byte) error {
	if len(key) != ConsentKeyBytes {
		return fmt.Errorf("consent key: want %d bytes of a compressed secp256k1 point, got %d", ConsentKeyBytes, len(key))
	}
	if _, err := secp256k1.ParsePubKey(key); err != nil {
		return fmt.Errorf("consent key: not a point on secp256k1: %w", err)
	}
	return nil
}

// ValidateReason checks the reason that a freeze comes with.
func ValidateReason(reason string) error {
	if !plain(reason, MaxReasonBytes) {
		return ErrInvalidReason.Wrapf("want 1 to %d printable bytes, got %d", MaxReasonBytes, len(reason))
	}
	return nil
}

// BICKey is the form of a BIC that is unique: eleven characters, so that a head office's short and long forms are one.
func BICKey(code string) (string, error) {
	parsed, err := bic.Parse(code)
	if err != nil {
		return "", fmt.Errorf("BIC %q: want 8 or 11 characters by ISO 9362", code)
	}
	return parsed.String(), nil
}

// validateAddress refuses an address that is not written as the hub writes it: bech32 has an upper-case form too, and one
// account must not have two names.
func validateAddress(addresses address.Codec, text string) error {
	raw, err := addresses.StringToBytes(text)
	if err != nil {
		return err
	}
	canonical, err := addresses.BytesToString(raw)
	if err != nil {
		return err
	}
	if canonical != text {
		return fmt.Errorf("want it written as %s", canonical)
	}
	return nil
}

func validateBIC(code string, needed bool) error {
	if code == "" && !needed {
		return nil
	}
	if code == "" {
		return errors.New("BIC: banks, providers and issuers need one")
	}
	_, err := BICKey(code)
	return err
}

func validateRoles(roles []Role) error {
	if len(roles) == 0 {
		return errors.New("roles: want at least one")
	}
	for i, r := range roles {
		if _, known := Role_name[int32(r)]; !known || r == ROLE_UNSPECIFIED {
			return fmt.Errorf("roles: %d is no role", r)
		}
		if slices.Contains(roles[:i], r) {
			return fmt.Errorf("roles: %s is named twice", r)
		}
	}
	return nil
}

func validID(id string) bool {
	if len(id) < MinIDBytes || len(id) > MaxIDBytes {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// plain tells whether s is valid UTF-8 of 1 to limit bytes without control characters.
func plain(s string, limit int) bool {
	if len(s) == 0 || len(s) > limit || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f {
			return false
		}
	}
	return true
}

func currencyCode(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}
