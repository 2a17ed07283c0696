package simkit

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
)

const (
	// AdminCaller is the name under which the admin's token is known.
	AdminCaller   = "admin"
	maxNotaries   = 64
	minTokenBytes = 16
	maxTokenBytes = 256
	// maxTokensBytes bounds the tokens file: a notary takes about 140 bytes.
	maxTokensBytes = 64 << 10
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Tokens knows who may call, by the sha256 of their tokens. A token itself is never kept or logged.
type Tokens struct {
	admin    [sha256.Size]byte
	notaries map[string][sha256.Size]byte
}

// tokensFile is the file's form: hashes in hex, as `printf %s TOKEN | sha256sum` prints them.
type tokensFile struct {
	Admin    string            `yaml:"admin"`
	Notaries map[string]string `yaml:"notaries"`
}

// LoadTokens reads the tokens file and refuses one that others than its owner may write.
func LoadTokens(path string) (*Tokens, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("tokens_file: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("tokens_file %s: others may write it (mode %04o); run chmod go-w", path, info.Mode().Perm())
	}
	var f tokensFile
	if err := ReadYAML(path, maxTokensBytes, &f); err != nil {
		return nil, fmt.Errorf("tokens_file %s: %w", path, err)
	}
	t, err := f.parse()
	if err != nil {
		return nil, fmt.Errorf("tokens_file %s: %w", path, err)
	}
	return t, nil
}

func (f tokensFile) parse() (*Tokens, error) {
	if len(f.Notaries) == 0 || len(f.Notaries) > maxNotaries {
		return nil, fmt.Errorf("notaries: want 1 to %d, got %d", maxNotaries, len(f.Notaries))
	}
	t := &Tokens{notaries: map[string][sha256.Size]byte{}}
	seen := map[[sha256.Size]byte]bool{}
	add := func(name, digits string) ([sha256.Size]byte, error) {
		var sum [sha256.Size]byte
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) != len(sum) {
			return sum, fmt.Errorf("%s: want the token's sha256 as 64 hex digits", name)
		}
		copy(sum[:], raw)
		if seen[sum] {
			return sum, fmt.Errorf("%s: this token is somebody else's already; give everyone a token of their own", name)
		}
		seen[sum] = true
		return sum, nil
	}
	var err error
	if t.admin, err = add(AdminCaller, f.Admin); err != nil {
		return nil, err
	}
	for name, digits := range f.Notaries {
		if !namePattern.MatchString(name) || name == AdminCaller {
			return nil, fmt.Errorf("notaries: %q is no notary's name: want 1 to 64 letters, digits, dots, underscores or hyphens", name)
		}
		if t.notaries[name], err = add(name, digits); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Notary names the notary whose token the request bears. Every token is compared, in constant time
// each, so the time taken tells nothing.
func (t *Tokens) Notary(r *http.Request) (string, error) {
	token, err := bearer(r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(token))
	who := ""
	for name, want := range t.notaries {
		if subtle.ConstantTimeCompare(sum[:], want[:]) == 1 {
			who = name
		}
	}
	switch {
	case who != "":
		return who, nil
	case t.isAdmin(sum):
		return "", Errorf(Denied, "the admin's token gives no orders; use a notary's")
	}
	return "", Errorf(Unauthenticated, "no such token; its sha256 must be in the tokens file")
}

// Admin verifies that the request bears the admin's token.
func (t *Tokens) Admin(r *http.Request) error {
	token, err := bearer(r)
	if err != nil {
		return err
	}
	if t.isAdmin(sha256.Sum256([]byte(token))) {
		return nil
	}
	if _, err := t.Notary(r); err == nil {
		return Errorf(Denied, "a notary's token doesn't open /admin; use the admin's")
	}
	return Errorf(Unauthenticated, "no such token; its sha256 must be in the tokens file")
}

func (t *Tokens) isAdmin(sum [sha256.Size]byte) bool {
	return subtle.ConstantTimeCompare(sum[:], t.admin[:]) == 1
}

func bearer(r *http.Request) (string, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || len(token) < minTokenBytes || len(token) > maxTokenBytes {
		return "", Errorf(Unauthenticated, "send the header `Authorization: Bearer TOKEN` with a token of %d to %d bytes", minTokenBytes, maxTokenBytes)
	}
	return token, nil
}
