package swap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/order"
)

func TestAmounts(t *testing.T) {
	for _, row := range []struct {
		text     string
		exponent uint32
		minor    uint64
		wrong    string
	}{
		{"700.00", 2, 70000, ""},
		{"700", 2, 70000, ""},
		{"0.01", 2, 1, ""},
		{"700.000", 2, 70000, ""},
		{"1500", 0, 1500, ""},
		{"9999999999999999.99", 2, 999999999999999999, ""},
		{"10000000000000000.00", 2, 0, "more than a payment can carry"},
		{"0.001", 2, 0, "finer than the currency's minor unit: USD has 2 decimal places"},
		{"1.5", 0, 0, "finer than"},
		{"0", 2, 0, "not more than zero"},
		{"-1", 2, 0, "not more than zero"},
		{"", 2, 0, "not an amount"},
		{"1,000.00", 2, 0, "not an amount"},
		{"1e3", 2, 0, "not an amount"},
		{"NaN", 2, 0, "not an amount"},
		{"Infinity", 2, 0, "not an amount"},
		{"1_000", 2, 0, "not an amount"},
		{strings.Repeat("1", 41), 2, 0, "at most 40"},
	} {
		minor, err := ParseAmount(row.text, "USD", row.exponent)
		if row.wrong != "" {
			require.ErrorContains(t, err, row.wrong, row.text)
			continue
		}
		require.NoError(t, err, row.text)
		require.Equal(t, row.minor, minor, row.text)
	}
}

func TestAmountsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Uint64Range(1, order.MaxAmountMinor).Draw(t, "minor")
		exponent := rapid.Uint32Range(0, 4).Draw(t, "exponent")
		text, _, _ := strings.Cut(FormatAmount(minor, "XXX", exponent), " ")
		got, err := ParseAmount(text, "XXX", exponent)
		if err != nil || got != minor {
			t.Fatalf("%d -> %s -> %d, %v", minor, text, got, err)
		}
	})
}

const header = "payer,payee,amount,currency,receive-currency,quote,provider,reference\n"

func TestAFile(t *testing.T) {
	lines, err := ReadFile(strings.NewReader("\ufeff" + header + "bank-a,bank-b,700.00,CNY,USD,,fxp,inv-1\n\"bank-a\", bank-b ,1,CNY,USD,ab,,inv-2\n"))
	require.NoError(t, err)
	require.Equal(t, Line{2, "bank-a", "bank-b", "700.00", "CNY", "USD", "", "fxp", "inv-1"}, lines[0])
	require.Equal(t, "ab", lines[1].Quote)
	require.Equal(t, 3, lines[1].Number)
}

func TestBadFiles(t *testing.T) {
	for _, row := range []struct{ name, file, want string }{
		{"empty", "", "the file is empty"},
		{"header alone", header, "no payments"},
		{"unknown column", "payer,colour\n", `no column "colour"`},
		{"missing column", "payer,payee,amount,currency,quote,provider,reference\n", `column "receive-currency" is missing`},
		{"column twice", "payer,payer\n", "there twice"},
		{"missing field", header + "a,b,1,CNY,USD,,fxp,\n", "line 2: reference is missing"},
		{"quote and provider", header + "a,b,1,CNY,USD,q,fxp,r\n", "line 2: give either quote"},
		{"neither", header + "a,b,1,CNY,USD,,,r\n", "line 2: give either quote"},
		{"one currency", header + "a,b,1,CNY,CNY,,fxp,r\n", "line 2: currency and receive-currency are both CNY"},
		{"reference twice", header + "a,b,1,CNY,USD,,fxp,r\na,b,2,CNY,USD,,fxp,r\n", `line 3: reference "r" of payer a is used in line 2`},
		{"field count", header + "a,b\n", "wrong number of fields"},
		{"two bad lines", header + "a,b,1,CNY,USD,,,r\n,b,1,CNY,USD,,x,r\n", "line 3: payer is missing"},
		{"too long", header + strings.Repeat("a", 300) + ",b,1,CNY,USD,,f,r\n", "at most 256"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ReadFile(strings.NewReader(row.file))
			require.ErrorContains(t, err, row.want)
		})
	}
}
