package iso20022_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
)

func TestAnAccountIsNamedByItsMemberAndItsID(t *testing.T) {
	for text, c := range map[string]struct {
		want   iso20022.Account
		number string
		iban   bool
	}{
		"ALPHUS33":                        {iso20022.Account{BIC: "ALPHUS33"}, "ALPHUS33", false},
		"ALPHUS33XXX":                     {iso20022.Account{BIC: "ALPHUS33XXX"}, "ALPHUS33XXX", false},
		"ALPHUS33:10002":                  {iso20022.Account{BIC: "ALPHUS33", ID: "10002"}, "10002", false},
		"PAYEGB2L:GB33BUKB20201555555555": {iso20022.Account{BIC: "PAYEGB2L", ID: "GB33BUKB20201555555555"}, "GB33BUKB20201555555555", true},
	} {
		t.Run(text, func(t *testing.T) {
			got, err := iso20022.ParseAccount(text)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.Equal(t, text, got.String())
			require.Equal(t, c.number, got.Number())
			require.Equal(t, c.iban, got.IsIBAN())
			back, err := iso20022.AccountOf(got.BIC, got.Number())
			require.NoError(t, err)
			require.Equal(t, got, back)
		})
	}
}

func TestWhatIsNoAccountOfABankNetwork(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                         "",
		"no BIC":                        "W-ALPHA",
		"a BIC too short":               "ALPHUS3",
		"a BIC of nine":                 "ALPHUS33X",
		"a BIC of no country":           "ALPHQQ33",
		"a BIC in small letters":        "alphus33",
		"an id that is empty":           "ALPHUS33:",
		"an id with a space":            "ALPHUS33:1 2",
		"an id with a slash":            "ALPHUS33:1/2",
		"an id with a colon":            "ALPHUS33:1:2",
		"an id of 35 characters":        "ALPHUS33:12345678901234567890123456789012345",
		"an id that starts with a dot":  "ALPHUS33:.1",
		"an IBAN of wrong check digits": "PAYEGB2L:GB34BUKB20201555555555",
		"an IBAN too short":             "PAYEGB2L:GB33BUKB2020155555",
		"an id that is the BIC":         "ALPHUS33:ALPHUS33",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := iso20022.ParseAccount(text)
			require.ErrorIs(t, err, iso20022.ErrAccount)
		})
	}
}
