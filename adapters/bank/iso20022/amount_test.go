package iso20022_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
)

func TestAnAmountIsReadExactlyOrNotAtAll(t *testing.T) {
	for name, c := range map[string]struct {
		text, currency string
		want           uint64
		bad            bool
	}{
		"two decimals":                 {"1.50", "USD", 150, false},
		"one decimal":                  {"1.5", "USD", 150, false},
		"no decimals":                  {"7", "USD", 700, false},
		"a dot and no decimals":        {"7.", "USD", 700, false},
		"no whole part":                {".07", "USD", 7, false},
		"a plus sign":                  {"+1.00", "USD", 100, false},
		"leading zeros":                {"0001.00", "USD", 100, false},
		"zeros after the minor unit":   {"1.50000", "USD", 150, false},
		"white space around":           {" 1.50\n", "USD", 150, false},
		"zero":                         {"0.00", "USD", 0, false},
		"a currency without decimals":  {"150", "JPY", 150, false},
		"a currency of three decimals": {"1.234", "TND", 1234, false},
		"eighteen digits":              {"9999999999999999.99", "USD", 999_999_999_999_999_999, false},
		"nineteen digits":              {"10000000000000000.00", "USD", 0, true},
		"finer than the minor unit":    {"1.005", "USD", 0, true},
		"finer, no decimals allowed":   {"1.5", "JPY", 0, true},
		"negative":                     {"-1.00", "USD", 0, true},
		"an exponent":                  {"1e2", "USD", 0, true},
		"not a number":                 {"NaN", "USD", 0, true},
		"infinity":                     {"Infinity", "USD", 0, true},
		"a comma":                      {"1,50", "USD", 0, true},
		"two dots":                     {"1.5.0", "USD", 0, true},
		"empty":                        {"", "USD", 0, true},
		"a dot alone":                  {".", "USD", 0, true},
		"digits of another script":     {"١", "USD", 0, true},
		"no such currency":             {"1.00", "QQQ", 0, true},
		"the test currency":            {"1.00", "XTS", 0, true},
		"a currency in small letters":  {"1.00", "usd", 0, true},
		"white space within":           {"1 000", "USD", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := iso20022.ParseAmount(c.text, c.currency)
			if c.bad {
				require.ErrorIs(t, err, iso20022.ErrAmount)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestAnAmountIsWrittenAtTheCurrencysExponent(t *testing.T) {
	for _, c := range []struct {
		minor    uint64
		currency string
		want     string
	}{
		{150, "USD", "1.50"},
		{7, "USD", "0.07"},
		{0, "USD", "0.00"},
		{100, "JPY", "100"},
		{1234, "TND", "1.234"},
		{iso20022.MaxAmountMinor, "USD", "9999999999999999.99"},
	} {
		got, err := iso20022.FormatAmount(c.minor, c.currency)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := iso20022.FormatAmount(iso20022.MaxAmountMinor+1, "USD")
	require.ErrorIs(t, err, iso20022.ErrAmount)
	_, err = iso20022.FormatAmount(1, "QQQ")
	require.ErrorIs(t, err, iso20022.ErrAmount)
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Uint64Range(0, iso20022.MaxAmountMinor).Draw(t, "minor")
		currency := rapid.SampledFrom([]string{"USD", "CNY", "JPY", "TND", "EUR", "CLF"}).Draw(t, "currency")
		text, err := iso20022.FormatAmount(minor, currency)
		require.NoError(t, err)
		got, err := iso20022.ParseAmount(text, currency)
		require.NoError(t, err)
		require.Equal(t, minor, got)
	})
}
