package iso20022_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
)

// FuzzMessage sends in whatever bytes: no panic, only the errors that Decode names, and what is read and can be written again
// (a supplement of somebody else's is dropped) is then one message, written the same way ever after.
func FuzzMessage(f *testing.F) {
	files, err := filepath.Glob("../testdata/*.xml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(raw)
	}
	c := iso20022.NewCodec()
	named := []error{iso20022.ErrTooLarge, iso20022.ErrMalformed, iso20022.ErrForbidden, iso20022.ErrNoKind, iso20022.ErrSchema}
	f.Fuzz(func(t *testing.T, raw []byte) {
		kind, body, err := c.Decode(raw)
		if err != nil {
			require.True(t, slices.ContainsFunc(named, func(want error) bool { return errors.Is(err, want) }), "an error without a name: %v", err)
			return
		}
		written, err := c.Encode(body)
		if err != nil {
			return
		}
		kindAgain, again, err := c.Decode(written)
		require.NoError(t, err, "a message that was written can't be read: %s", written)
		require.Equal(t, kind, kindAgain)
		twice, err := c.Encode(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))
	})
}

// FuzzAmount: an amount is read exactly or not at all, and what is read is written and read again as the same.
func FuzzAmount(f *testing.F) {
	for _, a := range [][2]string{{"123.45", "USD"}, {"+0001.50000", "EUR"}, {"9999999999999999.99", "CNY"}, {".07", "USD"}, {"150", "JPY"}, {"1.234", "TND"}, {"1e2", "USD"}} {
		f.Add(a[0], a[1])
	}
	f.Fuzz(func(t *testing.T, text, currency string) {
		minor, err := iso20022.ParseAmount(text, currency)
		if err != nil {
			require.ErrorIs(t, err, iso20022.ErrAmount)
			return
		}
		written, err := iso20022.FormatAmount(minor, currency)
		require.NoError(t, err)
		again, err := iso20022.ParseAmount(written, currency)
		require.NoError(t, err)
		require.Equal(t, minor, again)
	})
}

// FuzzAccount: an account has one notation, and its member and number name it too.
func FuzzAccount(f *testing.F) {
	for _, a := range []string{"ALPHUS33", "ALPHUS33XXX", "ALPHUS33:10002", "PAYEGB2L:GB33BUKB20201555555555", "PAYEGB2L:GB34BUKB20201555555555", "ALPHUS33:"} {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := iso20022.ParseAccount(text)
		if err != nil {
			require.ErrorIs(t, err, iso20022.ErrAccount)
			return
		}
		require.Equal(t, text, a.String())
		back, err := iso20022.AccountOf(a.BIC, a.Number())
		require.NoError(t, err)
		require.Equal(t, a, back)
	})
}
