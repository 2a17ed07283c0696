package simkit_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/corridor-network/corridor/adapters/internal/simkit"
)

func stringReader(s string) io.Reader { return strings.NewReader(s) }

func sum(token string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(token))) }

const (
	adminToken  = "the-admins-own-token"
	notaryToken = "notary-1s-own-token"
)

func writeTokens(t *testing.T, text string, mode os.FileMode) string {
	path := filepath.Join(t.TempDir(), "tokens.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func TestATokenOpensWhatItIsFor(t *testing.T) {
	tokens, err := simkit.LoadTokens(writeTokens(t, fmt.Sprintf("admin: %s\nnotaries:\n  notary-1: %s\n", sum(adminToken), sum(notaryToken)), 0o644))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		header        string
		notary, admin simkit.Code
	}{
		"the notary's":        {"Bearer " + notaryToken, "", simkit.Denied},
		"the admin's":         {"Bearer " + adminToken, simkit.Denied, ""},
		"nobody's":            {"Bearer nobodys-token-at-all", simkit.Unauthenticated, simkit.Unauthenticated},
		"none":                {"", simkit.Unauthenticated, simkit.Unauthenticated},
		"one too short":       {"Bearer x", simkit.Unauthenticated, simkit.Unauthenticated},
		"one of 300 bytes":    {"Bearer " + strings.Repeat("x", 300), simkit.Unauthenticated, simkit.Unauthenticated},
		"basic":               {"Basic " + notaryToken, simkit.Unauthenticated, simkit.Unauthenticated},
		"a hash, not a token": {"Bearer " + sum(notaryToken), simkit.Unauthenticated, simkit.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			who, err := tokens.Notary(r)
			requireCode(t, c.notary, err)
			if c.notary == "" {
				require.Equal(t, "notary-1", who)
			}
			requireCode(t, c.admin, tokens.Admin(r))
		})
	}
}

func requireCode(t *testing.T, want simkit.Code, err error) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.Error(t, err)
	require.Equal(t, want, simkit.AsError(err).Code)
}

func TestATokensFileThatIsNotUsable(t *testing.T) {
	good := fmt.Sprintf("admin: %s\nnotaries:\n  notary-1: %s\n", sum(adminToken), sum(notaryToken))
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"others may write it":     {good, 0o666, "chmod go-w"},
		"no admin":                {strings.Replace(good, "admin: "+sum(adminToken), "", 1), 0o600, "admin"},
		"no notaries":             {"admin: " + sum(adminToken), 0o600, "notaries"},
		"a token, not its hash":   {"admin: " + adminToken + "\nnotaries: {n: " + sum("x") + "}", 0o600, "64 hex digits"},
		"a token of two people":   {fmt.Sprintf("admin: %s\nnotaries: {n: %s}", sum(adminToken), sum(adminToken)), 0o600, "somebody else's"},
		"a notary called admin":   {fmt.Sprintf("admin: %s\nnotaries: {admin: %s}", sum(adminToken), sum(notaryToken)), 0o600, "no notary's name"},
		"a field it doesn't know": {good + "guests: {}\n", 0o600, "guests"},
		"a file without end":      {good + strings.Repeat("#", 100<<10), 0o600, "larger than"},
		"two documents":           {good + "---\n" + good, 0o600, "second document"},
		"no YAML":                 {"\tx", 0o600, "yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := simkit.LoadTokens(writeTokens(t, c.text, c.mode))
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := simkit.LoadTokens(filepath.Join(t.TempDir(), "none"))
	require.ErrorContains(t, err, "tokens_file")
}
