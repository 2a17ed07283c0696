package world

import (
	"crypto/sha256"
	"fmt"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
)

// institution is a participant before it has keys.
type institution struct {
	id, name, bic, country string
	roles                  []compliance.Role
	accounts               []account
}

// account is an account with its opening money. On the hub the account is the participant's address, and opens empty.
type account struct {
	ledger, account, currency string
	openingMinor              uint64
}

// issuer issues the tokens of every currency.
const issuer = "central-bank"

// institutions are fictitious. Amounts are minor units.
var institutions = []institution{
	{
		id: "bank-a", name: "Alpha Bank", bic: "CDRACNBJ", country: "CN", roles: roles(compliance.ROLE_BANK),
		accounts: []account{{CBDC, "wallet-bank-a", "CNY", 10_000_000_00}},
	},
	{
		id: "bank-b", name: "Beta Bank", bic: "CDRBUS33", country: "US", roles: roles(compliance.ROLE_BANK),
		accounts: []account{{Bank, "CDRBUS33", "USD", 500_000_00}},
	},
	{
		id: "fxp", name: "First Exchange", bic: "CDRFUS33", country: "US", roles: roles(compliance.ROLE_BANK, compliance.ROLE_PROVIDER),
		accounts: []account{{CBDC, "wallet-fxp", "CNY", 1_000_000_00}, {Bank, "CDRFUS33", "USD", 2_000_000_00}},
	},
	{ // quotes more than it has: its leg is refused by the bank
		id: "thin-fx", name: "Thin Exchange", bic: "CDRTUS33", country: "US", roles: roles(compliance.ROLE_BANK, compliance.ROLE_PROVIDER),
		accounts: []account{{CBDC, "wallet-thin-fx", "CNY", 0}, {Bank, "CDRTUS33", "USD", 10_00}},
	},
	{
		id: "token-a", name: "Alpha Bank, hub tokens", bic: "CDRACNSH", country: "CN", roles: roles(compliance.ROLE_BANK),
		accounts: []account{{bridge.HubLedger, "", "", 0}},
	},
	{
		id: "token-fx", name: "First Exchange, hub tokens", bic: "CDRFUS44", country: "US", roles: roles(compliance.ROLE_BANK, compliance.ROLE_PROVIDER),
		accounts: []account{{bridge.HubLedger, "", "", 0}},
	},
	{id: issuer, name: "Issuer of hub tokens", bic: "CDRICHZZ", country: "CH", roles: roles(compliance.ROLE_ISSUER)},
	{id: "supervisor", name: "Supervisor", country: "CH", roles: roles(compliance.ROLE_SUPERVISOR)},
}

func roles(r ...compliance.Role) []compliance.Role { return r }

// lei makes a well-formed legal entity identifier for a fictitious institution: the prefix of no issuer, 14 characters
// of its name's hash, and the check digits of ISO 17442.
func lei(id string) string {
	sum := sha256.Sum256([]byte(id))
	lei, err := compliance.CompleteLEI(fmt.Sprintf("ZZ00%X", sum[:7]))
	if err != nil {
		panic("world: LEI of " + id + ": " + err.Error()) // a mistake in this package
	}
	return lei
}
