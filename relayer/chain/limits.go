package chain

import (
	"context"
	"strconv"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// bytesOfTransaction is what a transaction has besides its messages: fee, signature, memo.
const bytesOfTransaction = 1000

// limits is what one transaction may be.
type limits struct {
	bytes int
	gas   uint64
}

// learnLimits asks the chain what a block may hold. A transaction may take three quarters of a block's gas.
func (c *Chain) learnLimits(ctx context.Context) error {
	var answer paramsAnswer
	height := c.heads.latest().Height
	err := c.pool.ask(ctx, height, request{
		method: "consensus_params", result: &answer, limit: smallAnswer,
		params: map[string]any{"height": strconv.FormatInt(height, 10)},
	})
	if err != nil {
		return err
	}
	c.limits = limits{bytes: c.config.MaxTxBytes, gas: c.config.MaxGas}
	block := answer.Params.Block
	if block.MaxBytes > 0 {
		c.limits.bytes = min(c.limits.bytes, int(block.MaxBytes)*3/4)
	}
	if c.limits.gas == 0 {
		c.limits.gas = DefaultMaxGas
		if block.MaxGas > 0 {
			c.limits.gas = min(c.limits.gas, uint64(block.MaxGas)/4*3)
		}
	}
	return nil
}

// Fits tells how many of the messages, from the first on, one transaction may hold by bytes and gas; at least 1.
func (c *Chain) Fits(msgs []sdk.Msg) int {
	bytes, gas := bytesOfTransaction+len(c.config.Memo), float64(gasOfTransaction)
	for i, msg := range msgs {
		bytes += size(msg)
		gas += c.gas.of(msg)
		if i > 0 && (bytes > c.limits.bytes || gas*c.config.GasAdjustment > float64(c.limits.gas)) {
			return i
		}
	}
	return len(msgs)
}
