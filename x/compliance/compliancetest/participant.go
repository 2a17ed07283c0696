package compliancetest

import (
	"crypto/sha256"

	"cosmossdk.io/core/address"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/corridor-network/corridor/x/compliance"
)

// Bech32Prefix is that of the hub's addresses.
const Bech32Prefix = "corridor"

// Addresses reads and writes the hub's addresses.
func Addresses() address.Codec { return addresscodec.NewBech32Codec(Bech32Prefix) }

// Key is the key of a participant's hub account.
func Key(id string) *secp256k1.PrivKey {
	return secp256k1.GenPrivKeyFromSecret([]byte("hub account of " + id))
}

// ConsentKey is the key with which the holder of an account consents.
func ConsentKey(ledger, account string) *secp256k1.PrivKey {
	return secp256k1.GenPrivKeyFromSecret([]byte("consent for " + account + " on " + ledger))
}

// Address is a participant's hub address.
func Address(id string) string {
	text, err := Addresses().BytesToString(Key(id).PubKey().Address())
	if err != nil {
		panic(err)
	}
	return text
}

// Account is an account with the key of ConsentKey.
func Account(ledger, account, currency string) compliance.Account {
	return compliance.Account{
		Ledger: ledger, Account: account, Currency: currency, ConsentKey: ConsentKey(ledger, account).PubKey().Bytes(),
	}
}

// Participant is a whole one without accounts.
func Participant(id string, roles ...compliance.Role) compliance.Participant {
	lei, err := compliance.CompleteLEI("CORR" + letters(id, 14))
	if err != nil {
		panic(err)
	}
	return compliance.Participant{
		Id: id, Address: Address(id), Name: "Institution " + id, Lei: lei, Bic: letters(id, 4) + "CH" + letters(id+"2", 5),
		Jurisdiction: "CH", Roles: roles,
	}
}

// WithAccounts adds accounts.
func WithAccounts(p compliance.Participant, accounts ...compliance.Account) compliance.Participant {
	p.Accounts = append(p.Accounts, accounts...)
	return p
}

// letters are n capital letters that follow from a text.
func letters(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	out := make([]byte, n)
	for i := range out {
		out[i] = 'A' + sum[i]%26
	}
	return string(out)
}
