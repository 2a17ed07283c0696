package cbdc

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
	maxReplyBytes = 256 << 10
	dialTimeout   = 3 * time.Second
	idleTimeout   = 30 * time.Second // shorter than the ledger's, so that it rarely closes first
	maxIdle       = 16
)

// client makes one kind of HTTP call: JSON to JSON, with the notary's token, once.
type client struct {
	base    *url.URL
	token   string
	timeout time.Duration
	http    *http.Client
}

func newClient(base *url.URL, token string, timeout time.Duration) *client {
	return &client{base: base, token: token, timeout: timeout, http: &http.Client{
		Transport: &http.Transport{
			Proxy: nil, // the token goes to the ledger alone
			DialContext: (&net.Dialer{
				Timeout: dialTimeout, KeepAlive: idleTimeout,
			}).DialContext,
			TLSHandshakeTimeout: dialTimeout, IdleConnTimeout: idleTimeout,
			MaxIdleConns: maxIdle, MaxIdleConnsPerHost: maxIdle, MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// call is one request to the ledger.
type call struct {
	method string
	path   []string // escaped by the client
	body   any      // nil: none
	reads  bool     // the call has no effect, so after any failure nothing happened
}

// do makes the call and reads its answer. It is made once: Unavailable where it can have had no effect,
// Unknown where it may have had one.
func (c *client) do(ctx context.Context, q call, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	r, err := c.request(ctx, q)
	if err != nil {
		return err
	}
	reply, err := c.http.Do(r)
	if err != nil {
		return lost(q, connected.Load(), withoutURL(err))
	}
	defer reply.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(reply.Body, maxReplyBytes+1))
	if err == nil && len(raw) > maxReplyBytes {
		err = fmt.Errorf("the reply is larger than %d bytes", maxReplyBytes)
	}
	if err != nil {
		return lost(q, true, err)
	}
	if reply.StatusCode != http.StatusOK {
		return refusedCall(q, reply.StatusCode, raw)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return lost(q, true, fmt.Errorf("the reply is not the JSON expected: %w", err))
	}
	return nil
}

func (c *client) request(ctx context.Context, q call) (*http.Request, error) {
	var body io.Reader
	if q.body != nil {
		raw, err := json.Marshal(q.body)
		if err != nil {
			return nil, &sdk.Error{Code: sdk.Invalid, Message: "the order can't be written as JSON", Err: err}
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, c.base.JoinPath(q.path...).String(), body)
	if err != nil {
		return nil, &sdk.Error{Code: sdk.Invalid, Message: "the call to the ledger can't be made", Err: err}
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}

// lost is the error of a call without a usable reply.
func lost(q call, connected bool, err error) error {
	switch {
	case !connected:
		return &sdk.Error{Code: sdk.Unavailable, Message: "the ledger can't be reached, nothing was sent; check that it runs at the adapter's url", Err: err}
	case q.reads:
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
