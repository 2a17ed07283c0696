package genesis

import (
	"encoding/json"
	"fmt"
	"slices"

	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	"github.com/cosmos/gogoproto/proto"

	"github.com/corridor-network/corridor/app"
	"github.com/corridor-network/corridor/x/bridge"
	"github.com/corridor-network/corridor/x/compliance"
	"github.com/corridor-network/corridor/x/currency"
	"github.com/corridor-network/corridor/x/settlement"
	"github.com/corridor-network/corridor/x/token"
)

// Build makes the genesis. The application lends its codecs and default states; it is not started.
func Build(hub *app.App, spec Spec) (*genutiltypes.AppGenesis, error) {
	if err := spec.validate(); err != nil {
		return nil, err
	}
	state := hub.DefaultGenesis()
	holders, err := spec.holders()
	if err != nil {
		return nil, err
	}
	steps := []func() error{
		func() error { return setAccounts(hub.Codec, state, holders) },
		func() error { return setBalances(hub.Codec, state, holders, spec) },
		func() error { return setGovernance(hub.Codec, state, spec) },
		func() error { return setModules(hub.Codec, state, spec) },
		func() error { return setSeats(hub, state, spec) },
		func() error { return hub.Basics.ValidateGenesis(hub.Codec, hub.TxConfig, state) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("genesis of %s: %w", spec.ChainID, err)
		}
	}
	raw, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return nil, err
	}
	return &genutiltypes.AppGenesis{
		AppName: app.DaemonName, ChainID: spec.ChainID, GenesisTime: spec.Time.UTC(), InitialHeight: 1, AppState: raw,
		Consensus: &genutiltypes.ConsensusGenesis{Params: consensusParams()},
	}, nil
}

// consensusParams are CometBFT's with the hub's limit on a block's gas.
func consensusParams() *cmttypes.ConsensusParams {
	params := cmttypes.DefaultConsensusParams()
	params.Block.MaxGas = app.MaxBlockGas
	return params
}

// holders are the accounts that exist from the start, in a fixed order: operators, participants, and whoever has
// a balance.
func (s Spec) holders() ([]sdk.AccAddress, error) {
	var holders []sdk.AccAddress
	add := func(address sdk.AccAddress) {
		if !slices.ContainsFunc(holders, func(h sdk.AccAddress) bool { return h.Equals(address) }) {
			holders = append(holders, address)
		}
	}
	for _, v := range s.Validators {
		add(v.Address())
	}
	addresses := make([]string, 0, len(s.Compliance.Participants)+len(s.Balances))
	for _, p := range s.Compliance.Participants {
		addresses = append(addresses, p.Address)
	}
	for _, b := range s.Balances {
		addresses = append(addresses, b.Address)
	}
	for _, text := range addresses {
		address, err := sdk.AccAddressFromBech32(text)
		if err != nil {
			return nil, fmt.Errorf("genesis: address %q: %w", text, err)
		}
		add(address)
	}
	return holders, nil
}

func setAccounts(cdc codec.Codec, state map[string]json.RawMessage, holders []sdk.AccAddress) error {
	accounts := make(authtypes.GenesisAccounts, len(holders))
	for i, holder := range holders {
		accounts[i] = authtypes.NewBaseAccount(holder, nil, uint64(i), 0)
	}
	packed, err := authtypes.PackAccounts(accounts)
	if err != nil {
		return err
	}
	return edit(cdc, state, authtypes.ModuleName, &authtypes.GenesisState{}, func(auth *authtypes.GenesisState) {
		auth.Accounts = packed
	})
}

// setBalances gives every validator its seat and everyone deposits for proposals.
func setBalances(cdc codec.Codec, state map[string]json.RawMessage, holders []sdk.AccAddress, spec Spec) error {
	balances := make([]banktypes.Balance, len(holders))
	for i, holder := range holders {
		coins := sdk.NewCoins(sdk.NewInt64Coin(app.DepositDenom, DepositsPerAccount))
		for _, v := range spec.Validators {
			if v.Address().Equals(holder) {
				coins = coins.Add(sdk.NewInt64Coin(app.SeatDenom, 1))
			}
		}
		for _, b := range spec.Balances {
			if b.Address == holder.String() {
				coins = coins.Add(b.Coins...)
			}
		}
		balances[i] = banktypes.Balance{Address: holder.String(), Coins: coins}
	}
	return edit(cdc, state, banktypes.ModuleName, &banktypes.GenesisState{}, func(bank *banktypes.GenesisState) {
		bank.Balances = banktypes.SanitizeGenesisBalances(balances)
	})
}

func setGovernance(cdc codec.Codec, state map[string]json.RawMessage, spec Spec) error {
	period := spec.VotingPeriod
	if period == 0 {
		period = DefaultVotingPeriod
	}
	expedited := period / 2
	return edit(cdc, state, govtypes.ModuleName, &govv1.GenesisState{}, func(gov *govv1.GenesisState) {
		gov.Params.VotingPeriod, gov.Params.ExpeditedVotingPeriod = &period, &expedited
	})
}

// setModules takes the states of Corridor's own modules. A zero compliance state gets the default parameters.
func setModules(cdc codec.Codec, state map[string]json.RawMessage, spec Spec) error {
	if (spec.Compliance.Params == compliance.Params{}) {
		spec.Compliance.Params = compliance.DefaultParams()
	}
	own := []struct {
		name  string
		state proto.Message
	}{
		{compliance.ModuleName, &spec.Compliance},
		{bridge.ModuleName, &spec.Bridge},
		{currency.ModuleName, &spec.Currency},
		{token.ModuleName, &spec.Token},
		{settlement.ModuleName, &spec.Settlement},
	}
	for _, module := range own {
		raw, err := cdc.MarshalJSON(module.state)
		if err != nil {
			return fmt.Errorf("%s: %w", module.name, err)
		}
		state[module.name] = raw
	}
	return nil
}

// edit changes one module's state, which has been there since DefaultGenesis.
func edit[S proto.Message](cdc codec.Codec, state map[string]json.RawMessage, module string, s S, change func(S)) error {
	if err := cdc.UnmarshalJSON(state[module], s); err != nil {
		return fmt.Errorf("%s: %w", module, err)
	}
	change(s)
	raw, err := cdc.MarshalJSON(s)
	if err != nil {
		return fmt.Errorf("%s: %w", module, err)
	}
	state[module] = raw
	return nil
}
