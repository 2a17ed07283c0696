package hublight

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands before a node and can make it a liar.
type proxy struct {
	RPC string

	mu     sync.Mutex
	lie    func(method string, answer []byte) []byte // nil answers nothing at all
	target string                                    // where questions go
	asked  int
}

// behind makes a proxy before a node's RPC.
func behind(t *testing.T, rpc string) *proxy {
	t.Helper()
	p := &proxy{target: rpc}
	server := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	p.RPC = server.URL
	return p
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	lie, target := p.lie, p.target
	p.asked++
	p.mu.Unlock()
	address, err := url.Parse(target)
	if err != nil {
		panic(err)
	}
	forward := httputil.NewSingleHostReverseProxy(address)
	forward.ErrorLog = log.New(io.Discard, "", 0) // whoever stops waiting
	if strings.HasSuffix(r.URL.Path, "/websocket") {
		forward.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	var question struct {
		Method string `json:"method"`
		Params struct {
			Path string `json:"path"`
		} `json:"params"`
	}
	_ = json.Unmarshal(body, &question)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.Header.Del("Accept-Encoding")
	recorder := httptest.NewRecorder()
	forward.ServeHTTP(recorder, r)
	answer := recorder.Body.Bytes()
	if lie != nil {
		if answer = lie(question.Method+question.Params.Path, answer); answer == nil {
			panic(http.ErrAbortHandler)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(answer)
}

// tell changes what the node says from now on.
func (p *proxy) tell(lie func(method string, answer []byte) []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lie = lie
}

// ask sends questions elsewhere from now on.
func (p *proxy) ask(rpc string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = rpc
}

// edit changes an answer's JSON.
func edit(t *testing.T, answer []byte, change func(result map[string]any)) []byte {
	var whole map[string]any
	require.NoError(t, json.Unmarshal(answer, &whole))
	if result, ok := whole["result"].(map[string]any); ok {
		change(result)
	}
	out, err := json.Marshal(whole)
	require.NoError(t, err)
	return out
}

// at is a field deep in an answer.
func at(of map[string]any, path ...string) map[string]any {
	for _, name := range path {
		of, _ = of[name].(map[string]any)
	}
	return of
}
