package swap

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/order"
)

// FuzzFile reads whatever payments file: no panic, every line that is returned is valid and unlike the others, and written as a
// file again the same lines are read.
func FuzzFile(f *testing.F) {
	const header = "payer,payee,amount,currency,receive-currency,quote,provider,reference\n"
	f.Add([]byte(header + "bank-a,bank-b,700.00,CNY,USD,,fxp,r-1\nbank-a,bank-b,70,CNY,USD,,fxp,r-2\n"))
	f.Add([]byte("\ufeffPayee, payer,amount,currency,receive-currency,provider,reference\nbank-b,\"bank-a\",1,CNY,USD,fxp,\"r \"\"1\"\"\"\n"))
	f.Add([]byte(header + "bank-a,bank-b,700.00,CNY,CNY,,fxp,r-1\n,,,,,,,\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		lines, err := ReadFile(bytes.NewReader(raw))
		if err != nil {
			require.Empty(t, lines)
			return
		}
		require.NotEmpty(t, lines)
		var again bytes.Buffer
		out := csv.NewWriter(&again)
		require.NoError(t, out.Write(columns))
		seen := map[[2]string]bool{}
		for _, l := range lines {
			require.NoError(t, l.Validate())
			require.False(t, seen[[2]string{l.Payer, l.Reference}], "one reference of one payer in two lines")
			seen[[2]string{l.Payer, l.Reference}] = true
			require.NoError(t, out.Write([]string{
				l.Payer, l.Payee, l.Amount, l.Currency, l.ReceiveCurrency, l.Quote, l.Provider, l.Reference,
			}))
		}
		out.Flush()
		require.NoError(t, out.Error())
		back, err := ReadFile(&again)
		require.NoError(t, err)
		for i := range lines {
			lines[i].Number, back[i].Number = 0, 0
		}
		require.Equal(t, lines, back)
	})
}

// FuzzAmount: an amount is read exactly or not at all, and what is read is written and read again as the same.
func FuzzAmount(f *testing.F) {
	f.Add("700.00", uint8(2))
	f.Add("+1", uint8(0))
	f.Add("1e3", uint8(2))
	f.Add("0.001", uint8(3))
	f.Add("999999999999999999", uint8(0))
	f.Fuzz(func(t *testing.T, text string, exponent uint8) {
		decimals := uint32(exponent % 5) // ISO 4217 has 0 to 4
		minor, err := ParseAmount(text, "CNY", decimals)
		if err != nil {
			return
		}
		require.NotZero(t, minor)
		require.LessOrEqual(t, minor, uint64(order.MaxAmountMinor))
		written := FormatAmount(minor, "", decimals)
		again, err := ParseAmount(written[:len(written)-1], "CNY", decimals)
		require.NoError(t, err, written)
		require.Equal(t, minor, again)
	})
}
