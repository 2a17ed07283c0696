package ibcnet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"

	"github.com/cometbft/cometbft/privval"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// What accounts have from the start, and what the validator of that backs itself with.
const (
	fundsMinor = 1_000_000_000_000
	stakeMinor = 1_000_000
	operator   = "operator" // the validator's key's name
)

// object is a part of a genesis file whose fields are passed through unread.
type object map[string]json.RawMessage

// fillGenesis gives the accounts of a spec their money and the chain its validator.
func (c *Chain) fillGenesis(s Spec) error {
	file := filepath.Join(c.home, "config", "genesis.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var doc, state object
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	if err := json.Unmarshal(doc["app_state"], &state); err != nil {
		return err
	}
	keys := []*secp256k1.PrivKey{Key(operator)}
	for i := range s.Relayer {
		key, err := RelayerKey(i)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	for i := range s.Users {
		keys = append(keys, Key(User(i)))
	}
	if err := c.fund(state, keys); err != nil {
		return err
	}
	validator, err := c.validator()
	if err != nil {
		return err
	}
	if err := change(state, "genutil", "gen_txs", []json.RawMessage{validator}); err != nil {
		return err
	}
	if doc["app_state"], err = json.Marshal(state); err != nil {
		return err
	}
	if raw, err = json.Marshal(doc); err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}

// fund gives every key an account with money.
func (c *Chain) fund(state object, keys []*secp256k1.PrivKey) error {
	accounts, balances := make([]map[string]any, len(keys)), make([]map[string]any, len(keys))
	for i, key := range keys {
		address := Address(c.Prefix, key)
		accounts[i] = map[string]any{
			"@type": "/cosmos.auth.v1beta1.BaseAccount", "address": address, "pub_key": nil,
			"account_number": strconv.Itoa(i), "sequence": "0",
		}
		balances[i] = map[string]any{"address": address, "coins": []map[string]string{{"denom": c.Denom, "amount": strconv.Itoa(fundsMinor)}}}
	}
	if err := change(state, "auth", "accounts", accounts); err != nil {
		return err
	}
	return change(state, "bank", "balances", balances)
}

// change replaces one field of a module's genesis.
func change(state object, module, field string, value any) error {
	var of object
	if err := json.Unmarshal(state[module], &of); err != nil {
		return err
	}
	var err error
	if of[field], err = json.Marshal(value); err != nil {
		return err
	}
	state[module], err = json.Marshal(of)
	return err
}

// validator is the transaction that makes the home's own key the chain's validator.
func (c *Chain) validator() (json.RawMessage, error) {
	file := privval.LoadFilePV(filepath.Join(c.home, "config", "priv_validator_key.json"), filepath.Join(c.home, "data", "priv_validator_state.json"))
	public, err := cryptocodec.FromCmtPubKeyInterface(file.Key.PubKey)
	if err != nil {
		return nil, err
	}
	key := Key(operator)
	address := sdk.MustBech32ifyAddressBytes(c.Prefix+"valoper", key.PubKey().Address())
	create, err := stakingtypes.NewMsgCreateValidator(address, public, sdk.NewInt64Coin(c.Denom, stakeMinor),
		stakingtypes.NewDescription(c.ID, "", "", "", ""),
		stakingtypes.NewCommissionRates(math.LegacyZeroDec(), math.LegacyOneDec(), math.LegacyOneDec()), math.OneInt())
	if err != nil {
		return nil, err
	}
	create.DelegatorAddress = Address(c.Prefix, key) //nolint:staticcheck // SDK 0.47 wants it, and 0.50 allows it
	return c.genesisTx(key, create)
}
