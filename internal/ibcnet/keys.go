package ibcnet

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/go-bip39"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/relayer/relayconfig"
)

// coinType is the one that relayers derive their keys with.
const coinType = 118

// RelayerMnemonic holds the relayers' keys: the one at index i is the i-th account.
func RelayerMnemonic() (string, error) {
	entropy := sha256.Sum256([]byte("ibcnet/relayers"))
	return bip39.NewMnemonic(entropy[:])
}

// RelayerKey is the relayers' key of an index.
func RelayerKey(index int) (*secp256k1.PrivKey, error) {
	mnemonic, err := RelayerMnemonic()
	if err != nil {
		return nil, err
	}
	raw, err := hd.Secp256k1.Derive()(mnemonic, "", hd.CreateHDPath(coinType, 0, uint32(index)).String())
	if err != nil {
		return nil, fmt.Errorf("relayers' key %d: %w", index, err)
	}
	return &secp256k1.PrivKey{Key: raw}, nil
}

// Key is the key of a name, the same on every chain.
func Key(name string) *secp256k1.PrivKey {
	secret := sha256.Sum256([]byte("ibcnet/" + name))
	return &secp256k1.PrivKey{Key: secret[:]}
}

// User is the name of the i-th account that sends transfers.
func User(i int) string { return fmt.Sprintf("user-%d", i) }

// Address is a key's account on a chain with that prefix.
func Address(prefix string, key *secp256k1.PrivKey) string {
	return sdk.MustBech32ifyAddressBytes(prefix, key.PubKey().Address())
}

// RelayerNames are the names that corridor's relayer gives its keys.
func RelayerNames(count int) []string { return relayconfig.KeyNames(count) }

// RelayerKeyring puts the relayers' keys into a keyring of the test backend in dir, under those names.
func RelayerKeyring(dir string, count int) error {
	mnemonic, err := RelayerMnemonic()
	if err != nil {
		return err
	}
	ring, err := relayconfig.Keyring{Backend: keyring.BackendTest, Dir: dir}.Open(strings.NewReader(""))
	if err != nil {
		return err
	}
	_, _, err = relayconfig.AddKeys(ring, RelayerNames(count), mnemonic)
	return err
}
