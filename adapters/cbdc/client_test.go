package cbdc_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/cbdc"
	"github.com/corridor-network/corridor/adapters/cbdc/sim/simtest"
	"github.com/corridor-network/corridor/adapters/order"
	"github.com/corridor-network/corridor/adapters/sdk"
)

var payment = simtest.Payment{Reference: "R1", Payer: simtest.Rich, Payee: simtest.Payee, AmountMinor: 700}

func open(t *testing.T, url string) sdk.Ledger {
	return openFor(t, url, replyTimeout)
}

func openFor(t *testing.T, url, timeout string) sdk.Ledger {
	l, err := cbdc.Open(writeConfig(t, url, timeout))
	require.NoError(t, err)
	return l
}

// entryJSON is a sound answer, with one field replaced.
func entryJSON(from, to string) string {
	sound := fmt.Sprintf(`{"entry_id":%q,"state":"HELD","payer":"A","payee":"B","currency":"CNY","amount_minor":700,"reference":"CNY-1"}`, payment.ID())
	return strings.Replace(sound, from, to, 1)
}

// TestWhatIsCertainAfterEachAnswer is the adapter's table of answers: for a call with effects and for a
// question.
func TestWhatIsCertainAfterEachAnswer(t *testing.T) {
	rows := []struct {
		name   string
		status int
		body   string
		effect sdk.Code // of a hold; "" is success
		asked  sdk.Code // of a lookup
	}{
		{"a sound answer", 200, entryJSON("", ""), "", ""},
		{"a field that the adapter does not know", 200, entryJSON("{", `{"colour":"red",`), "", ""},
		{"no JSON", 200, "<html>", sdk.Unknown, sdk.Unavailable},
		{"an empty answer", 200, "", sdk.Unknown, sdk.Unavailable},
		{"half an answer", 200, entryJSON("", "")[:40], sdk.Unknown, sdk.Unavailable},
		{"no entry id", 200, `{}`, sdk.Unknown, sdk.Unavailable},
		{"a state nobody knows", 200, entryJSON("HELD", "PENDING"), sdk.Unknown, sdk.Unavailable},
		{"a state in lower case", 200, entryJSON("HELD", "held"), sdk.Unknown, sdk.Unavailable},
		{"an amount below zero", 200, entryJSON("700", "-700"), sdk.Unknown, sdk.Unavailable},
		{"an amount with decimals", 200, entryJSON("700", "7.5"), sdk.Unknown, sdk.Unavailable},
		{"an answer without end", 200, strings.Repeat(" ", 300<<10), sdk.Unknown, sdk.Unavailable},
		{"invalid", 400, `{"code":"invalid","message":"m"}`, sdk.Invalid, sdk.Invalid},
		{"unauthenticated", 401, `{"code":"unauthenticated","message":"m"}`, sdk.Denied, sdk.Denied},
		{"denied", 403, `{"code":"denied","message":"m"}`, sdk.Denied, sdk.Denied},
		{"not found", 404, `{"code":"not-found","message":"m"}`, sdk.NotFound, sdk.NotFound},
		{"conflict", 409, `{"code":"conflict","message":"m"}`, sdk.Conflict, sdk.Conflict},
		{"too large", 413, `{"code":"too-large","message":"m"}`, sdk.Invalid, sdk.Invalid},
		{"unavailable", 503, `{"code":"unavailable","message":"m"}`, sdk.Unavailable, sdk.Unavailable},
		{"internal", 500, `{"code":"internal","message":"m"}`, sdk.Unknown, sdk.Unavailable},
		{"a gateway's not found", 404, "not here", sdk.Unknown, sdk.Unavailable},
		{"a gateway's unavailable", 503, "<html>", sdk.Unknown, sdk.Unavailable},
		{"a code that does not fit the status", 502, `{"code":"not-found","message":"m"}`, sdk.Unknown, sdk.Unavailable},
		{"a code nobody knows", 418, `{"code":"teapot","message":"m"}`, sdk.Unknown, sdk.Unavailable},
		{"a redirect", 302, "", sdk.Unknown, sdk.Unavailable},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.body))
			}))
			defer s.Close()
			l := open(t, s.URL)
			_, err := l.Hold(t.Context(), payment.Hold())
			require.Equal(t, row.effect, sdk.CodeOf(err), "hold: %v", err)
			_, err = l.Lookup(t.Context(), payment.ID())
			require.Equal(t, row.asked, sdk.CodeOf(err), "lookup: %v", err)
		})
	}
}

func TestWhatIsCertainWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + nobody.Addr().String()
	require.NoError(t, nobody.Close())

	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangsUp.Close()
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)

	for _, row := range []struct {
		name, url, timeout string
		effect, asked      sdk.Code
	}{
		{"nobody listens, so nothing was sent", closed, replyTimeout, sdk.Unavailable, sdk.Unavailable},
		{"the connection breaks after the order", hangsUp.URL, replyTimeout, sdk.Unknown, sdk.Unavailable},
		{"no answer in time", silent.URL, noTimeAtAll, sdk.Unknown, sdk.Unavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := openFor(t, row.url, row.timeout)
			for verb, call := range effects(l) {
				_, err := call(t.Context())
				require.Equal(t, row.effect, sdk.CodeOf(err), "%s: %v", verb, err)
				require.NotContains(t, err.Error(), simtest.NotaryToken)
			}
			_, err = l.Lookup(t.Context(), payment.ID())
			require.Equal(t, row.asked, sdk.CodeOf(err), "%v", err)
			_, err = l.ConsentKey(t.Context(), simtest.Rich)
			require.Equal(t, row.asked, sdk.CodeOf(err), "%v", err)
			_, err = l.(sdk.BalanceReader).Balance(t.Context(), simtest.Rich)
			require.Equal(t, row.asked, sdk.CodeOf(err), "%v", err)
		})
	}
}

