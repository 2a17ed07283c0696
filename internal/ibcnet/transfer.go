package ibcnet

import (
	"cmp"
	"context"
	"time"

	transfertypes "github.com/cosmos/ibc-go/v8/modules/apps/transfer/types"
	clienttypes "github.com/cosmos/ibc-go/v8/modules/core/02-client/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// gasOfTransfer is the limit for one MsgTransfer: about twice what it takes.
const gasOfTransfer = 120_000

// Transfers are many ICS-20 transfers, by many users.
type Transfers struct {
	Port, Channel string
	Receiver      string // on the other chain
	Count         int
	PerTx         int           // how many messages a transaction holds
	FirstUser     int           // the User of the first transaction; each following one is the next user's
	OneUser       bool          // the first user sends them all
	Timeout       time.Duration // from now, by the other chain's clock
	Denom         string        // empty: the chain's own
	Amount        int64         // of each, in minor units; 0: one
}

// TransferTxs makes the transactions of transfers.
func (c *Chain) TransferTxs(ctx context.Context, t Transfers) ([][]byte, error) {
	deadline := uint64(time.Now().Add(t.Timeout).UnixNano())
	money := sdk.NewInt64Coin(cmp.Or(t.Denom, c.Denom), cmp.Or(t.Amount, 1))
	var txs [][]byte
	var s *Signer
	for left := t.Count; left > 0; left -= t.PerTx {
		if s == nil || !t.OneUser {
			var err error
			if s, err = c.Signer(ctx, Key(User(t.FirstUser+len(txs)))); err != nil {
				return nil, err
			}
		}
		msgs := make([]sdk.Msg, min(left, t.PerTx))
		for i := range msgs {
			msgs[i] = transfertypes.NewMsgTransfer(t.Port, t.Channel, money, s.Address, t.Receiver,
				clienttypes.ZeroHeight(), deadline, "")
		}
		raw, err := s.Sign(uint64(len(msgs))*gasOfTransfer, msgs...)
		if err != nil {
			return nil, err
		}
		txs = append(txs, raw)
	}
	return txs, nil
}
