package ledgerhttp

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

const (
	minTokenBytes = 16
	maxTokenBytes = 256
)

// ParseURL accepts the root of a server to which a token may be sent.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, err
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("%q: want scheme, host and port and nothing else, as in http://127.0.0.1:8080", u.Redacted())
	case u.Scheme == "https":
	case u.Scheme != "http":
		return nil, fmt.Errorf("%q: want https, or http on this machine", s)
	case !onThisMachine(u.Hostname()):
		return nil, fmt.Errorf("%q: plain http would send the token over the network; use https", s)
	}
	u.Path = ""
	return u, nil
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ReadToken reads a token that nobody but the file's owner can read.
func ReadToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s: others than its owner can read or write it (mode %04o); run chmod 600", path, info.Mode().Perm())
	}
	if info.Size() > 2*maxTokenBytes {
		return "", fmt.Errorf("%s: %d bytes are no token", path, info.Size())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(raw))
	if len(token) < minTokenBytes || len(token) > maxTokenBytes || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", fmt.Errorf("%s: want one token of %d to %d printable characters", path, minTokenBytes, maxTokenBytes)
	}
	return token, nil
}
