package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"
	channeltypes "github.com/cosmos/ibc-go/v8/modules/core/04-channel/types"

	"github.com/corridor-network/corridor/relayer/ibcpath"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Where an application tries a transaction out. The service is there only on nodes that serve gRPC or REST, the other one on all.
const (
	simulateQuery     = "/cosmos.tx.v1beta1.Service/Simulate"
	bareSimulateQuery = "/app/simulate"
	noSuchQuery       = "unknown query path"
)

// trialBytes bounds the messages that are tried out: a query is sent in hex, and a node takes a request of 1,000,000 bytes. What the
// others will use is concluded from these by their bytes.
const trialBytes = 200_000

// gasFor is the gas that a transaction may use: from what is known of its messages' types, or from a trial.
func (c *Chain) gasFor(ctx context.Context, s *signer, msgs []sdk.Msg) (uint64, error) {
	expected, known := c.gas.predict(loads(msgs))
	if !known {
		var err error
		if expected, err = c.tryOut(ctx, s, msgs); err != nil {
			return 0, err
		}
	}
	gas := min(uint64(expected*c.config.GasAdjustment), c.limits.gas)
	if float64(gas) < expected && !known {
		return 0, &ibcpath.Refusal{
			Chain: c.config.Name, Codespace: sdkerrors.RootCodespace, Code: sdkerrors.ErrOutOfGas.ABCICode(), Message: -1,
			Log: fmt.Sprintf("the transaction needs %.0f gas, and one may use %d: send fewer messages at once", expected, c.limits.gas),
		}
	}
	return gas, nil
}

// tryOut has a node execute the first messages, and concludes what all of them will use.
func (c *Chain) tryOut(ctx context.Context, s *signer, msgs []sdk.Msg) (float64, error) {
	tried, bytes, all := 0, 0, 0
	for i, msg := range msgs {
		all += size(msg)
		if i == tried && (i == 0 || all <= trialBytes) {
			tried, bytes = i+1, all
		}
	}
	used, err := c.simulate(ctx, s, msgs[:tried])
	if err != nil || tried == len(msgs) {
		return float64(used), err
	}
	ofMessages := max(float64(used)-gasOfTransaction, float64(used)/2)
	return float64(used) + ofMessages*float64(all-bytes)/float64(bytes), nil
}

// simulate has a node execute the messages without effect.
func (c *Chain) simulate(ctx context.Context, s *signer, msgs []sdk.Msg) (uint64, error) {
	t, err := c.sign(s, msgs, 0, true)
	if err != nil {
		return 0, err
	}
	ask, err := (&txtypes.SimulateRequest{TxBytes: t.raw}).Marshal()
	if err != nil {
		return 0, err
	}
	res, err := queries{chain: c}.query(ctx, simulateQuery, ask)
	bare := err != nil && strings.Contains(err.Error(), noSuchQuery)
	if bare {
		res, err = queries{chain: c}.query(ctx, bareSimulateQuery, t.raw)
	}
	switch {
	case err != nil && isTooLarge(err):
		return 0, c.tooLarge(err)
	case err != nil && isAnswered(err):
		codespace, code := trialCode(err.Error())
		return 0, refusal(c.config.Name, codespace, code, err.Error())
	case err != nil:
		return 0, err
	}
	var answer txtypes.SimulateResponse
	if bare {
		return c.bareGas(res.Response.Value)
	}
	if err := answer.Unmarshal(res.Response.Value); err != nil {
		return 0, fmt.Errorf("%s: trial: %w", c.config.Name, err)
	}
	if answer.GasInfo == nil {
		return 0, fmt.Errorf("%s: a trial tells no gas", c.config.Name)
	}
	return answer.GasInfo.GasUsed, nil
}

// bareGas is the gas in a bare trial's answer, which is JSON.
func (c *Chain) bareGas(raw []byte) (uint64, error) {
	var answer struct {
		GasInfo struct {
			GasUsed uint64 `json:"gas_used,string"`
		} `json:"gas_info"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return 0, fmt.Errorf("%s: trial: %w", c.config.Name, err)
	}
	if answer.GasInfo.GasUsed == 0 {
		return 0, fmt.Errorf("%s: a trial tells no gas", c.config.Name)
	}
	return answer.GasInfo.GasUsed, nil
}

// trialCode finds out which error a trial's words are: a trial gives words only. Its codespace is simulation where they are not known.
func trialCode(words string) (codespace string, code uint32) {
	for _, known := range []interface {
		coded
		error
	}{
		channeltypes.ErrRedundantTx, sdkerrors.ErrOutOfGas, sdkerrors.ErrInsufficientFunds, sdkerrors.ErrInsufficientFee,
		sdkerrors.ErrMempoolIsFull, sdkerrors.ErrTxTooLarge, sdkerrors.ErrTxTimeoutHeight,
	} {
		if strings.Contains(words, known.Error()) {
			return known.Codespace(), known.ABCICode()
		}
	}
	return "simulation", 0
}
