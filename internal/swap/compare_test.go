package swap

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/settlement"
)

// paid is a line, the settlement that it became, and what the hub knows about both.
func paid() (Line, settlement.SettlementView, facts) {
	quote := strings.Repeat("ab", 32)
	return Line{Payer: "bank-a", Payee: "bank-b", Amount: "700.00", Currency: "CNY", ReceiveCurrency: "USD", Quote: quote, Reference: "r-1"},
		settlement.SettlementView{Legs: []settlement.Leg{
			{Ledger: "cny", Payer: "wallet-a", Payee: "wallet-fxp", Currency: "CNY", AmountMinor: 70_000},
			{Ledger: "usd", Payer: "acct-fxp", Payee: "acct-b", Currency: "USD", AmountMinor: 10_000, QuoteId: quote},
		}},
		facts{amountMinor: 70_000, exponent: 2, payer: "bank-a", payee: "bank-b", provider: "fxp"}
}

// One field that differs is one difference, which names it with both values.
func TestDifferences(t *testing.T) {
	byProvider := func(l *Line, _ *facts) { l.Quote, l.Provider = "", "fxp" }
	for _, row := range []struct {
		name   string
		change func(*Line, *facts)
		want   string
	}{
		{"nothing", func(*Line, *facts) {}, ""},
		{"the quote in capitals", func(l *Line, _ *facts) { l.Quote = strings.ToUpper(l.Quote) }, ""},
		{"by provider", byProvider, ""},
		{"the reference is not looked at", func(l *Line, _ *facts) { l.Reference = "r-2" }, ""},
		{"another currency", func(l *Line, _ *facts) { l.Currency = "EUR" }, "currency CNY there, EUR here"},
		{"another receive-currency", func(l *Line, _ *facts) { l.ReceiveCurrency = "EUR" }, "receive-currency USD there, EUR here"},
		{"another amount", func(_ *Line, f *facts) { f.amountMinor++ }, "amount 700.00 CNY there, 700.01 CNY here"},
		{"another payer", func(l *Line, _ *facts) { l.Payer = "bank-c" }, "payer bank-a there, bank-c here"},
		{"another payee", func(l *Line, _ *facts) { l.Payee = "bank-c" }, "payee bank-b there, bank-c here"},
		{"another quote, with the same beginning", func(l *Line, _ *facts) { l.Quote = l.Quote[:62] + "00" }, "quote abababababab… there, abababababab… here"},
		{"another provider", func(l *Line, f *facts) { byProvider(l, f); f.provider = "thin-fx" }, "provider thin-fx there, fxp here"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l, v, f := paid()
			row.change(&l, &f)
			require.Equal(t, row.want, strings.Join(differences(l, v, f), "; "))
		})
	}
}

// However many fields differ, each is named once.
func TestEveryDifferenceIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, v, f := paid()
		want := 0
		differ := func(field string, value *string) {
			if rapid.Bool().Draw(t, field) {
				*value += "x"
				want++
			}
		}
		differ("payer", &l.Payer)
		differ("payee", &l.Payee)
		differ("quote", &l.Quote)
		differ("receive-currency", &l.ReceiveCurrency)
		if more := rapid.Uint64Range(0, 1).Draw(t, "more"); more > 0 {
			f.amountMinor += more
			want++
		}
		if got := differences(l, v, f); len(got) != want {
			t.Fatalf("want %d, got %q", want, got)
		}
	})
}

func TestRatios(t *testing.T) {
	for _, row := range []struct {
		rate         string
		pay, receive uint32
		num, den     uint64
		wrong        string
	}{
		{"0.1391", 2, 2, 1391, 10_000, ""},
		{"7.10", 2, 2, 71, 10, ""},
		{"150", 2, 0, 15, 10, ""}, // yen a dollar: 150 yen for 100 cents
		{"0.0065", 0, 2, 65, 100, ""},
		{"1", 2, 2, 1, 1, ""},
		{"0", 2, 2, 0, 0, "want a decimal above zero"},
		{"-1", 2, 2, 0, 0, "want a decimal above zero"},
		{"1e2", 2, 2, 0, 0, "want a decimal above zero"},
		{"", 2, 2, 0, 0, "want a decimal above zero"},
		{"NaN", 2, 2, 0, 0, "want a decimal above zero"},
		{strings.Repeat("9", 31), 2, 2, 0, 0, "want a decimal above zero"},
		{strings.Repeat("9", 25), 2, 2, 0, 0, "too many digits"},
		{"0." + strings.Repeat("0", 25) + "1", 2, 2, 0, 0, "too many digits"},
	} {
		num, den, err := ratio(row.rate, row.pay, row.receive)
		if row.wrong != "" {
			require.ErrorContains(t, err, row.wrong, row.rate)
			continue
		}
		require.NoError(t, err, row.rate)
		require.Equal(t, []uint64{row.num, row.den}, []uint64{num, den}, row.rate)
	}
}

