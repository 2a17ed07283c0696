package apptest

import (
	"encoding/hex"
	"testing"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
)

// Keyring is a keyring in memory with the keys of participants' hub accounts, each under the participant's id.
func (c *Chain) Keyring(participants ...string) keyring.Keyring {
	c.t.Helper()
	ring := keyring.NewInMemory(c.App.Codec)
	for _, p := range participants {
		Import(c.t, ring, p, HubKey(p))
	}
	return ring
}

// Import puts a key into a keyring.
func Import(t testing.TB, ring keyring.Keyring, name string, key *secp256k1.PrivKey) {
	t.Helper()
	if err := ring.ImportPrivKeyHex(name, hex.EncodeToString(key.Bytes()), string(hd.Secp256k1Type)); err != nil {
		t.Fatal(err)
	}
}
