package sdk_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/corridor-network/corridor/adapters/conformance"
	"github.com/corridor-network/corridor/adapters/sdk"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/stretchr/testify/require"
)

var (
	alice = conformance.NewKey("alice")
	bob   = conformance.NewKey("bob")
)

func TestASignatureIsVerifiedInItsOneForm(t *testing.T) {
	message := []byte("what is agreed to")
	good := alice.Sign(message)
	require.NoError(t, sdk.VerifySignature(alice.Public(), message, good))

	changed := func(change func(sig []byte)) []byte {
		sig := slices.Clone(good)
		change(sig)
		return sig
	}
	key := func(change func(k *sdk.PublicKey)) sdk.PublicKey {
		k := alice.Public()
		change(&k)
		return k
	}
	for _, c := range []struct {
		name    string
		key     sdk.PublicKey
		message []byte
		sig     []byte
		want    sdk.Code
	}{
		{"no key", sdk.PublicKey{}, message, good, sdk.Invalid},
		{"a key of another type", key(func(k *sdk.PublicKey) { k.Type = "ed25519" }), message, good, sdk.Invalid},
		{"a short key", key(func(k *sdk.PublicKey) { k.Bytes = k.Bytes[:32] }), message, good, sdk.Invalid},
		{"an uncompressed key", key(func(k *sdk.PublicKey) { k.Bytes = uncompressed(t, k.Bytes) }), message, good, sdk.Invalid},
		{"a key that is no point", key(func(k *sdk.PublicKey) { k.Bytes = append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...) }), message, good, sdk.Invalid},
		{"another's key", bob.Public(), message, good, sdk.Denied},
		{"another message", alice.Public(), []byte("what is not agreed to"), good, sdk.Denied},
		{"no signature", alice.Public(), message, nil, sdk.Denied},
		{"a short signature", alice.Public(), message, good[:63], sdk.Denied},
		{"a long signature", alice.Public(), message, append(slices.Clone(good), 0), sdk.Denied},
		{"a changed bit", alice.Public(), message, changed(func(s []byte) { s[40] ^= 1 }), sdk.Denied},
		{"r is zero", alice.Public(), message, changed(func(s []byte) { clear(s[:32]) }), sdk.Denied},
		{"s is zero", alice.Public(), message, changed(func(s []byte) { clear(s[32:]) }), sdk.Denied},
		{"r is the order or more", alice.Public(), message, changed(func(s []byte) { copy(s, bytes.Repeat([]byte{0xff}, 32)) }), sdk.Denied},
		{"s in the upper half, the same signature's other form", alice.Public(), message, changed(negateS), sdk.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, sdk.CodeOf(sdk.VerifySignature(c.key, c.message, c.sig)))
		})
	}
}

// negateS gives the other signature that plain ECDSA would take for the same message.
func negateS(sig []byte) {
	var s secp256k1.ModNScalar
	s.SetByteSlice(sig[32:])
	b := s.Negate().Bytes()
	copy(sig[32:], b[:])
}

func uncompressed(t *testing.T, key []byte) []byte {
	k, err := secp256k1.ParsePubKey(key)
	require.NoError(t, err)
	return k.SerializeUncompressed()
}
