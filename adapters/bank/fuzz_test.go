package bank

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank/iso20022"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt004"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt025"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/camt047"
	"github.com/corridor-network/corridor/adapters/bank/iso20022/pacs002"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

// FuzzAnswer lets the network answer whatever it likes: the adapter does not panic, every error of its has a code, and an entry that
// it believes is in a state that it knows, with an amount where money is held.
func FuzzAnswer(f *testing.F) {
	files, err := filepath.Glob("testdata/*-reply.xml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(raw)
	}
	codec := iso20022.NewCodec()
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, body, err := codec.Decode(raw)
		if err != nil {
			return
		}
		var e sdk.Entry
		switch m := body.(type) {
		case *camt025.ReceiptV05:
			e, err = entryOfReceipt(m)
		case *pacs002.FitoFipaymentStatusReportV11:
			e, err = entryOfStatus(m)
		case *camt047.ReturnReservationV06:
			e, err = entryOfReport(m)
		case *camt004.ReturnAccountV08:
			_, err = balanceOf("ALPHUS33", m)
			requireCode(t, err)
			return
		default:
			return
		}
		requireCode(t, err)
		if err == nil {
			require.NotEqual(t, order.EntryUnknown, e.State)
			require.False(t, e.ID.IsZero())
			require.True(t, e.Currency != "" || e.State == order.EntryTombstoned, "an entry without terms: %+v", e)
		}
	})
}

// FuzzDirectory lets the members directory answer whatever it likes: a key for the account that was asked for, or an error with a code.
func FuzzDirectory(f *testing.F) {
	f.Add([]byte(`{"account":"ALPHUS33","consent_key":{"type":"secp256k1","key":"02aa"}}`))
	f.Add([]byte(`{"account":"ALPHUS33"}`))
	f.Add([]byte(`{"account":"BETAUS33","consent_key":{"type":"secp256k1","key":"zz"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var d directoryAccount
		if json.Unmarshal(raw, &d) != nil {
			return
		}
		_, err := d.publicKey("ALPHUS33")
		requireCode(t, err)
		if err == nil {
			require.Equal(t, "ALPHUS33", d.Account)
		}
	})
}

func requireCode(t *testing.T, err error) {
	t.Helper()
	var coded *sdk.Error
	if err != nil && !errors.As(err, &coded) {
		require.FailNow(t, "an error without a code", "%v", err)
	}
}
