package settlement

import (
	"fmt"
	"time"

	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
)

// CheckBody applies the guards of a proposal that need nothing but the message and the chain.
func CheckBody(raw []byte, chainID, signer string) (order.Body, error) {
	if len(raw) > MaxBodyBytes {
		return order.Body{}, ErrInvalid.Wrapf("body: %d bytes, at most %d allowed", len(raw), MaxBodyBytes)
	}
	body, err := order.DecodeBody(raw)
	if err != nil {
		return order.Body{}, ErrInvalid.Wrapf("body: %v", err)
	}
	if body.ChainID != chainID {
		return order.Body{}, ErrOtherChain.Wrapf("the body says %s, this is %s: make the body for this chain", body.ChainID, chainID)
	}
	if body.Proposer != signer {
		return order.Body{}, ErrNotProposer.Wrapf("the body says %s, the message is signed by %s: sign with the proposer's key", body.Proposer, signer)
	}
	return body, nil
}

// CheckNoPivot refuses a body with a pivot leg.
func CheckNoPivot(body order.Body) error {
	if body.Pivot != order.NoLeg {
		return ErrPivot.Wrapf("leg %d is the pivot: propose legs on ledgers that hold, without a pivot", body.Pivot)
	}
	return nil
}

// CheckProposer verifies that a participant may propose.
func CheckProposer(p compliance.Participant) error {
	if !p.HasRole(compliance.ROLE_BANK) && !p.HasRole(compliance.ROLE_PROVIDER) {
		return ErrRole.Wrapf("participant %s proposes only as a bank or a provider: governance gives roles", p.Id)
	}
	if p.Frozen {
		return ErrFrozen.Wrapf("participant %s, the proposer: %s", p.Id, p.FrozenReason)
	}
	return nil
}

// CheckLedger verifies that a leg can be on that ledger.
func CheckLedger(leg int, l bridge.Ledger) error {
	if l.Cell != bridge.CELL_HOLDS {
		return ErrPivot.Wrapf("leg %d: ledger %s does not hold: choose a ledger that does", leg, l.Id)
	}
	if l.Link != bridge.LINK_HUB && l.Link != bridge.LINK_NOTARIES && l.Link != bridge.LINK_IBC {
		return ErrLink.Wrapf("leg %d: ledger %s is linked by %s: choose the hub, a notarised ledger or one behind a channel", leg, l.Id, l.Link)
	}
	if l.Suspended {
		return ErrSuspended.Wrapf("leg %d: ledger %s: %s: propose again when it is resumed", leg, l.Id, l.SuspendedReason)
	}
	return nil
}

// CheckAccount verifies one side of a leg: the account holds the leg's currency and its holder is not frozen.
func CheckAccount(leg int, currencyCode string, holder compliance.Participant, account compliance.Account) error {
	if !account.Holds(currencyCode) {
		return ErrAccountCurrency.Wrapf("leg %d: account %s on %s holds %s, the leg is in %s",
			leg, account.Account, account.Ledger, account.Currency, currencyCode)
	}
	if holder.Frozen {
		return ErrFrozen.Wrapf("leg %d: participant %s, holder of %s on %s: %s", leg, holder.Id, account.Account, account.Ledger, holder.FrozenReason)
	}
	return nil
}

// CheckDeadline verifies that now < prepare deadline ≤ now + longest, the shortest of the ledgers' longest times.
func CheckDeadline(body order.Body, now time.Time, longest time.Duration) error {
	deadline := PrepareDeadline(body)
	if !deadline.After(now) {
		return ErrDeadlinePassed.Wrapf("it is %s, hub time is %s: choose a later one", deadline.Format(time.RFC3339Nano), now.Format(time.RFC3339Nano))
	}
	if last := now.Add(longest); deadline.After(last) {
		return ErrDeadlineTooLate.Wrapf("it is %s, these ledgers allow %s from now, until %s",
			deadline.Format(time.RFC3339Nano), longest, last.Format(time.RFC3339Nano))
	}
	return nil
}

// CheckQuote verifies that a quoted leg is what the quote gives and that the quote can still give it, to all legs of
// the body together.
func CheckQuote(body order.Body, leg int, firm currency.FirmQuote, q order.Quote, now time.Time) error {
	if err := order.CheckQuotedLeg(body, leg, q); err != nil {
		return ErrQuoteTerms.Wrap(err.Error())
	}
	if _, err := firm.Take(q, now, quoteNeed(body, leg)); err != nil {
		return errorsmod.Wrapf(err, "leg %d: ask %s for a new quote, or take less", leg, q.Provider)
	}
	return nil
}

