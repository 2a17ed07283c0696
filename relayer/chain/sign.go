package chain

import (
	"encoding/base64"
	"fmt"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/codec/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// How long a transaction may wait for a block, where the configuration does not say.
const (
	waitForBlock   = 30 * time.Second
	fewestBlocks   = 10
	mostBlocks     = 2000
	blocksAtUnseen = 100 // while the time between blocks is not known
)

// signed is a transaction ready to be sent.
type signed struct {
	raw       []byte
	hash      []byte
	signature string // base64, as the chain's event names it
	after     int64  // the newest block when it was made: none up to it holds the transaction
	until     int64  // no block after it may hold the transaction
	at        time.Time
}

// sign makes a transaction's bytes: without a signature for a trial.
func (c *Chain) sign(s *signer, msgs []sdk.Msg, gas uint64, trial bool) (*signed, error) {
	head := c.heads.latest().Height
	t := &signed{after: head, until: head + c.timeoutBlocks(), at: time.Now()}
	body := &txtypes.TxBody{Memo: c.config.Memo, TimeoutHeight: uint64(t.until)}
	for i, msg := range msgs {
		packed, err := types.NewAnyWithValue(msg)
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", i, err)
		}
		body.Messages = append(body.Messages, packed)
	}
	auth := &txtypes.AuthInfo{
		SignerInfos: []*txtypes.SignerInfo{{
			PublicKey: s.public, Sequence: s.sequence,
			ModeInfo: &txtypes.ModeInfo{Sum: &txtypes.ModeInfo_Single_{Single: &txtypes.ModeInfo_Single{Mode: signing.SignMode_SIGN_MODE_DIRECT}}},
		}},
		Fee: &txtypes.Fee{Amount: c.price.fee(gas), GasLimit: gas, Granter: c.config.FeeGranter},
	}
	bodyBytes, err := body.Marshal()
	if err != nil {
		return nil, err
	}
	authBytes, err := auth.Marshal()
	if err != nil {
		return nil, err
	}
	signature := []byte{}
	if !trial {
		doc := txtypes.SignDoc{BodyBytes: bodyBytes, AuthInfoBytes: authBytes, ChainId: c.config.ChainID, AccountNumber: s.number}
		toSign, err := doc.Marshal()
		if err != nil {
			return nil, err
		}
		if signature, err = s.sign(toSign); err != nil {
			return nil, err
		}
	}
	raw := txtypes.TxRaw{BodyBytes: bodyBytes, AuthInfoBytes: authBytes, Signatures: [][]byte{signature}}
	if t.raw, err = raw.Marshal(); err != nil {
		return nil, err
	}
	t.hash, t.signature = cmttypes.Tx(t.raw).Hash(), base64.StdEncoding.EncodeToString(signature)
	return t, nil
}

// timeoutBlocks is how many blocks a transaction may wait for one that holds it.
func (c *Chain) timeoutBlocks() int64 {
	if c.config.TimeoutBlocks > 0 {
		return int64(c.config.TimeoutBlocks)
	}
	pace := c.heads.pace()
	if pace <= 0 {
		return blocksAtUnseen
	}
	return min(max(int64(waitForBlock/pace), fewestBlocks), mostBlocks)
}
