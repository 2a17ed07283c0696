package testchain

import (
	"encoding/json"
	"time"

	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmttypes "github.com/cometbft/cometbft/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	"github.com/cosmos/ibc-go/v8/testing/simapp"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Funds is what each funded key has of the denomination Denom.
const Funds = 1_000_000_000_000

// Denom is what fees, stakes and transfers are in.
const Denom = "stake"

// genesis makes the chain's first state: one validator, and the funded keys.
func genesis(n *Node, app *simapp.SimApp, validator cmtcrypto.PubKey) *cmttypes.GenesisDoc {
	var accounts []authtypes.GenesisAccount
	var balances []banktypes.Balance
	for _, name := range fundedKeys(n.settings.users) {
		key := PrivKey(name).PubKey()
		accounts = append(accounts, authtypes.NewBaseAccount(sdk.AccAddress(key.Address()), key, uint64(len(accounts)), 0))
		balances = append(balances, banktypes.Balance{
			Address: Address(name), Coins: sdk.NewCoins(sdk.NewInt64Coin(Denom, Funds)),
		})
	}
	set := cmttypes.NewValidatorSet([]*cmttypes.Validator{cmttypes.NewValidator(validator, 1)})
	state, err := simtestutil.GenesisStateWithValSet(app.AppCodec(), app.DefaultGenesis(), set, accounts, balances...)
	require.NoError(n.t, err)
	state[slashingtypes.ModuleName] = app.AppCodec().MustMarshalJSON(bonded(sdk.ConsAddress(validator.Address())))
	for _, change := range n.settings.genesis {
		change(app.AppCodec(), state)
	}
	raw, err := json.Marshal(state)
	require.NoError(n.t, err)
	params := cmttypes.DefaultConsensusParams()
	if n.settings.consensus != nil {
		n.settings.consensus(params)
	}
	return &cmttypes.GenesisDoc{
		GenesisTime: time.Now().Add(-time.Second).UTC(), ChainID: n.ChainID, InitialHeight: 1, ConsensusParams: params, AppState: raw,
		Validators: []cmttypes.GenesisValidator{{Address: validator.Address(), PubKey: validator, Power: 1}},
	}
}

// bonded makes the slashing module's state for a validator that is bonded from the first block on.
func bonded(validator sdk.ConsAddress) *slashingtypes.GenesisState {
	state := slashingtypes.DefaultGenesisState()
	state.SigningInfos = []slashingtypes.SigningInfo{{
		Address:              validator.String(),
		ValidatorSigningInfo: slashingtypes.NewValidatorSigningInfo(validator, 0, 0, time.Unix(0, 0), false, 0),
	}}
	return state
}