// quoteNeed is what the body's legs up to this one take of its quote. It cannot overflow: sixteen times eighteen
// digits are less than 2⁶⁴.
func quoteNeed(body order.Body, leg int) uint64 {
	var sum uint64
	for _, l := range body.Legs[:leg+1] {
		if string(l.QuoteID) == string(body.Legs[leg].QuoteID) {
			sum += l.AmountMinor
		}
	}
	return sum
}

// CheckConsent verifies a payer's detached signature over the settlement, with the consent key that the paying account
// has now.
func CheckConsent(s Settlement, body order.Body, leg int, signature, key []byte) error {
	hash := order.Hash(s.Hash)
	if !verifies(key, order.ConsentSignBytes(body.ChainID, hash), signature) {
		return ErrConsentSignature.Wrapf("leg %d: sign the consent to settlement hash %s with the consent key of %s on %s",
			leg, hash, body.Legs[leg].Payer, body.Legs[leg].Ledger)
	}
	return nil
}

// CheckQuoteSignature verifies the provider's consent to a quoted leg, with the consent key that the paying account has
// now: what a key signed that was replaced since, perhaps because it was stolen, moves no money any more.
func CheckQuoteSignature(body order.Body, leg int, signature, key []byte) error {
	id := order.Hash(body.Legs[leg].QuoteID)
	if !verifies(key, order.QuoteSignBytes(body.ChainID, id), signature) {
		return currency.ErrSignature.Wrapf("leg %d: quote %s was signed with a key that %s on %s has no longer: ask for a new quote",
			leg, id, body.Legs[leg].Payer, body.Legs[leg].Ledger)
	}
	return nil
}

func verifies(key, signed, signature []byte) bool {
	public := secp256k1.PubKey{Key: key}
	return len(key) == secp256k1.PubKeySize && public.VerifySignature(signed, signature)
}

// CheckSameBody verifies that a reference is used again only for the same body, and says what differs.
func CheckSameBody(s Settlement, raw []byte) error {
	if string(s.Body) == string(raw) {
		return nil
	}
	there, err := order.DecodeBody(s.Body)
	if err != nil {
		return ErrInvalid.Wrapf("stored body of settlement %x: %v", s.Id, err)
	}
	here, err := order.DecodeBody(raw)
	if err != nil {
		return ErrInvalid.Wrapf("body: %v", err)
	}
	return ErrConflict.Wrapf("reference %q: %s: choose another reference", here.Reference, Difference(there, here))
}

// Difference says in words what is the first difference between two bodies of one reference.
func Difference(there, here order.Body) string {
	if len(there.Legs) != len(here.Legs) {
		return fmt.Sprintf("it has %d legs, this one %d", len(there.Legs), len(here.Legs))
	}
	for i := range there.Legs {
		a, b := there.Legs[i], here.Legs[i]
		for _, f := range []struct {
			name string
			a, b any
		}{
			{"ledger", a.Ledger, b.Ledger},
			{"payer", a.Payer, b.Payer},
			{"payee", a.Payee, b.Payee},
			{"currency", a.Currency, b.Currency},
			{"amount in minor units", a.AmountMinor, b.AmountMinor},
			{"quote", fmt.Sprintf("%x", a.QuoteID), fmt.Sprintf("%x", b.QuoteID)},
			{"paying leg", a.PaidBy, b.PaidBy},
		} {
			if f.a != f.b {
				return fmt.Sprintf("leg %d: its %s is %v, here %v", i, f.name, f.a, f.b)
			}
		}
	}
	if there.PrepareDeadlineUnixNs != here.PrepareDeadlineUnixNs {
		return fmt.Sprintf("its prepare deadline is %s, here %s",
			PrepareDeadline(there).Format(time.RFC3339Nano), PrepareDeadline(here).Format(time.RFC3339Nano))
	}
	if there.Pivot != here.Pivot || there.PivotDeadlineUnixNs != here.PivotDeadlineUnixNs {
		return "its pivot differs"
	}
	return "its payload hash differs"
}
