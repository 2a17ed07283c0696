package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// goodHold is a hold that nothing is wrong with: on a Monday, 100 of 1,000 at a limit of 500.
func goodHold() holdFacts {
	payer, payee := iso20022.Account{BIC: "ALPHUS33"}, iso20022.Account{BIC: "BETAUS33", ID: "1"}
	return holdFacts{
		terms:        terms{payer: payer, payee: payee, currency: "USD", amountMinor: 100},
		payerAccount: &account{id: payer.String(), status: Open, balanceMinor: 1_000, limitMinor: 500},
		payeeAccount: &account{id: payee.String(), status: Open, limitMinor: 500},
		bankCurrency: "USD", now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

// tellsTooMuch finds a balance or a limit of the accounts above: every participant reads a reason.
const tellsTooMuch = `\b(1000|99|500)\b`

// One guard is one row here, one code and one line of the package's documentation, in the same order. Each
// row also breaks every guard after its own, so the row fails if the order of precedence changes.
func TestAHoldIsRefusedByTheFirstGuardThatFails(t *testing.T) {
	guards := []struct {
		name  string
		spoil func(*holdFacts)
		want  ReasonCode
	}{
		{"outside opening hours", func(f *holdFacts) { f.hours = simkit.Hours{Open: "18:00", Close: "19:00"} }, CutOff},
		{"not the network's currency", func(f *holdFacts) { f.currency = "EUR" }, WrongCurrency},
		{"no such payer", func(f *holdFacts) { f.payerAccount = nil }, PayerUnknown},
		{"the payer is closed", func(f *holdFacts) { f.payerAccount.status = Closed }, PayerClosed},
		{"the payer is frozen", func(f *holdFacts) { f.payerAccount.status = Frozen }, AccountBlocked},
		{"no such payee", func(f *holdFacts) { f.payeeAccount = nil }, PayeeUnknown},
		{"the payee is closed", func(f *holdFacts) { f.payeeAccount.status = Closed }, PayeeClosed},
		{"the payee is frozen", func(f *holdFacts) { f.payeeAccount.status = Frozen }, AccountBlocked},
		{"payer and payee are one account", func(f *holdFacts) { f.payeeAccount.id = f.payerAccount.id }, Forbidden},
		{"over the payer's limit", func(f *holdFacts) { f.amountMinor = 501 }, OverLimit},
		{"not enough money", func(f *holdFacts) { f.payerAccount.balanceMinor = 99 }, InsufficientFunds},
	}
	require.Nil(t, decideHold(goodHold()))
	for i, g := range guards {
		t.Run(g.name, func(t *testing.T) {
			alone := goodHold()
			g.spoil(&alone)
			require.Equal(t, g.want, decideHold(alone).code)
			require.Contains(t, decideHold(alone).text, "; ", "a reason says what is wrong; and what to change")
			require.NotRegexp(t, tellsTooMuch, decideHold(alone).text)

			all := goodHold()
			for j := len(guards) - 1; j >= i; j-- { // the earliest last: it may take an account away
				guards[j].spoil(&all)
			}
			require.Equal(t, g.want, decideHold(all).code, "with every later guard broken too")
		})
	}
}

func TestAReasonIsNeverCutShort(t *testing.T) {
	f := goodHold()
	f.payer = iso20022.Account{BIC: "ALPHUS33XXX", ID: strings.Repeat("1", 34)}
	f.payee, f.amountMinor = f.payer, maxMinor
	for name, spoil := range map[string]func(*holdFacts){
		"limit":  func(*holdFacts) {},
		"money":  func(f *holdFacts) { f.payerAccount.limitMinor = maxMinor },
		"frozen": func(f *holdFacts) { f.payerAccount.status = Frozen },
		"closed": func(f *holdFacts) { f.payeeAccount.status = Closed },
	} {
		t.Run(name, func(t *testing.T) {
			f := f
			payer, payee := *f.payerAccount, *f.payeeAccount
			f.payerAccount, f.payeeAccount = &payer, &payee
			spoil(&f)
			require.NotContains(t, decideHold(f).text, "…")
		})
	}
}

func TestAHoldAtItsBounds(t *testing.T) {
	f := goodHold()
	f.amountMinor = 500
	require.Nil(t, decideHold(f), "the limit itself")
	f.payerAccount.balanceMinor = 500
	require.Nil(t, decideHold(f), "all the money there is")
	f.hours = simkit.Hours{Open: "12:00", Close: "13:00"}
	require.Nil(t, decideHold(f), "the first minute")
}

func TestWhatAPostAndAReleaseDoInEveryState(t *testing.T) {
	ours := goodHold().terms
	theirs := ours
	theirs.amountMinor++
	entry := func(s State) *Entry {
		return &Entry{State: s, Payer: ours.payer.String(), Payee: ours.payee.String(), Currency: ours.currency, AmountMinor: ours.amountMinor}
	}
	bare := &Entry{State: Tombstoned}
	for name, c := range map[string]struct {
		known                       *Entry
		post, void, foreign, refuse step
		postCode, voidCode, otherV  ReasonCode
	}{
		"unknown":              {nil, stay, bury, bury, bury, NoOriginal, "", ""},
		"held":                 {entry(Held), post, void, stay, stay, "", "", DuplicateUETR},
		"posted":               {entry(Posted), stay, stay, stay, stay, "", AlreadyTransferred, DuplicateUETR},
		"suspense":             {entry(Suspense), stay, stay, stay, stay, "", AlreadyTransferred, DuplicateUETR},
		"voided":               {entry(Voided), stay, stay, stay, stay, SettlementFailed, "", DuplicateUETR},
		"tombstoned":           {entry(Tombstoned), stay, stay, stay, stay, SettlementFailed, "", ""},
		"tombstoned, no terms": {bare, stay, stay, stay, stay, SettlementFailed, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			do, why := decidePost(c.known, ours)
			requireStep(t, c.post, c.postCode, do, why)
			do, why = decideRelease(c.known, &ours, false)
			requireStep(t, c.void, c.voidCode, do, why)
			do, why = decideRelease(c.known, &theirs, false)
			requireStep(t, c.foreign, c.otherV, do, why)
			do, why = decideRelease(c.known, nil, false)
			requireStep(t, c.foreign, c.otherV, do, why)
			do, why = decideRelease(c.known, &theirs, true)
			requireStep(t, c.refuse, "", do, why)
		})
	}
	do, why := decidePost(entry(Held), theirs)
	requireStep(t, stay, DuplicateUETR, do, why)
}

func requireStep(t *testing.T, want step, code ReasonCode, do step, why *refusal) {
	t.Helper()
	require.Equal(t, want, do)
	if code == "" {
		require.Nil(t, why)
		return
	}
	require.NotNil(t, why)
	require.Equal(t, code, why.code)
}
