package orderproof

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/cometbft/cometbft/crypto/tmhash"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Root is a header that is believed, because a person or an earlier verification said so.
type Root struct {
	Height int64
	Hash   []byte // 32 bytes
}

// NewRoot is the belief in this header.
func NewRoot(h *cmttypes.Header) Root { return Root{Height: h.Height, Hash: h.Hash()} }

// ParseRoot reads "HEIGHT:HASH", the hash as 64 hex digits in either case.
func ParseRoot(s string) (Root, error) {
	height, digits, _ := strings.Cut(s, ":")
	h, err := strconv.ParseInt(height, 10, 64)
	if err != nil || h < 1 || strconv.FormatInt(h, 10) != height {
		return Root{}, malformed("root %q: want HEIGHT:HASH, the height as a number from 1", s)
	}
	hash, err := hex.DecodeString(digits)
	if err != nil || len(hash) != tmhash.Size {
		return Root{}, malformed("root %q: want HEIGHT:HASH, the hash as %d hex digits", s, 2*tmhash.Size)
	}
	return Root{Height: h, Hash: hash}, nil
}

// String is "HEIGHT:HASH", the hash in capitals as the hub's nodes show it.
func (r Root) String() string { return fmt.Sprintf("%d:%X", r.Height, r.Hash) }

// Is tells whether the root is this header.
func (r Root) Is(h *cmttypes.Header) bool {
	return len(r.Hash) == tmhash.Size && r.Height == h.Height && bytes.Equal(r.Hash, h.Hash())
}
