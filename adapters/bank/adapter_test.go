package bank_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/bank"
	"github.com/corridor-network/corridor/adapters/bank/sim/simtest"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func TestAConfigurationThatIsWrongIsRefusedWithItsField(t *testing.T) {
	good := "ledger: bank-usd\ncurrency: USD\nurl: http://127.0.0.1:1\ntoken_file: token\n"
	for name, c := range map[string]struct{ from, to, want string }{
		"no ledger":               {"ledger: bank-usd\n", "", "ledger"},
		"a ledger id that's none": {"bank-usd", "\"bank usd\"", "ledger"},
		"no currency":             {"currency: USD\n", "", "currency"},
		"no ISO 4217 code":        {"USD", "QQQ", "currency"},
		"no url":                  {"url: http://127.0.0.1:1\n", "", "url"},
		"a url in the clear":      {"127.0.0.1", "bank.example", "use https"},
		"no token file":           {"token_file: token\n", "", "token_file"},
		"a token file not there":  {"token_file: token", "token_file: other", "token_file"},
		"a timeout of hours":      {"ledger:", "timeout: 5h\nledger:", "timeout"},
		"a field it doesn't know": {"ledger:", "colour: red\nledger:", "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.from)
			path := filepath.Join(t.TempDir(), "bank.yaml")
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "token"), []byte("token-of-a-notary"), 0o600))
			require.NoError(t, os.WriteFile(path, []byte(strings.Replace(good, c.from, c.to, 1)), 0o600))
			_, err := bank.Open(path)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, sdk.Invalid, sdk.CodeOf(err))
		})
	}
}

// What ISO 20022 has no words for this network can never execute: the id is closed for good, by a tombstone
// that does not say what it was about.
func TestAnOrderThatTheNetworkCanNotSayIsRefusedForGood(t *testing.T) {
	s := simtest.Start(t)
	l, err := bank.Open(writeConfig(t, s.URL, replyTimeout))
	require.NoError(t, err)
	for name, spoil := range map[string]func(*order.Instruction){
		"a payee without a BIC":        func(i *order.Instruction) { i.Payee = "W-ALPHA" },
		"a payer without a BIC":        func(i *order.Instruction) { i.Payer = "W-ALPHA" },
		"a payee of a broken IBAN":     func(i *order.Instruction) { i.Payee = "PAYEGB2L:GB34BUKB20201555555555" },
		"a currency without decimals?": func(i *order.Instruction) { i.Currency = "XTS" },
	} {
		t.Run(name, func(t *testing.T) {
			o := fixedOrder(strings.ReplaceAll(name, " ", "-"), simtest.Rich, 100)
			spoil(&o.Instruction)
			for range 2 {
				e, err := l.Hold(t.Context(), o)
				require.NoError(t, err)
				require.Equal(t, order.EntryTombstoned, e.State)
				require.Contains(t, e.Reason, "no order of this network")
			}
			_, err = l.Post(t.Context(), sdk.PostOrder{Instruction: as(order.Post, o)})
			require.Equal(t, sdk.Conflict, sdk.CodeOf(err), "%v", err)
			e, err := l.Void(t.Context(), sdk.VoidOrder{Instruction: as(order.Void, o)})
			require.NoError(t, err)
			require.Equal(t, order.EntryTombstoned, e.State)
		})
	}
	require.EqualValues(t, simtest.Issued, s.Check(t).WalletsMinor)
}

// Such an order never ends what another one holds under its id.
func TestAnOrderThatTheNetworkCanNotSayLeavesAHeldEntryAlone(t *testing.T) {
	s := simtest.Start(t)
	l, err := bank.Open(writeConfig(t, s.URL, replyTimeout))
	require.NoError(t, err)
	o := fixedOrder("held", simtest.Rich, 100)
	_, err = l.Hold(t.Context(), o)
	require.NoError(t, err)
	odd := o
	odd.Instruction.Payee = "W-ALPHA"
	_, err = l.Void(t.Context(), sdk.VoidOrder{Instruction: as(order.Void, odd)})
	require.Equal(t, sdk.Conflict, sdk.CodeOf(err), "%v", err)
	_, err = l.Post(t.Context(), sdk.PostOrder{Instruction: as(order.Post, odd)})
	require.Equal(t, sdk.Conflict, sdk.CodeOf(err), "%v", err)
	e, err := l.Lookup(t.Context(), o.Instruction.Entry)
	require.NoError(t, err)
	require.Equal(t, order.EntryHeld, e.State)
}

// A reply that breaks its official schema, or is no reply to what was sent, is as good as lost.
func TestAReplyThatIsNoneIsAsGoodAsLost(t *testing.T) {
	raw := func(name string) string {
		b, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
		require.NoError(t, err)
		return string(b)
	}
	for name, reply := range map[string]string{
		"nothing":               "",
		"a web page":            "<html><body>Welcome</body></html>",
		"another message":       raw("post-reply"),
		"a message of ours":     raw("hold-request"),
		"a broken schema":       strings.Replace(raw("hold-reply"), "<StsCd>HELD</StsCd>", "<StsCd>HELD-IT</StsCd>", 1),
		"a broken supplement":   strings.Replace(raw("hold-reply"), "<Sts>HELD</Sts>", "<Sts>KEPT</Sts>", 1),
		"a document type in it": strings.Replace(raw("hold-reply"), "<Document", "<!DOCTYPE Document>\n<Document", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(reply)) }))
			t.Cleanup(s.Close)
			l, err := bank.Open(writeConfig(t, s.URL, replyTimeout))
			require.NoError(t, err)
			o := fixedOrder("paid", simtest.Rich, 12_345)
			_, err = l.Hold(t.Context(), o)
			require.Equal(t, sdk.Unknown, sdk.CodeOf(err), "%v", err)
			_, err = l.Lookup(t.Context(), o.Instruction.Entry)
			require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "a question has no effect: %v", err)
		})
	}
}

func TestAnAccountThatIsNoneHasNoKeyAndNoBalance(t *testing.T) {
	s := simtest.Start(t)
	l, err := bank.Open(writeConfig(t, s.URL, replyTimeout))
	require.NoError(t, err)
	for _, a := range []sdk.Account{"", "W-ALPHA", "../../admin/accounts", simtest.Unknown, simtest.Keyless} {
		_, err := l.ConsentKey(t.Context(), a)
		require.Equal(t, sdk.NotFound, sdk.CodeOf(err), "%s: %v", a, err)
		if a == simtest.Keyless {
			continue
		}
		_, err = l.(sdk.BalanceReader).Balance(t.Context(), a)
		require.Equal(t, sdk.NotFound, sdk.CodeOf(err), "%s: %v", a, err)
	}
}
