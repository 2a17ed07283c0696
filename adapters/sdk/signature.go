package sdk

import (
	"crypto/sha256"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// signatureBytes is the length of r ‖ s.
const signatureBytes = 64

// Validate tells whether the key is of a known type and a point on its curve.
func (k PublicKey) Validate() error {
	if k.Type != KeySecp256k1 {
		return Errorf(Invalid, "consent key: type %q is not known, want %q", cleanText(string(k.Type), maxNameBytes), KeySecp256k1)
	}
	if len(k.Bytes) != secp256k1.PubKeyBytesLenCompressed {
		return Errorf(Invalid, "consent key: %d bytes, want the %d of a compressed point", len(k.Bytes), secp256k1.PubKeyBytesLenCompressed)
	}
	if _, err := secp256k1.ParsePubKey(k.Bytes); err != nil {
		return &Error{Code: Invalid, Message: "consent key: not a point on secp256k1", Err: err}
	}
	return nil
}

// VerifySignature verifies r ‖ s, 64 bytes, low s, over SHA-256 of signBytes. A key that cannot be used is
// Invalid, a signature that does not verify Denied. High s is refused so that a signature has one form.
func VerifySignature(key PublicKey, signBytes, sig []byte) error {
	if err := key.Validate(); err != nil {
		return err
	}
	if len(sig) != signatureBytes {
		return Errorf(Denied, "signature: %d bytes, want the %d of r and s", len(sig), signatureBytes)
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(sig[:32]) || s.SetByteSlice(sig[32:]) || r.IsZero() || s.IsZero() {
		return Errorf(Denied, "signature: r or s is not from 1 to the curve's order")
	}
	if s.IsOverHalfOrder() {
		return Errorf(Denied, "signature: s is in the upper half, sign with low s")
	}
	point, err := secp256k1.ParsePubKey(key.Bytes)
	if err != nil {
		return &Error{Code: Invalid, Message: "consent key: not a point on secp256k1", Err: err}
	}
	sum := sha256.Sum256(signBytes)
	if !ecdsa.NewSignature(&r, &s).Verify(sum[:], point) {
		return Errorf(Denied, "signature: it was not made by the account holder's key over these bytes")
	}
	return nil
}
