package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// How long and how large an answer may be.
const (
	requestTimeout = 15 * time.Second
	idleTimeout    = 5 * time.Second // of a connection; a node ends it after ten
	smallAnswer    = 8 << 20         // headers, validators, proofs
	largeAnswer    = 128 << 20       // a block's results
	batchSize      = 10              // requests in one; what a node takes if its operator changed nothing
)

// request is one question to a node: its method, and what its answer is decoded into.
type request struct {
	method string
	params map[string]any
	result any
	limit  int64 // bytes of the answer
}

// nodeError is a node's refusal to answer. The node itself is well.
type nodeError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    string `json:"data"`
}

// Error is the node's own words.
func (e *nodeError) Error() string {
	if e.Data == "" {
		return e.Message
	}
	return e.Message + ": " + e.Data
}

// isNodeError tells a node's refusal from a node that is not well.
func isNodeError(err error) bool {
	var refused *nodeError
	return errors.As(err, &refused)
}

type wireRequest struct {
	Version string         `json:"jsonrpc"`
	ID      int            `json:"id"`
	Method  string         `json:"method"`
	Params  map[string]any `json:"params"`
}

type wireAnswer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *nodeError      `json:"error"`
}

// newHTTPClient keeps as many connections to a node open as are in use at once.
func newHTTPClient(connections int) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = connections
	transport.MaxIdleConns = connections
	transport.IdleConnTimeout = idleTimeout
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask sends one request.
func (e *endpoint) ask(ctx context.Context, r request) error {
	raw, err := e.post(ctx, wireRequest{Version: "2.0", Method: r.method, Params: r.params}, r.limit)
	if err != nil {
		return err
	}
	var answer wireAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("the answer is not JSON-RPC: %w", err)
	}
	return answer.into(r)
}

// askAll sends up to batchSize requests in one. The answer's limit is the first one's times their number.
func (e *endpoint) askAll(ctx context.Context, requests []request) error {
	wire := make([]wireRequest, len(requests))
	for i, r := range requests {
		wire[i] = wireRequest{Version: "2.0", ID: i, Method: r.method, Params: r.params}
	}
	raw, err := e.post(ctx, wire, requests[0].limit*int64(len(requests)))
	if err != nil {
		return err
	}
	var answers []wireAnswer
	if err := json.Unmarshal(raw, &answers); err != nil {
		var single wireAnswer
		if json.Unmarshal(raw, &single) == nil && single.Error != nil {
			return single.Error
		}
		return fmt.Errorf("the answer is not JSON-RPC: %w", err)
	}
	if len(answers) != len(requests) {
		return fmt.Errorf("%d answers to %d requests", len(answers), len(requests))
	}
	seen := make([]bool, len(requests))
	for _, answer := range answers {
		if answer.ID < 0 || answer.ID >= len(requests) || seen[answer.ID] {
			return fmt.Errorf("an answer to no request: %d", answer.ID)
		}
		seen[answer.ID] = true
		if err := answer.into(requests[answer.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (a wireAnswer) into(r request) error {
	if a.Error != nil {
		return a.Error
	}
	if err := json.Unmarshal(a.Result, r.result); err != nil {
		return fmt.Errorf("%s: the answer is not what it should be: %w", r.method, err)
	}
	return nil
}

// post sends a body and gives the answer's, unless it is longer than limit.
func (e *endpoint) post(ctx context.Context, body any, limit int64) ([]byte, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	// Every request may be made twice, a broadcast of the same bytes among them. It is not sent: it tells the client to try once more
	// when the node ended a connection at the same moment.
	r.Header["Idempotency-Key"] = []string{}
	res, err := e.client.Do(r)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer res.Body.Close()
	answer, err := readAll(res, limit)
	if err != nil {
		return nil, err
	}
	if int64(len(answer)) > limit {
		return nil, fmt.Errorf("the answer is longer than %d bytes", limit)
	}
	if res.StatusCode != http.StatusOK && !isRefusal(answer) {
		return nil, fmt.Errorf("HTTP status %s: %s", res.Status, firstLine(answer))
	}
	return answer, nil
}

// isRefusal tells a node's own words, which may come with any status, from those of what stands before it.
func isRefusal(body []byte) bool {
	var answer wireAnswer
	return json.Unmarshal(body, &answer) == nil && answer.Error != nil
}

// readAll reads an answer into memory of its size at once where the node names it.
func readAll(res *http.Response, limit int64) ([]byte, error) {
	var buffer bytes.Buffer
	if res.ContentLength > 0 && res.ContentLength <= limit {
		buffer.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	_, err := buffer.ReadFrom(io.LimitReader(res.Body, limit+1))
	return buffer.Bytes(), err
}

// withoutURL leaves the address out of an HTTP client's error: it may hold a provider's key.
func withoutURL(err error) error {
	for {
		inner := errors.Unwrap(err)
		if _, isURL := err.(interface{ Temporary() bool }); inner == nil || !isURL || !strings.Contains(err.Error(), "://") {
			return err
		}
		err = inner
	}
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text[:min(len(text), 200)]), "\n")
	return line
}
