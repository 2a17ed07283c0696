package conformance

import (
	"crypto/sha256"

	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Key is an account holder's consent key, for tests alone: it follows from its name.
type Key struct{ private *secp256k1.PrivateKey }

// NewKey is the key of this name, the same one each time.
func NewKey(name string) Key {
	seed := sha256.Sum256([]byte("corridor/conformance-key/1 " + name))
	return Key{secp256k1.PrivKeyFromBytes(seed[:])}
}

// Public is what a ledger has on file.
func (k Key) Public() sdk.PublicKey {
	return sdk.PublicKey{Type: sdk.KeySecp256k1, Bytes: k.private.PubKey().SerializeCompressed()}
}

// Sign makes r ‖ s over SHA-256 of signBytes, with low s.
func (k Key) Sign(signBytes []byte) []byte {
	sum := sha256.Sum256(signBytes)
	return ecdsa.SignCompact(k.private, sum[:], true)[1:]
}
