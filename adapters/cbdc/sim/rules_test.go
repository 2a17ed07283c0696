package sim

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
	"github.com/corridor-network/corridor/adapters/order"
)

// soundHold is a hold that no rule refuses; each row of the table breaks it in one place.
func soundHold() holdFacts {
	open := func(id string, available uint64) *wallet {
		return &wallet{
			id: id, status: WalletOpen, consentKey: []byte{2}, availableMinor: available,
			transactionLimit: 1_000, balanceLimit: 10_000,
		}
	}
	return holdFacts{
		instruction: order.Instruction{Kind: order.Hold, Payer: "A", Payee: "B", Currency: "CNY", AmountMinor: 100},
		payer:       open("A", 100), payee: open("B", 0), currency: "CNY",
		now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

func TestEachRuleOfAHoldRefusesWithItsOwnReason(t *testing.T) {
	require.Nil(t, decideHold(soundHold()), "the hold that the rows break is sound itself")
	rows := []struct {
		want   string
		breaks func(*holdFacts)
	}{
		{PayerUnknown, func(f *holdFacts) { f.payer = nil }},
		{PayerWithoutKey, func(f *holdFacts) { f.payer.consentKey = nil }},
		{ConsentInvalid, func(f *holdFacts) { f.consent = errors.New("signature") }},
		{WrongCurrency, func(f *holdFacts) { f.instruction.Currency = "USD" }},
		{OutsideOpeningHours, func(f *holdFacts) { f.hours = simkit.Hours{Open: "09:00", Close: "12:00"} }},
		{PayerClosed, func(f *holdFacts) { f.payer.status = WalletClosed }},
		{PayerFrozen, func(f *holdFacts) { f.payer.status = WalletFrozen }},
		{PayeeFrozen, func(f *holdFacts) { f.payee.status = WalletFrozen }},
		{PayeeUnknown, func(f *holdFacts) { f.payee = nil }},
		{PayeeClosed, func(f *holdFacts) { f.payee.status = WalletClosed }},
		{OverTransactionLimit, func(f *holdFacts) { f.payer.transactionLimit = 99 }},
		{OverQuoteSize, func(f *holdFacts) { f.quote = &quoteUse{quote: order.Quote{SizeMinor: 150}, usedMinor: 51} }},
		{OverBalanceLimit, func(f *holdFacts) { f.payee.availableMinor, f.payee.heldMinor = 9_000, 901 }},
		{InsufficientFunds, func(f *holdFacts) { f.payer.availableMinor = 99 }},
	}
	for i, row := range rows {
		t.Run(row.want, func(t *testing.T) {
			f := soundHold()
			row.breaks(&f)
			got := decideHold(f)
			require.NotNil(t, got)
			require.Equal(t, row.want, got.code)
			require.NotEmpty(t, got.text)
			require.NotRegexp(t, `\b(99|9000|901|9901|10000|51)\b`, got.text, "a reason tells no balance, no limit and no use of a quote")
			require.LessOrEqual(t, len(got.code)+2+len(got.text), order.MaxNoteBytes, "the hub cuts longer notes")
		})
		// Precedence: with every later rule broken too, this one still speaks. They are broken
		// from the last to the first, so that a wallet is taken away only after it was broken.
		t.Run(row.want+" comes before what follows", func(t *testing.T) {
			f := soundHold()
			for j := len(rows) - 1; j >= i; j-- {
				if rows[j].want != PayeeUnknown || i == j {
					rows[j].breaks(&f)
				}
			}
			require.Equal(t, row.want, decideHold(f).code)
		})
	}
}

func TestLimitsAreTheLastAmountAllowed(t *testing.T) {
	f := soundHold()
	f.payer.transactionLimit, f.payer.availableMinor = 100, 100
	f.payee.availableMinor, f.payee.heldMinor = 9_000, 900
	f.quote = &quoteUse{quote: order.Quote{SizeMinor: 150}, usedMinor: 50}
	require.Nil(t, decideHold(f))
}

// sameAndOther are an instruction and one about another body under the same id.
func sameAndOther() (same, other order.Instruction) {
	b := order.Body{
		ChainID: "c", Proposer: "p", Reference: "r", PrepareDeadlineUnixNs: 1, Pivot: order.NoLeg,
		Legs: []order.Leg{{Ledger: "l", Payer: "A", Payee: "B", Currency: "CNY", AmountMinor: 1, PaidBy: order.NoLeg}},
	}
	same = order.NewInstruction(order.Hold, b, 0)
	b.Legs[0].AmountMinor = 2
	return same, order.NewInstruction(order.Hold, b, 0)
}

func TestPostAndVoidInEveryState(t *testing.T) {
	same, other := sameAndOther()
	require.Equal(t, same.Entry, other.Entry)
	const none = "unknown"
	rows := []struct {
		state   string
		other   bool
		post    step
		postErr simkit.Code
		void    step
		voidErr simkit.Code
	}{
		{state: none, postErr: simkit.NotFound, void: bury},
		{state: "HELD", post: makeFinal, void: giveBack},
		{state: "HELD", other: true, postErr: simkit.Conflict, voidErr: simkit.Conflict},
		{state: "POSTED", post: stay, voidErr: simkit.Conflict},
		{state: "POSTED", other: true, postErr: simkit.Conflict, voidErr: simkit.Conflict},
		{state: "SUSPENSE", post: stay, voidErr: simkit.Conflict},
		{state: "SUSPENSE", other: true, postErr: simkit.Conflict, voidErr: simkit.Conflict},
		{state: "VOIDED", postErr: simkit.Conflict, void: stay},
		{state: "VOIDED", other: true, postErr: simkit.Conflict, voidErr: simkit.Conflict},
		{state: "TOMBSTONED", postErr: simkit.Conflict, void: stay},
		{state: "TOMBSTONED", other: true, postErr: simkit.Conflict, void: stay},
	}
	for _, row := range rows {
		name := row.state
		if row.other {
			name += ", another body"
		}
		t.Run(name, func(t *testing.T) {
			var e *Entry
			if row.state != none {
				e = &Entry{EntryID: same.Entry.String(), State: row.state, bodyHash: bodyHash(same)}
			}
			i := same
			if row.other {
				i = other
			}
			do, err := decidePost(e, i)
			requireDecision(t, row.post, row.postErr, do, err)
			do, err = decideVoid(e, i)
			requireDecision(t, row.void, row.voidErr, do, err)
		})
	}
}

func requireDecision(t *testing.T, want step, wantErr simkit.Code, got step, err error) {
	t.Helper()
	if wantErr == "" {
		require.NoError(t, err)
		require.Equal(t, want, got)
		return
	}
	var e *simkit.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, wantErr, e.Code)
	require.NotEmpty(t, e.Message)
}
