package genesis

import (
	"fmt"
	"time"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// DepositsPerAccount is how many governance proposals every participant can have open at once.
const DepositsPerAccount = 1000

// Defaults of a Spec's zero values.
const (
	DefaultVotingPeriod = 48 * time.Hour
	MaxValidators       = 100
)

// Validator is one seat.
type Validator struct {
	// Moniker is the node's name.
	Moniker string
	// Operator is the key of the hub account that holds the seat and votes with it.
	Operator cryptotypes.PrivKey
	// ConsensusKey is the public half of the node's ed25519 key.
	ConsensusKey cryptotypes.PubKey
}

// Address is the operator's hub account.
func (v Validator) Address() sdk.AccAddress { return sdk.AccAddress(v.Operator.PubKey().Address()) }

// Spec is all that a new hub is made from. The modules' states are taken as they are.
type Spec struct {
	ChainID    string
	Time       time.Time
	Validators []Validator
	// VotingPeriod of governance proposals; an expedited one takes half of it.
	VotingPeriod time.Duration
	// Balances are coins beside seats and deposits: tokens on the hub, per account.
	Balances []banktypes.Balance

	Compliance compliance.GenesisState
	Bridge     bridge.GenesisState
	Currency   currency.GenesisState
	Token      token.GenesisState
	Settlement settlement.GenesisState
}

func (s Spec) validate() error {
	switch {
	case s.ChainID == "":
		return fmt.Errorf("genesis: the chain id is empty")
	case s.Time.IsZero():
		return fmt.Errorf("genesis: the genesis time is not set")
	case len(s.Validators) == 0 || len(s.Validators) > MaxValidators:
		return fmt.Errorf("genesis: want 1 to %d validators, got %d", MaxValidators, len(s.Validators))
	case s.VotingPeriod < 0:
		return fmt.Errorf("genesis: the voting period %s is negative", s.VotingPeriod)
	}
	for i, v := range s.Validators {
		if v.Moniker == "" || v.Operator == nil || v.ConsensusKey == nil {
			return fmt.Errorf("genesis: validator %d %q: moniker, operator and consensus key are all needed", i, v.Moniker)
		}
		for _, other := range s.Validators[:i] {
			if other.Operator.Equals(v.Operator) || other.ConsensusKey.Equals(v.ConsensusKey) {
				return fmt.Errorf("genesis: two validators, %s and %s, have one operator or consensus key: a seat is one institution's",
					other.Moniker, v.Moniker)
			}
		}
	}
	return nil
}
