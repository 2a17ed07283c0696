package simkittest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

// The tokens of every ledger under test.
const (
	AdminToken   = "admin-token-for-tests"
	NotaryToken  = "notary-1-token-for-tests"
	Notary2Token = "notary-2-token-for-tests"
)

// WriteTokens writes the tokens file with the tokens above and gives its path.
func WriteTokens(t testing.TB, dir string) string {
	sum := func(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }
	text := fmt.Sprintf("admin: %x\nnotaries:\n  notary-1: %x\n  notary-2: %x\n", sum(AdminToken), sum(NotaryToken), sum(Notary2Token))
	path := filepath.Join(dir, "tokens.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// Server is a running simulated ledger, asked over HTTP.
type Server struct{ URL string }

// Do sends a request and gives status and body. A body that is no []byte is sent as JSON.
func (s *Server) Do(t testing.TB, token, method, path string, body any) (int, []byte) {
	r, err := http.NewRequest(method, s.URL+path, encode(t, body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	return Send(t, token, r)
}

// Send sends a request with a token, if there is one, and gives status and body.
func Send(t testing.TB, token string, r *http.Request) (int, []byte) {
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer reply.Body.Close()
	raw, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	return reply.StatusCode, raw
}

func encode(t testing.TB, body any) io.Reader {
	switch b := body.(type) {
	case nil:
		return nil
	case []byte:
		return bytes.NewReader(b)
	}
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	return bytes.NewReader(raw)
}

// Admin makes a call that must succeed, and reads its answer.
func (s *Server) Admin(t testing.TB, method, path string, body, into any) {
	status, raw := s.Do(t, AdminToken, method, path, body)
	require.Less(t, status, 300, "%s %s: %s", method, path, raw)
	if into != nil {
		require.NoError(t, json.Unmarshal(raw, into))
	}
}

// Fault switches a fault on.
func (s *Server) Fault(t testing.TB, f simkit.Fault) {
	s.Admin(t, http.MethodPost, "/admin/faults", f, nil)
}

// ClearFaults switches all faults off and lets hanging requests go.
func (s *Server) ClearFaults(t testing.TB) { s.Admin(t, http.MethodDelete, "/admin/faults", nil, nil) }
