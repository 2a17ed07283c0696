package ledgerhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/ledgerhttp"
	"github.com/corridor-network/corridor/adapters/sdk"
)

func TestWhatIsCertainAfterACall(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, body)
		}
	}
	problem := func(code string) string { return `{"code":"` + code + `","message":"why"}` }
	for name, c := range map[string]struct {
		ledger http.HandlerFunc
		order  sdk.Code
		asks   sdk.Code
	}{
		"it answers":                    {answer(200, "yes"), "", ""},
		"invalid":                       {answer(400, problem("invalid")), sdk.Invalid, sdk.Invalid},
		"unauthenticated":               {answer(401, problem("unauthenticated")), sdk.Denied, sdk.Denied},
		"denied":                        {answer(403, problem("denied")), sdk.Denied, sdk.Denied},
		"not found":                     {answer(404, problem("not-found")), sdk.NotFound, sdk.NotFound},
		"conflict":                      {answer(409, problem("conflict")), sdk.Conflict, sdk.Conflict},
		"too large":                     {answer(413, problem("too-large")), sdk.Invalid, sdk.Invalid},
		"unavailable":                   {answer(503, problem("unavailable")), sdk.Unavailable, sdk.Unavailable},
		"internal":                      {answer(500, problem("internal")), sdk.Unknown, sdk.Unavailable},
		"a code that is none":           {answer(400, problem("odd")), sdk.Unknown, sdk.Unavailable},
		"a status that does not fit":    {answer(404, problem("unavailable")), sdk.Unknown, sdk.Unavailable},
		"a proxy's own page":            {answer(503, "<html>try later</html>"), sdk.Unknown, sdk.Unavailable},
		"no content":                    {answer(204, ""), sdk.Unknown, sdk.Unavailable},
		"a redirection":                 {answer(302, ""), sdk.Unknown, sdk.Unavailable},
		"a reply that is too large":     {answer(200, strings.Repeat("y", 2000)), sdk.Unknown, sdk.Unavailable},
		"a connection closed, no reply": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, sdk.Unknown, sdk.Unavailable},
		"a reply that is cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = fmt.Fprint(w, "ye")
		}, sdk.Unknown, sdk.Unavailable},
		"silence": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // the server only sees its caller go once the body is read
			<-r.Context().Done()
		}, sdk.Unknown, sdk.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(c.ledger)
			t.Cleanup(s.Close)
			client := newClient(t, s.URL)
			for asks, want := range map[bool]sdk.Code{false: c.order, true: c.asks} {
				raw, err := client.Do(t.Context(), ledgerhttp.Call{Method: http.MethodPost, Path: []string{"x"}, Body: []byte("b"), Asks: asks, MaxReply: 1000})
				require.Equal(t, want, sdk.CodeOf(err), "%v", err)
				if want == "" {
					require.Equal(t, "yes", string(raw))
				}
			}
		})
	}
}

func TestNothingWasSentToALedgerThatIsNotThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	client := newClient(t, s.URL)
	s.Close()
	_, err := client.Do(t.Context(), ledgerhttp.Call{Method: http.MethodPost, Path: []string{"x"}, MaxReply: 1})
	require.Equal(t, sdk.Unavailable, sdk.CodeOf(err), "%v", err)
}

func TestACallBearsTheTokenAndItsPathIsEscaped(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, " ", r.URL.EscapedPath(), " ", r.Header.Get("Authorization"), " ", r.Header.Get("Content-Type"))
	}))
	t.Cleanup(s.Close)
	raw, err := newClient(t, s.URL).Do(t.Context(), ledgerhttp.Call{
		Method: http.MethodPut, Path: []string{"a", "../b/c?d"}, Body: []byte("b"), MediaType: "application/xml", MaxReply: 200,
	})
	require.NoError(t, err)
	require.Equal(t, "PUT /a/..%2Fb%2Fc%3Fd Bearer token-of-a-notary application/xml", string(raw))
}

func newClient(t *testing.T, url string) *ledgerhttp.Client {
	base, err := ledgerhttp.ParseURL(url)
	require.NoError(t, err)
	c := ledgerhttp.New(base, "token-of-a-notary", 300*time.Millisecond)
	t.Cleanup(c.Close)
	return c
}

func TestWhereATokenMayBeSent(t *testing.T) {
	for _, good := range []string{"http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1/", "https://bank.example:443"} {
		_, err := ledgerhttp.ParseURL(good)
		require.NoError(t, err)
	}
	for bad, want := range map[string]string{
		"":                          "want scheme, host and port",
		"127.0.0.1:8080":            "first path segment",
		"http://":                   "want scheme, host and port",
		"http://bank.example":       "use https",
		"http://10.0.0.1:80":        "use https",
		"ftp://127.0.0.1":           "want https",
		"https://u:p@bank.example":  "nothing else",
		"https://bank.example/api":  "nothing else",
		"https://bank.example?x=1":  "nothing else",
		"https://bank.example/#top": "nothing else",
	} {
		_, err := ledgerhttp.ParseURL(bad)
		require.ErrorContains(t, err, want, bad)
		require.NotContains(t, err.Error(), "u:p", "a password in an error")
	}
}

func TestATokenIsReadFromAFileThatOnlyItsOwnerReads(t *testing.T) {
	write := func(text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "token")
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	token, err := ledgerhttp.ReadToken(write("token-of-a-notary\n", 0o600))
	require.NoError(t, err)
	require.Equal(t, "token-of-a-notary", token)
	for path, want := range map[string]string{
		write("token-of-a-notary", 0o644):            "chmod 600",
		write("short", 0o600):                        "want one token",
		write("two tokens, not one", 0o600):          "want one token",
		write(strings.Repeat("t", 257), 0o600):       "want one token",
		write(strings.Repeat("t", 1000), 0o600):      "are no token",
		t.TempDir():                                  "no regular file",
		filepath.Join(t.TempDir(), "does-not-exist"): "no such file",
	} {
		_, err := ledgerhttp.ReadToken(path)
		require.ErrorContains(t, err, want)
	}
}
