package genesis

import (
	"context"
	"encoding/json"
	"fmt"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/client/tx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/corridor-network/corridor/app"
)

// seatGas is plenty for a genesis transaction; no block bounds it.
const seatGas = 1_000_000

// setSeats bonds every validator's seat by a transaction that its operator signed.
func setSeats(hub *app.App, state map[string]json.RawMessage, spec Spec) error {
	txs := make([]json.RawMessage, len(spec.Validators))
	for i, v := range spec.Validators {
		raw, err := seatTx(hub, spec.ChainID, v)
		if err != nil {
			return fmt.Errorf("seat of validator %s: %w", v.Moniker, err)
		}
		txs[i] = raw
	}
	genutiltypes.SetGenesisStateInAppState(hub.Codec, state, &genutiltypes.GenesisState{GenTxs: txs})
	return nil
}

func seatTx(hub *app.App, chainID string, v Validator) (json.RawMessage, error) {
	msg, err := stakingtypes.NewMsgCreateValidator(
		sdk.ValAddress(v.Address()).String(), v.ConsensusKey, sdk.NewInt64Coin(app.SeatDenom, 1),
		stakingtypes.NewDescription(v.Moniker, "", "", "", ""),
		stakingtypes.NewCommissionRates(math.LegacyZeroDec(), math.LegacyZeroDec(), math.LegacyZeroDec()),
		math.OneInt(),
	)
	if err != nil {
		return nil, err
	}
	builder := hub.TxConfig.NewTxBuilder()
	if err := builder.SetMsgs(msg); err != nil {
		return nil, err
	}
	builder.SetGasLimit(seatGas)
	// The signature covers the signer's info, so that has to be there first, without a signature.
	signer := authsigning.SignerData{ChainID: chainID, Address: v.Address().String(), PubKey: v.Operator.PubKey()}
	empty := signing.SignatureV2{
		PubKey: v.Operator.PubKey(), Data: &signing.SingleSignatureData{SignMode: signing.SignMode_SIGN_MODE_DIRECT},
	}
	if err := builder.SetSignatures(empty); err != nil {
		return nil, err
	}
	signature, err := tx.SignWithPrivKey(context.Background(), signing.SignMode_SIGN_MODE_DIRECT, signer, builder,
		v.Operator, hub.TxConfig, 0)
	if err != nil {
		return nil, err
	}
	if err := builder.SetSignatures(signature); err != nil {
		return nil, err
	}
	return hub.TxConfig.TxJSONEncoder()(builder.GetTx())
}
