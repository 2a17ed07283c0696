package apptest

import (
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

// HubKey is the key of a participant's hub account.
func HubKey(participant string) *secp256k1.PrivKey { return key("hub", participant) }

// Address is a participant's hub account.
func Address(participant string) sdk.AccAddress {
	return sdk.AccAddress(HubKey(participant).PubKey().Address())
}

// ConsentKey is the key with which the holder of an account on a ledger consents.
func ConsentKey(ledger, account string) *secp256k1.PrivKey { return key("consent", ledger+"/"+account) }

// NotaryKey is the key of a ledger's notary.
func NotaryKey(ledger, notary string) *secp256k1.PrivKey { return key("notary", ledger+"/"+notary) }

func consensusKey(validator string) *ed25519.PrivKey {
	return ed25519.GenPrivKeyFromSecret([]byte("apptest/consensus/" + validator))
}

func key(kind, name string) *secp256k1.PrivKey {
	return secp256k1.GenPrivKeyFromSecret([]byte("apptest/" + kind + "/" + name))
}
