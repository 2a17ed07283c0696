package app

import (
	"os"
	"path/filepath"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// Name of the application, as CometBFT sees it.
	Name = "corridor"
	// DaemonName is the hub's binary.
	DaemonName = "corridord"
	// Bech32Prefix starts every account address on the hub.
	Bech32Prefix = "corridor"
	// SeatDenom is the bond denom. One unit is one validator's seat: it has power 1 and can't be sent.
	SeatDenom = "seat"
	// DepositDenom is what a governance proposal is deposited with. It bounds how many proposals are open, and
	// is always given back.
	DepositDenom = "deposit"
	// MaxBlockGas bounds a block and so a transaction, which pays no fee that could bound it.
	MaxBlockGas = 500_000_000
	// MaxQueryGas bounds one query: a node that serves strangers can't be made to read its whole store.
	MaxQueryGas = 50_000_000
)

// DefaultNodeHome is where corridord keeps its files unless told otherwise.
var DefaultNodeHome = defaultNodeHome()

// The SDK reads these from globals while it builds codecs and default genesis states, so they have to be set
// before anything of it is used: importing this package is enough.
func init() {
	config := sdk.GetConfig()
	config.SetBech32PrefixForAccount(Bech32Prefix, Bech32Prefix+"pub")
	config.SetBech32PrefixForValidator(Bech32Prefix+"valoper", Bech32Prefix+"valoperpub")
	config.SetBech32PrefixForConsensusNode(Bech32Prefix+"valcons", Bech32Prefix+"valconspub")
	sdk.DefaultBondDenom = SeatDenom
	sdk.DefaultPowerReduction = math.OneInt()
}

func defaultNodeHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".corridord" // no home directory: relative to where it is started
	}
	return filepath.Join(home, ".corridord")
}
