package sim

import (
	"fmt"
	"time"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// State is an entry's durable state.
type State string

// The closed set of states: HELD, and four that are final.
const (
	Held       State = "HELD"
	Posted     State = "POSTED"
	Suspense   State = "SUSPENSE"
	Voided     State = "VOIDED"
	Tombstoned State = "TOMBSTONED"
)

// Status is an account's.
type Status string

// The closed set of statuses.
const (
	Open   Status = "open"
	Frozen Status = "frozen" // can neither pay nor receive until it is reopened
	Closed Status = "closed"
)

// ReasonCode is an ISO 20022 ExternalStatusReason1Code; ARDT is from ExternalPaymentCancellationRejection1Code.
type ReasonCode string

// The reasons that this network gives.
const (
	InvalidFormat      ReasonCode = "FF01" // InvalidFileFormat
	ZeroAmount         ReasonCode = "AM01"
	InvalidAmount      ReasonCode = "AM12"
	DuplicateUETR      ReasonCode = "DU03" // DuplicateTransaction
	CutOff             ReasonCode = "TM01" // InvalidCutOffTime
	WrongCurrency      ReasonCode = "AM03" // NotAllowedCurrency
	PayerUnknown       ReasonCode = "AC02" // InvalidDebtorAccountNumber
	PayeeUnknown       ReasonCode = "AC03" // InvalidCreditorAccountNumber
	PayerClosed        ReasonCode = "AC04" // ClosedAccountNumber
	PayeeClosed        ReasonCode = "AC07" // ClosedCreditorAccountNumber
	AccountBlocked     ReasonCode = "AC06" // BlockedAccount
	Forbidden          ReasonCode = "AG01" // TransactionForbidden
	OverLimit          ReasonCode = "AM14" // AmountExceedsAgreedLimit
	InsufficientFunds  ReasonCode = "AM04"
	ByAgent            ReasonCode = "MS03" // NotSpecifiedReasonAgentGenerated
	NoOriginal         ReasonCode = "NOOR" // NoOriginalTransactionReceived
	SettlementFailed   ReasonCode = "ED05"
	AlreadyTransferred ReasonCode = "ARDT"
)

// refusal is why the bank does not do what it was asked, or why money went to suspense. Its text goes to the hub
// as a note that every participant can read: it names what to change and never a balance or a limit.
type refusal struct {
	code ReasonCode
	text string
}

func refuse(code ReasonCode, format string, args ...any) *refusal {
	return &refusal{code, cut(fmt.Sprintf(format, args...), maxReasonChars)}
}

const maxReasonChars = 140 // Max140Text

// cut shortens a text to max characters.
func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max-1]) + "…"
	}
	return s
}

// terms is what an order is about.
type terms struct {
	payer, payee iso20022.Account
	currency     string
	amountMinor  uint64
}

// holdFacts is what decides a hold.
type holdFacts struct {
	terms
	payerAccount, payeeAccount *account // nil: the bank has none
	bankCurrency               string
	hours                      simkit.Hours
	now                        time.Time
}

// decideHold is why a reservation is refused, or nil. The order is that of the package's documentation.
func decideHold(f holdFacts) *refusal {
	payer, payee := f.payerAccount, f.payeeAccount
	switch {
	case !f.hours.Contains(f.now):
		return refuse(CutOff, "the network takes no new holds now; it is %s", f.hours)
	case f.currency != f.bankCurrency:
		return refuse(WrongCurrency, "the network settles %s; the order is in %s", f.bankCurrency, f.currency)
	case payer == nil:
		return refuse(PayerUnknown, "there is no account %s to pay from; check the payer's account", f.payer)
	case payer.status == Closed:
		return refuse(PayerClosed, "the account to pay from, %s, is closed; pay from another one", f.payer)
	case payer.status == Frozen:
		return refuse(AccountBlocked, "the account to pay from, %s, is frozen; its bank knows why", f.payer)
	}
	if why := mayReceive(payee, f.payee.String()); why != nil {
		return why
	}
	switch {
	case payer.id == payee.id:
		return refuse(Forbidden, "payer and payee are both %s; name two accounts", f.payer)
	case f.amountMinor > payer.limitMinor:
		return refuse(OverLimit, "%d minor units are more than %s may pay at once; pay less or raise that limit", f.amountMinor, f.payer)
	case f.amountMinor > payer.balanceMinor:
		return refuse(InsufficientFunds, "%s has less than %d minor units available; pay in or hold less", f.payer, f.amountMinor)
	}
	return nil
}

// mayReceive is why an account can't be credited, or nil.
func mayReceive(payee *account, id string) *refusal {
	switch {
	case payee == nil:
		return refuse(PayeeUnknown, "there is no account %s to pay to; check the payee's account", id)
	case payee.status == Closed:
		return refuse(PayeeClosed, "the account to pay to, %s, is closed; name another one", id)
	case payee.status == Frozen:
		return refuse(AccountBlocked, "the account to pay to, %s, is frozen; its bank knows why", id)
	}
	return nil
}

// step is what a request does to an entry.
type step int

const (
	stay step = iota // the entry is answered as it stands
	post
	void
	bury // write a tombstone for an id never seen
)

// decidePost says what a pacs.009 does, or why it is rejected.
func decidePost(e *Entry, t terms) (step, *refusal) {
	switch {
	case e == nil:
		return stay, refuse(NoOriginal, "there is no reservation under this UETR")
	case e.State != Tombstoned && !e.sameTerms(t):
		return stay, takenByOthers()
	case e.State == Voided || e.State == Tombstoned:
		return stay, refuse(SettlementFailed, "the reservation is %s and cannot be settled", e.State)
	case e.State == Held:
		return post, nil
	}
	return stay, nil
}

// decideRelease says what a camt.049 does, or why it is rejected. t is nil where it came without terms.
func decideRelease(e *Entry, t *terms, onlyIfUnknown bool) (step, *refusal) {
	switch {
	case e == nil:
		return bury, nil
	case onlyIfUnknown || e.State == Tombstoned:
		return stay, nil
	case t == nil || !e.sameTerms(*t):
		return stay, takenByOthers()
	case e.State == Posted || e.State == Suspense:
		return stay, refuse(AlreadyTransferred, "the reservation is %s and cannot be given back", e.State)
	case e.State == Held:
		return void, nil
	}
	return stay, nil
}

func takenByOthers() *refusal {
	return refuse(DuplicateUETR, "this UETR is taken by a reservation with other terms")
}