// The ratio of minor units is the rate, exactly: num/den = rate × 10^receive / 10^pay.
func TestARatioIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits, places := rapid.Int64Range(1, 999_999_999).Draw(t, "digits"), rapid.IntRange(0, 6).Draw(t, "places")
		pay, receive := rapid.Uint32Range(0, 4).Draw(t, "pay"), rapid.Uint32Range(0, 4).Draw(t, "receive")
		power := func(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }
		rate := fmt.Sprintf("%0*d", places+1, digits)
		if places > 0 {
			rate = rate[:len(rate)-places] + "." + rate[len(rate)-places:]
		}
		num, den, err := ratio(rate, pay, receive)
		if err != nil {
			t.Fatal(err)
		}
		want := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(digits), power(int64(receive))), new(big.Int).Mul(power(int64(places)), power(int64(pay))))
		if got := new(big.Rat).SetFrac(new(big.Int).SetUint64(num), new(big.Int).SetUint64(den)); got.Cmp(want) != 0 {
			t.Fatalf("%s (%d, %d): want %s, got %s", rate, pay, receive, want, got)
		}
	})
}

func TestAccountsAreChosenOnlyWhereThereIsOne(t *testing.T) {
	p := compliance.Participant{Id: "fxp", Accounts: []compliance.Account{
		{Ledger: "cny", Account: "w-1", Currency: "CNY"},
		{Ledger: "usd", Account: "a-1", Currency: "USD"},
		{Ledger: "usd-2", Account: "a-2", Currency: "USD"},
		{Ledger: "eur", Account: "e-1", Currency: "EUR"},
		{Ledger: "eur", Account: "e-2", Currency: "EUR"},
		{Ledger: "any", Account: "x", Currency: ""},
	}}
	for _, row := range []struct{ code, ledger, account, wrong string }{
		{"CNY", "cny", "w-1", ""},
		{"GBP", "any", "x", ""}, // an account without a currency takes all
		{"GBP", "", "x", ""},
		{"USD", "usd-2", "a-2", ""},
		{"CNY", "usd", "", "fxp has no CNY account on ledger usd registered"},
		{"USD", "", "", "fxp has 3 USD accounts: name the ledger"},
		{"EUR", "eur", "", "fxp has 2 EUR accounts on ledger eur"},
	} {
		a, err := onlyAccount(p, row.code, row.ledger)
		if row.wrong != "" {
			require.ErrorContains(t, err, row.wrong)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, row.account, a.Account)
	}
	_, err := onlyAccount(compliance.Participant{Id: "poor"}, "USD", "")
	require.ErrorContains(t, err, "poor has no USD account registered")
}

func TestANodeThatIsAwayRefusesNothing(t *testing.T) {
	for _, row := range []struct {
		err  error
		away bool
	}{
		{status.Error(codes.Unavailable, "x"), true},
		{fmt.Errorf("payer: %w", status.Error(codes.DeadlineExceeded, "x")), true},
		{context.Canceled, true},
		{missing(status.Error(codes.NotFound, "x"), "there is no %s", "x"), false},
		{missing(status.Error(codes.Unavailable, "x"), "there is no %s", "x"), true},
		{status.Error(codes.InvalidArgument, "x"), false},
		{errors.New("x"), false},
	} {
		require.Equal(t, row.away, nodeFailed(row.err), row.err)
		res, err := refused(Line{Reference: "r"}, row.err)
		require.Equal(t, row.away, err != nil)
		if !row.away {
			require.Equal(t, Refused, res.Status)
		}
	}
}

func TestConclusions(t *testing.T) {
	for state, want := range map[settlement.State]Status{
		settlement.STATE_PROPOSED: Waiting, settlement.STATE_PREPARING: Waiting, settlement.STATE_PIVOTING: Waiting, settlement.STATE_COMMITTED: Waiting,
		settlement.STATE_ABORTED: Waiting, settlement.STATE_SETTLED: Settled, settlement.STATE_UNWOUND: Unwound,
	} {
		require.Equal(t, want, conclude(Line{}, settlement.SettlementView{Settlement: settlement.Settlement{State: state}}).Status, state)
	}
}
