package chain_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between the relayer and a node, and can do to their words what a bad node or a bad network does.
type proxy struct {
	RPC string

	mu     sync.Mutex
	asked  map[string]int                                  // requests by method; a query's method is its path
	answer func(method string, body []byte) []byte         // alters an answer
	before func(method string, w http.ResponseWriter) bool // answers itself, if it returns true
	plain  bool                                            // no websocket

	authorised string // what came with the websocket
}

// behind makes a proxy before a node's RPC.
func behind(t *testing.T, rpc string) *proxy {
	t.Helper()
	target, err := url.Parse(rpc)
	require.NoError(t, err)
	p := &proxy{asked: map[string]int{}}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, forward) }))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	p.RPC = server.URL
	return p
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request, forward *httputil.ReverseProxy) {
	p.mu.Lock()
	plain, alter, before := p.plain, p.answer, p.before
	p.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/websocket") {
		p.mu.Lock()
		p.authorised = r.Header.Get("Authorization")
		p.mu.Unlock()
		if plain {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		forward.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	method := p.count(body)
	if before != nil && before(method, w) {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Del("Accept-Encoding")
	recorder := httptest.NewRecorder()
	forward.ServeHTTP(recorder, r)
	out := recorder.Body.Bytes()
	if alter != nil {
		if out = alter(method, out); out == nil {
			panic(http.ErrAbortHandler) // the answer is lost
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(out)
}

// count notes what was asked, and gives the first one's method.
func (p *proxy) count(body []byte) string {
	type question struct {
		Method string `json:"method"`
		Params struct {
			Path string `json:"path"`
		} `json:"params"`
	}
	var many []question
	if json.Unmarshal(body, &many) != nil {
		many = make([]question, 1)
		_ = json.Unmarshal(body, &many[0])
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, q := range many {
		if q.Params.Path != "" {
			many[i].Method = q.Params.Path
		}
		p.asked[many[i].Method]++
	}
	return many[0].Method
}

// times is how often a method was asked.
func (p *proxy) times(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[method]
}

// given is what was given to open the websocket.
func (p *proxy) given() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.authorised
}

// alter changes answers from now on.
func (p *proxy) alter(change func(method string, body []byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = change
}

// intercept answers requests from now on where it returns true.
func (p *proxy) intercept(answer func(method string, w http.ResponseWriter) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = answer
}

// fail answers everything with an error of the network's.
func (p *proxy) fail() {
	p.intercept(func(string, http.ResponseWriter) bool { panic(http.ErrAbortHandler) })
}

// heal lets everything through.
func (p *proxy) heal() {
	p.alter(nil)
	p.intercept(nil)
}
