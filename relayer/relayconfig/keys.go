package relayconfig

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	"github.com/cosmos/go-bip39"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// coinType is the HD path's of every key: relayers' keys are not people's wallets, and one path for all chains lets one key serve them all.
const coinType = 118

// mnemonicBits is the entropy of a new mnemonic: 24 words.
const mnemonicBits = 256

// Open opens the keyring; a passphrase is asked of in.
func (k Keyring) Open(in io.Reader) (keyring.Keyring, error) {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return nil, err
	}
	registry := types.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	ring, err := keyring.New("corridor", k.Backend, k.Dir, in, codec.NewProtoCodec(registry))
	if err != nil {
		return nil, fmt.Errorf("keyring %s in %s: %w", k.Backend, k.Dir, err)
	}
	return ring, nil
}

// KeyNames are the names of a relayer's own keys.
func KeyNames(count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("relay-%d", i)
	}
	return names
}

// AddKeys makes those of the named keys that the ring lacks: one whose name ends in -N from the mnemonic's account N, another from the
// account of its place in the list. Without a mnemonic a new one is drawn, and returned.
func AddKeys(ring keyring.Keyring, names []string, mnemonic string) (made []string, words string, err error) {
	for i, name := range names {
		_, err := ring.Key(name)
		if err == nil {
			continue
		}
		if !errors.Is(err, sdkerrors.ErrKeyNotFound) {
			return made, mnemonic, fmt.Errorf("key %s: %w", name, err)
		}
		if mnemonic == "" {
			if mnemonic, err = newMnemonic(); err != nil {
				return made, "", err
			}
		}
		path := hd.CreateHDPath(coinType, 0, account(name, i)).String()
		if _, err := ring.NewAccount(name, mnemonic, keyring.DefaultBIP39Passphrase, path, hd.Secp256k1); err != nil {
			return made, mnemonic, fmt.Errorf("make key %s: %w", name, err)
		}
		made = append(made, name)
	}
	return made, mnemonic, nil
}

// account is the number of a key's account below its mnemonic.
func account(name string, place int) uint32 {
	if at := strings.LastIndex(name, "-"); at >= 0 {
		if number, err := strconv.ParseUint(name[at+1:], 10, 16); err == nil {
			return uint32(number)
		}
	}
	return uint32(place) //nolint:gosec // a list is short
}

func newMnemonic() (string, error) {
	entropy, err := bip39.NewEntropy(mnemonicBits)
	if err != nil {
		return "", err
	}
	return bip39.NewMnemonic(entropy)
}

// ReadMnemonic reads a mnemonic from in.
func ReadMnemonic(in io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(in, 1<<10))
	if err != nil {
		return "", err
	}
	mnemonic := strings.Join(strings.Fields(string(raw)), " ")
	if !bip39.IsMnemonicValid(mnemonic) {
		return "", errors.New("standard input holds no valid mnemonic: want its 12 to 24 words, in order")
	}
	return mnemonic, nil
}

// Address is the account of a key on a chain.
func (ch Chain) Address(ring keyring.Keyring, key string) (string, error) {
	record, err := ring.Key(key)
	if errors.Is(err, sdkerrors.ErrKeyNotFound) {
		return "", fmt.Errorf("the keyring holds no key %s: make it with `corridor relay keys add %s`", key, key)
	}
	if err != nil {
		return "", fmt.Errorf("key %s: %w", key, err)
	}
	public, err := record.GetPubKey()
	if err != nil {
		return "", fmt.Errorf("key %s: %w", key, err)
	}
	return sdk.Bech32ifyAddressBytes(ch.Prefix, public.Address())
}
