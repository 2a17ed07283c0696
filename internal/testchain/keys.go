package testchain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Relayers is how many keys relayer-N there are.
const Relayers = 4

// Relayer is the name of a funded key of a relayer.
func Relayer(n int) string { return fmt.Sprintf("relayer-%d", n) }

// User is the name of a funded key of somebody who sends packets.
func User(n int) string { return fmt.Sprintf("user-%d", n) }

// PrivKey is the key of a name. A name need not be funded to have one.
func PrivKey(name string) *secp256k1.PrivKey {
	secret := sha256.Sum256([]byte("testchain/" + name))
	return &secp256k1.PrivKey{Key: secret[:]}
}

// Address is the account of a key's name, on any test chain.
func Address(name string) string {
	return sdk.MustBech32ifyAddressBytes(Prefix, PrivKey(name).PubKey().Address())
}

// Keyring makes a keyring in memory that holds the named keys.
func Keyring(t testing.TB, cdc codec.Codec, names ...string) keyring.Keyring {
	t.Helper()
	ring := keyring.NewInMemory(cdc)
	for _, name := range names {
		require.NoError(t, ring.ImportPrivKeyHex(name, hex.EncodeToString(PrivKey(name).Key), string(hd.Secp256k1Type)))
	}
	return ring
}

// fundedKeys are the names of the keys that a chain's genesis funds.
func fundedKeys(users int) []string {
	var names []string
	for i := range Relayers {
		names = append(names, Relayer(i))
	}
	for i := range users {
		names = append(names, User(i))
	}
	return names
}
