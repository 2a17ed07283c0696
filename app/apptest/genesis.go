package apptest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/app/genesis"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/token"
)

// What a test chain has unless its Genesis is changed.
const (
	ChainID        = "corridor-test-1"
	Governor       = "governor" // the participant that holds the only seat, and so decides every proposal
	LongestPrepare = time.Hour
	TakeoverDelay  = 5 * time.Second
)

// Start is the genesis time of a test chain.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Genesis says what a test chain starts with. Its fields may be changed freely before New.
type Genesis struct {
	genesis.Spec
}

// NewGenesis has the hub's own ledger, and one validator whose operator is the participant Governor.
func NewGenesis() *Genesis {
	g := &Genesis{Spec: genesis.Spec{ChainID: ChainID, Time: Start, VotingPeriod: time.Minute}}
	g.Compliance.Params = compliance.DefaultParams()
	g.Bridge.Ledgers = []bridge.Ledger{{
		Id: bridge.HubLedger, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_HUB, LongestPrepare: LongestPrepare,
	}}
	g.Participant(Governor, compliance.ROLE_SUPERVISOR)
	g.Validator(Governor)
	return g
}

// Validator gives a participant a seat.
func (g *Genesis) Validator(participant string) {
	g.Validators = append(g.Validators, genesis.Validator{
		Moniker: participant, Operator: HubKey(participant), ConsensusKey: consensusKey(participant).PubKey(),
	})
}

// Ledger adds a holding ledger with notaries named LEDGER-1 to LEDGER-n, of which threshold count.
func (g *Genesis) Ledger(id string, notaries, threshold int) {
	ledger := bridge.Ledger{
		Id: id, Cell: bridge.CELL_HOLDS, Link: bridge.LINK_NOTARIES, OrderCheck: bridge.ORDER_CHECK_NONE,
		Threshold: uint32(threshold), LongestPrepare: LongestPrepare, TakeoverDelay: TakeoverDelay,
	}
	for i := range notaries {
		name := fmt.Sprintf("%s-%d", id, i+1)
		ledger.Notaries = append(ledger.Notaries, bridge.Notary{Id: name, PublicKey: NotaryKey(id, name).PubKey().Bytes()})
	}
	g.Bridge.Ledgers = append(g.Bridge.Ledgers, ledger)
}

// Currency registers a currency that settles on ledgers.
func (g *Genesis) Currency(code string, exponent uint32, ledgers ...string) {
	g.Spec.Currency.Currencies = append(g.Spec.Currency.Currencies,
		currency.Currency{Code: code, Exponent: exponent, Ledgers: ledgers})
}

// Participant admits an institution, with an account of every currency on the hub.
func (g *Genesis) Participant(id string, roles ...compliance.Role) {
	number := len(g.Compliance.Participants)
	lei, err := compliance.CompleteLEI(fmt.Sprintf("CORRIDORTEST%06d", number))
	if err != nil {
		panic(err) // the prefix above has the right length
	}
	g.Compliance.Participants = append(g.Compliance.Participants, compliance.Participant{
		Id: id, Address: Address(id).String(), Name: strings.ToUpper(id), Jurisdiction: "CH", Roles: roles,
		Lei: lei, Bic: fmt.Sprintf("%s%sCH%02d", "TES", string(rune('A'+number/100%26)), number%100),
	})
	g.Account(id, bridge.HubLedger, Address(id).String(), "")
}

// Account gives a participant an account on a ledger; an empty currency means any. Its consent key is
// ConsentKey(ledger, account).
func (g *Genesis) Account(participant, ledger, account, code string) {
	i := slices.IndexFunc(g.Compliance.Participants, func(p compliance.Participant) bool { return p.Id == participant })
	if i < 0 {
		panic(fmt.Sprintf("apptest: add participant %s before its accounts", participant))
	}
	p := &g.Compliance.Participants[i]
	p.Accounts = append(p.Accounts, compliance.Account{
		Ledger: ledger, Account: account, Currency: code, ConsentKey: ConsentKey(ledger, account).PubKey().Bytes(),
	})
}

// Issuer lets a participant issue a currency's token on the hub.
func (g *Genesis) Issuer(participant, code string, allowanceMinor uint64) {
	g.Token.Issuers = append(g.Token.Issuers,
		token.Issuer{Currency: code, Address: Address(participant).String(), AllowanceMinor: allowanceMinor})
}

// Balance gives a participant coins from the start.
func (g *Genesis) Balance(participant, denom string, amount int64) {
	g.Balances = append(g.Balances, banktypes.Balance{
		Address: Address(participant).String(), Coins: sdk.NewCoins(sdk.NewInt64Coin(denom, amount)),
	})
}