// effects are the calls that can have one.
func effects(l sdk.Ledger) map[string]func(context.Context) (sdk.Entry, error) {
	return map[string]func(context.Context) (sdk.Entry, error){
		"hold":   func(ctx context.Context) (sdk.Entry, error) { return l.Hold(ctx, payment.Hold()) },
		"refuse": func(ctx context.Context) (sdk.Entry, error) { return l.Refuse(ctx, payment.Hold()) },
		"post": func(ctx context.Context) (sdk.Entry, error) {
			return l.Post(ctx, sdk.PostOrder{Instruction: payment.Instruction(order.Post)})
		},
		"void": func(ctx context.Context) (sdk.Entry, error) {
			return l.Void(ctx, sdk.VoidOrder{Instruction: payment.Instruction(order.Void)})
		},
	}
}

func TestACallEndsWithItsCaller(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		leave() // the caller gives up when the order has arrived
		<-release
	}))
	defer silent.Close()
	defer close(release)
	_, err := open(t, silent.URL).Hold(ctx, payment.Hold())
	require.Equal(t, sdk.Unknown, sdk.CodeOf(err))
	require.ErrorIs(t, err, context.Canceled)
}

func TestAReasonSaysItsCodeAndAnAccountOfAnotherNotationIsNotFound(t *testing.T) {
	s := simtest.Start(t)
	l := open(t, s.URL)
	poor := payment
	poor.Payer = simtest.Poor
	e, err := l.Hold(t.Context(), poor.Hold())
	require.NoError(t, err)
	require.Equal(t, order.EntryTombstoned, e.State)
	require.True(t, strings.HasPrefix(e.Reason, "insufficient-funds: "), e.Reason)
	for _, account := range []sdk.Account{"..", "a/b", "DE89 3704 0044 0532 0130 00", "?x=1", "held:" + simtest.Rich} {
		_, err := l.ConsentKey(t.Context(), account)
		require.Equal(t, sdk.NotFound, sdk.CodeOf(err), "%s: %v", account, err)
		_, err = l.(sdk.BalanceReader).Balance(t.Context(), account)
		require.Equal(t, sdk.NotFound, sdk.CodeOf(err), "%s: %v", account, err)
	}
	b, err := l.(sdk.BalanceReader).Balance(t.Context(), simtest.Rich)
	require.NoError(t, err)
	require.Equal(t, sdk.Balance{Account: simtest.Rich, Currency: "CNY", AvailableMinor: 10_000_000}, b)
}

func TestABookThatMakesNoSenseIsNotTaken(t *testing.T) {
	sound := `{"chain_id":"corridor-1","height":7,"hash":"` + strings.Repeat("AB", 32) + `","number":3}`
	for name, row := range map[string]struct {
		status int
		body   string
		taken  sdk.Code
		asked  sdk.Code
	}{
		"a sound book":         {200, sound, "", ""},
		"no JSON":              {200, "<html>", sdk.Unknown, sdk.Unavailable},
		"a hash that is none":  {200, strings.Replace(sound, "AB", "XY", 1), sdk.Unknown, sdk.Unavailable},
		"a hash cut short":     {200, strings.Replace(sound, "AB", "", 1), sdk.Unknown, sdk.Unavailable},
		"a height below zero":  {200, strings.Replace(sound, "7", "-7", 1), sdk.Unknown, sdk.Unavailable},
		"no chain":             {200, `{}`, sdk.Unknown, sdk.Unavailable},
		"denied":               {403, `{"code":"denied","message":"batch: header refused"}`, sdk.Denied, sdk.Denied},
		"a fork":               {409, `{"code":"conflict","message":"batch: forked"}`, sdk.Conflict, sdk.Conflict},
		"no batch":             {400, `{"code":"invalid","message":"batch: malformed"}`, sdk.Invalid, sdk.Invalid},
		"too large":            {413, `{"code":"too-large","message":"m"}`, sdk.Invalid, sdk.Invalid},
		"turned away":          {503, `{"code":"unavailable","message":"m"}`, sdk.Unavailable, sdk.Unavailable},
		"an error of the disk": {500, `{"code":"internal","message":"m"}`, sdk.Unknown, sdk.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.body)) // a reply that can't be written fails the call, and the test
			}))
			defer s.Close()
			book := open(t, s.URL).(sdk.OrderBook)
			_, err := book.Take(t.Context(), []byte{1})
			require.Equal(t, row.taken, sdk.CodeOf(err), "%v", err)
			_, err = book.Book(t.Context())
			require.Equal(t, row.asked, sdk.CodeOf(err), "%v", err)
		})
	}
}
