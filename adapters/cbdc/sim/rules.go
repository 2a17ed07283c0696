package sim

import (
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// refusal is why a hold was refused, or why money went to suspense. Its text goes to the hub as a note
// that every participant can read: it names what to change and never a balance or a limit.
type refusal struct{ code, text string }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{code: code, text: fmt.Sprintf(format, args...)}
}

// The reason codes of the rules; one code is one guard.
const (
	PayerUnknown         = "payer-unknown"
	PayerWithoutKey      = "payer-without-key"
	ConsentInvalid       = "consent"
	WrongCurrency        = "wrong-currency"
	OutsideOpeningHours  = "outside-opening-hours"
	PayerClosed          = "payer-closed"
	PayerFrozen          = "payer-frozen"
	PayeeUnknown         = "payee-unknown"
	PayeeClosed          = "payee-closed"
	PayeeFrozen          = "payee-frozen"
	OverTransactionLimit = "over-transaction-limit"
	OverQuoteSize        = "over-quote-size"
	OverBalanceLimit     = "over-balance-limit"
	InsufficientFunds    = "insufficient-funds"
	FaultInjected        = "fault" // a fault of mode refuse is on
	ByNotary             = "refused-by-notary"
	VoidedBeforeHold     = "voided-before-hold"
)

// quoteUse is the quote that a hold is under, if any, and what is held or posted under it already.
type quoteUse struct {
	quote     order.Quote
	usedMinor uint64
}

// holdFacts is everything that the rules of a hold look at.
type holdFacts struct {
	instruction order.Instruction
	payer       *wallet // nil: there is none
	payee       *wallet
	consent     error // what sdk.CheckHold says; not looked at where the payer has no key
	quote       *quoteUse
	now         time.Time
	hours       simkit.Hours
	currency    string
}

// decideHold is the whole of the hold's rules. Nil: the money is held. The order of the checks is the
// order of precedence.
func decideHold(f holdFacts) *refusal {
	i := f.instruction
	switch {
	case f.payer == nil:
		return refuse(PayerUnknown, "there is no wallet %s; check the payer's account", i.Payer)
	case len(f.payer.consentKey) == 0:
		return refuse(PayerWithoutKey, "wallet %s has no consent key on file and can only receive; register a key with its operator", i.Payer)
	case f.consent != nil:
		return refuse(ConsentInvalid, "%s", f.consent)
	case i.Currency != f.currency:
		return refuse(WrongCurrency, "this ledger keeps %s and no %s", f.currency, i.Currency)
	case !f.hours.Contains(f.now):
		return refuse(OutsideOpeningHours, "the ledger takes no new holds now: %s", f.hours)
	case f.payer.status == WalletClosed:
		return refuse(PayerClosed, "wallet %s is closed; pay from another one", i.Payer)
	case f.payer.status == WalletFrozen:
		return refuse(PayerFrozen, "wallet %s is frozen; its operator knows why", i.Payer)
	case f.payee != nil && f.payee.status == WalletFrozen:
		return refuse(PayeeFrozen, "wallet %s is frozen; its operator knows why", i.Payee)
	case f.payee == nil || f.payee.status == WalletClosed:
		return mayReceive(f.payee, i.Payee, i.AmountMinor)
	case i.AmountMinor > f.payer.transactionLimit:
		return refuse(OverTransactionLimit, "%d minor units are more than wallet %s may pay at once; pay less or raise that limit", i.AmountMinor, i.Payer)
	case f.quote != nil && i.AmountMinor > left(f.quote.quote.SizeMinor, f.quote.usedMinor):
		return refuse(OverQuoteSize, "quote %s has less than %d minor units of its size left; ask the provider for another", f.quote.quote.ID(), i.AmountMinor)
	}
	if r := mayReceive(f.payee, i.Payee, i.AmountMinor); r != nil {
		return r
	}
	if i.AmountMinor > f.payer.availableMinor {
		return refuse(InsufficientFunds, "wallet %s has less than %d minor units available; pay in or hold less", i.Payer, i.AmountMinor)
	}
	return nil
}

// mayReceive tells whether a wallet can be credited; a refusal here after a hold means suspense.
func mayReceive(w *wallet, id string, amountMinor uint64) *refusal {
	switch {
	case w == nil:
		return refuse(PayeeUnknown, "there is no wallet %s; check the payee's account", id)
	case w.status == WalletClosed:
		return refuse(PayeeClosed, "wallet %s is closed; name another one", id)
	case amountMinor > left(w.balanceLimit, w.availableMinor+w.heldMinor):
		return refuse(OverBalanceLimit, "%d minor units more would bring wallet %s over its balance limit; its operator can raise it", amountMinor, id)
	}
	return nil
}

// left is what a limit leaves beside what is used; both stay below 2^63.
func left(limit, used uint64) uint64 {
	if used >= limit {
		return 0
	}
	return limit - used
}

// sameBody tells whether the instruction asks for what the entry is about, whatever its kind.
func sameBody(e Entry, i order.Instruction) bool { return e.bodyHash == bodyHash(i) }

// bodyHash is the hash of the hold that the instruction is about: HOLD, POST and VOID of one leg share it.
func bodyHash(i order.Instruction) order.Hash {
	i.Kind = order.Hold
	return i.Hash()
}

// step is what to do with an entry.
type step uint8

const (
	stay      step = iota // a second delivery: answer what is
	makeFinal             // post, or suspense
	giveBack              // void
	bury                  // tombstone an unknown id
)

// decidePost is what a POST does to an entry; nil means unknown.
func decidePost(e *Entry, i order.Instruction) (step, error) {
	switch {
	case e == nil:
		return stay, simkit.Errorf(simkit.NotFound, "there is no entry %s: it can't be posted before it is held", i.Entry)
	case e.State == order.EntryTombstoned.String() || e.State == order.EntryVoided.String():
		return stay, simkit.Errorf(simkit.Conflict, "entry %s is %s and can't be posted any more", i.Entry, e.State)
	case !sameBody(*e, i):
		return stay, takenByAnother(i)
	case e.State == order.EntryHeld.String():
		return makeFinal, nil
	}
	return stay, nil
}

// decideVoid is what a VOID does to an entry; nil means unknown.
func decideVoid(e *Entry, i order.Instruction) (step, error) {
	switch {
	case e == nil:
		return bury, nil
	case e.State == order.EntryTombstoned.String():
		return stay, nil
	case !sameBody(*e, i):
		return stay, takenByAnother(i)
	case e.State == order.EntryHeld.String():
		return giveBack, nil
	case e.State == order.EntryVoided.String():
		return stay, nil
	}
	return stay, simkit.Errorf(simkit.Conflict, "entry %s is %s: its money has moved and can't be given back", i.Entry, e.State)
}

func takenByAnother(i order.Instruction) *simkit.Error {
	return simkit.Errorf(simkit.Conflict, "entry %s is taken by another order; look it up, and compare payer, payee, currency, amount and settlement", i.Entry)
}
