package ibcnet

import (
	"context"
	"encoding/json"
	"fmt"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/corridor-network/corridor/internal/localnet"
)

// Signer signs one account's transactions one after another.
type Signer struct {
	Address string

	chain            *Chain
	key              *secp256k1.PrivKey
	number, sequence uint64
}

// Signer asks the chain for a key's account.
func (c *Chain) Signer(ctx context.Context, key *secp256k1.PrivKey) (*Signer, error) {
	s := &Signer{Address: Address(c.Prefix, key), chain: c, key: key}
	var res authtypes.QueryAccountInfoResponse
	if err := c.query(ctx, "/cosmos.auth.v1beta1.Query/AccountInfo", &authtypes.QueryAccountInfoRequest{Address: s.Address}, &res); err != nil {
		return nil, err
	}
	s.number, s.sequence = res.Info.AccountNumber, res.Info.Sequence
	return s, nil
}

// Sign makes the account's next transaction. It offers no fee.
func (s *Signer) Sign(gas uint64, msgs ...sdk.Msg) ([]byte, error) {
	tx, err := sign(s.chain.ID, s.key, account{s.number, s.sequence}, gas, msgs...)
	if err != nil {
		return nil, err
	}
	s.sequence++
	return (&txtypes.TxRaw{BodyBytes: tx.body, AuthInfoBytes: tx.auth, Signatures: [][]byte{tx.signature}}).Marshal()
}

// account is what a signature is over besides the transaction.
type account struct{ number, sequence uint64 }

// signed is a transaction in the parts that go over the wire.
type signed struct{ body, auth, signature []byte }

func sign(chainID string, key *secp256k1.PrivKey, from account, gas uint64, msgs ...sdk.Msg) (signed, error) {
	var tx signed
	packed := make([]*types.Any, len(msgs))
	for i, msg := range msgs {
		var err error
		if packed[i], err = types.NewAnyWithValue(msg); err != nil {
			return tx, err
		}
	}
	public, err := types.NewAnyWithValue(key.PubKey())
	if err != nil {
		return tx, err
	}
	if tx.body, err = (&txtypes.TxBody{Messages: packed}).Marshal(); err != nil {
		return tx, err
	}
	direct := &txtypes.ModeInfo{Sum: &txtypes.ModeInfo_Single_{Single: &txtypes.ModeInfo_Single{Mode: signing.SignMode_SIGN_MODE_DIRECT}}}
	auth := txtypes.AuthInfo{
		SignerInfos: []*txtypes.SignerInfo{{PublicKey: public, ModeInfo: direct, Sequence: from.sequence}},
		Fee:         &txtypes.Fee{GasLimit: gas},
	}
	if tx.auth, err = auth.Marshal(); err != nil {
		return tx, err
	}
	over, err := (&txtypes.SignDoc{BodyBytes: tx.body, AuthInfoBytes: tx.auth, ChainId: chainID, AccountNumber: from.number}).Marshal()
	if err != nil {
		return tx, err
	}
	tx.signature, err = key.Sign(over)
	return tx, err
}

// genesisGas is the limit of a genesis transaction: a usual one of the SDK's.
const genesisGas = 200_000

// genesisTx is a transaction as a genesis file holds it.
func (c *Chain) genesisTx(key *secp256k1.PrivKey, msg sdk.Msg) (json.RawMessage, error) {
	tx, err := sign(c.ID, key, account{}, genesisGas, msg)
	if err != nil {
		return nil, err
	}
	registry := types.NewInterfaceRegistry()
	cryptocodec.RegisterInterfaces(registry)
	stakingtypes.RegisterInterfaces(registry)
	whole := txtypes.Tx{Body: &txtypes.TxBody{}, AuthInfo: &txtypes.AuthInfo{}, Signatures: [][]byte{tx.signature}}
	cdc := codec.NewProtoCodec(registry)
	if err := cdc.Unmarshal(tx.body, whole.Body); err != nil {
		return nil, err
	}
	if err := cdc.Unmarshal(tx.auth, whole.AuthInfo); err != nil {
		return nil, err
	}
	return cdc.MarshalJSON(&whole)
}

// Submit hands transactions to the node, one after another, without waiting for their blocks.
func (c *Chain) Submit(ctx context.Context, txs ...[]byte) error {
	for i, raw := range txs {
		res, err := c.client.BroadcastTxSync(ctx, raw)
		if err != nil {
			return fmt.Errorf("%s: %w", c.ID, err)
		}
		if res.Code != 0 {
			return fmt.Errorf("%s refused transaction %d of %d: %s (%s %d)", c.ID, i+1, len(txs), res.Log, res.Codespace, res.Code)
		}
	}
	return nil
}

// Included waits until blocks hold the transactions, and fails if one of them failed.
func (c *Chain) Included(ctx context.Context, txs ...[]byte) error {
	for _, raw := range txs {
		err := localnet.Until(ctx, "a transaction on "+c.ID, func() (bool, error) {
			res, err := c.client.Tx(ctx, cmttypes.Tx(raw).Hash(), false)
			if err != nil {
				return false, nil //nolint:nilerr // not yet
			}
			if res.TxResult.Code != 0 {
				return false, fmt.Errorf("%s: it failed: %s (%s %d)", c.ID, res.TxResult.Log, res.TxResult.Codespace, res.TxResult.Code)
			}
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Deliver submits transactions and waits for their blocks.
func (c *Chain) Deliver(ctx context.Context, txs ...[]byte) error {
	if err := c.Submit(ctx, txs...); err != nil {
		return err
	}
	return c.Included(ctx, txs...)
}
