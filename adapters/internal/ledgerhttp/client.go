package ledgerhttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/corridor-network/corridor/adapters/sdk"
)

const (
	dialTimeout = 3 * time.Second
	idleTimeout = 30 * time.Second // shorter than the ledger's, so that it rarely closes first
	maxIdle     = 16
)

// Client calls one ledger. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	token   string
	timeout time.Duration
	http    *http.Client
}

// New makes a client for the ledger at base, as ParseURL gives it. timeout bounds one call.
func New(base *url.URL, token string, timeout time.Duration) *Client {
	return &Client{base: base, token: token, timeout: timeout, http: &http.Client{
		Transport: &http.Transport{
			Proxy:               nil, // the token goes to the ledger alone
			DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: idleTimeout}).DialContext,
			TLSHandshakeTimeout: dialTimeout, IdleConnTimeout: idleTimeout,
			MaxIdleConns: maxIdle, MaxIdleConnsPerHost: maxIdle, MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close gives the connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Call is one request.
type Call struct {
	Method    string
	Path      []string // elements; escaped here
	MediaType string   // of the body
	Body      []byte
	Asks      bool  // a question: the call has no effect, so after any failure nothing happened
	MaxReply  int64 // bytes
}

// Do makes the call, once, and gives the body of a 200. Any other answer is an error of the closed set.
func (c *Client) Do(ctx context.Context, q Call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	r, err := http.NewRequestWithContext(ctx, q.Method, c.base.JoinPath(escaped(q.Path)...).String(), bytes.NewReader(q.Body))
	if err != nil {
		return nil, &sdk.Error{Code: sdk.Invalid, Message: "the call to the ledger can't be made", Err: err}
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if len(q.Body) > 0 {
		r.Header.Set("Content-Type", q.MediaType)
	}
	// net/http sends a POST again by itself only where no byte of it had gone out.
	reply, err := c.http.Do(r)
	if err != nil {
		return nil, q.lost(connected.Load(), withoutURL(err))
	}
	defer reply.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(reply.Body, q.MaxReply+1))
	if err == nil && int64(len(raw)) > q.MaxReply {
		err = fmt.Errorf("the reply is larger than %d bytes", q.MaxReply)
	}
	switch {
	case err != nil:
		return nil, q.Lost(err)
	case reply.StatusCode != http.StatusOK:
		return nil, q.refused(reply.StatusCode, raw)
	}
	return raw, nil
}

func escaped(path []string) []string {
	out := make([]string, len(path))
	for i, p := range path {
		out[i] = url.PathEscape(p)
	}
	return out
}

// Lost is the error of a call whose reply can't be used: Unavailable for a question, else Unknown.
func (q Call) Lost(err error) error { return q.lost(true, err) }

func (q Call) lost(connected bool, err error) error {
	switch {
	case !connected:
		return &sdk.Error{Code: sdk.Unavailable, Message: "the ledger can't be reached, nothing was sent; check that it runs at the adapter's url", Err: err}
	case q.Asks:
		return &sdk.Error{Code: sdk.Unavailable, Message: "the ledger did not answer a question; ask again", Err: err}
	}
	return &sdk.Error{Code: sdk.Unknown, Message: "the ledger's reply got lost; look the entry up", Err: err}
}

// withoutURL takes net/http's method and URL off an error: the message says where already.
func withoutURL(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// answers is what a ledger's errors mean, and the HTTP status that comes with each. A reply whose status and
// code disagree, or that has no code, was written by something that is not the ledger.
var answers = map[string]struct {
	status int
	code   sdk.Code
}{
	"invalid": {400, sdk.Invalid}, "unauthenticated": {401, sdk.Denied}, "denied": {403, sdk.Denied}, "not-found": {404, sdk.NotFound},
	"conflict": {409, sdk.Conflict}, "too-large": {413, sdk.Invalid}, "unavailable": {503, sdk.Unavailable},
}

func (q Call) refused(status int, raw []byte) error {
	var e struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(raw, &e); err == nil {
		if a, known := answers[e.Code]; known && a.status == status {
			return sdk.Errorf(a.code, "%s", e.Message)
		}
	}
	return q.Lost(fmt.Errorf("HTTP status %d with code %q", status, e.Code))
}
