package ibcnet

import (
	"context"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
)

// Tx is a transaction that a block held.
type Tx struct {
	Height   int64
	Time     time.Time // of its block
	Failed   bool
	Log      string // what a failed one said
	GasUsed  int64
	Messages map[string]int // how many of each type, by type URL
	Events   []abci.Event
}

// Txs reads the transactions of the blocks after one height, up to another one.
func (c *Chain) Txs(ctx context.Context, after, last int64) ([]Tx, error) {
	var txs []Tx
	for height := after + 1; height <= last; height++ {
		block, err := c.client.Block(ctx, &height)
		if err != nil {
			return nil, err
		}
		if len(block.Block.Txs) == 0 {
			continue
		}
		results, err := c.client.BlockResults(ctx, &height)
		if err != nil {
			return nil, err
		}
		for i, raw := range block.Block.Txs {
			result := results.TxsResults[i]
			tx := Tx{
				Height: height, Time: block.Block.Time, Failed: result.Code != 0, GasUsed: result.GasUsed, Messages: map[string]int{},
				Events: result.Events,
			}
			if tx.Failed {
				tx.Log = result.Log
			}
			var outer txtypes.TxRaw
			var body txtypes.TxBody
			if outer.Unmarshal(raw) == nil && body.Unmarshal(outer.BodyBytes) == nil {
				for _, msg := range body.Messages {
					tx.Messages[msg.TypeUrl]++
				}
			}
			txs = append(txs, tx)
		}
	}
	return txs, nil
}

// Voted is when a block was voted for, which is the time that the next one has: a block's own is that of the votes before it.
func (c *Chain) Voted(ctx context.Context, height int64) (time.Time, error) {
	height++
	header, err := c.client.Header(ctx, &height)
	if err != nil {
		return time.Time{}, err
	}
	return header.Header.Time, nil
}
